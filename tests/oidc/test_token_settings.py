"""Each application decides how its tokens are made, and what is chosen shows in the next one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from applications.description import TokenSettings
from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.oidc.relying_party import RelyingParty, refused


def choose(tenant: Tenant, party: RelyingParty, **changes: Any) -> None:
    with tenant_context(tenant):
        chosen = replace(TokenSettings(), **changes)
        change_application(party.application, **vars(chosen), actor=Actor.command())


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_both_kinds_of_token_are_signed_as_chosen(acme: Tenant, shop: RelyingParty, algorithm: str) -> None:
    choose(acme, shop, id_token_algorithm=algorithm, access_token_algorithm=algorithm)
    tokens = shop.tokens()
    for token, audience in ((tokens["id_token"], shop.client_id), (tokens["access_token"], None)):
        assert shop.accepts(token, audience=audience)
        assert jwt.get_unverified_header(token)["alg"] == algorithm
    assert shop.userinfo(tokens["access_token"]).status_code == 200


def test_lifetimes_are_as_chosen(acme: Tenant, shop: RelyingParty) -> None:
    choose(acme, shop, access_token_minutes=10, id_token_minutes=20)
    tokens = shop.tokens()
    assert tokens["expires_in"] == 600
    access = shop.accepts(tokens["access_token"])
    assert access["exp"] - access["iat"] == 600
    proof = shop.accepts(tokens["id_token"], audience=shop.client_id)
    assert proof["exp"] - proof["iat"] == 1200


def test_refresh_tokens_live_as_long_as_chosen(
    acme: Tenant, app: RelyingParty, time_machine: TimeMachineFixture
) -> None:
    choose(acme, app, refresh_idle_days=2, refresh_absolute_days=3)
    unused, used, begin = app.tokens()["refresh_token"], app.tokens()["refresh_token"], datetime.now(UTC)
    time_machine.move_to(begin + timedelta(days=1), tick=True)
    used = app.refresh(used).json()["refresh_token"]
    time_machine.move_to(begin + timedelta(days=2, hours=1), tick=True)
    assert refused(app.refresh(unused))
    used = app.refresh(used).json()["refresh_token"]
    time_machine.move_to(begin + timedelta(days=3, hours=1), tick=True)
    assert refused(app.refresh(used))


def test_within_the_grace_a_lost_answer_is_given_again(acme: Tenant, app: RelyingParty) -> None:
    choose(acme, app, refresh_grace_seconds=30)
    first = app.tokens()["refresh_token"]
    second = app.refresh(first).json()
    again = app.refresh(first).json()
    assert again["refresh_token"] == second["refresh_token"]
    assert again["access_token"] != second["access_token"]
    assert app.refresh(second["refresh_token"]).status_code == 200


def test_an_answer_lost_just_before_fapi_is_turned_on_is_given_again(acme: Tenant, shop: RelyingParty) -> None:
    """From then on the refresh token stays; the one before it is good for what it was good for."""
    choose(acme, shop, refresh_grace_seconds=30)
    first = shop.tokens()["refresh_token"]
    second = shop.refresh(first).json()["refresh_token"]
    with tenant_context(acme):
        Application.objects.filter(pk=shop.application.pk).update(follows_fapi=True)
    forget_everything()
    assert shop.refresh(first).json()["refresh_token"] == second
    assert shop.refresh(second).json()["refresh_token"] == second


def test_o21_after_the_grace_it_is_a_replay(acme: Tenant, app: RelyingParty, time_machine: TimeMachineFixture) -> None:
    choose(acme, app, refresh_grace_seconds=30)
    first = app.tokens()["refresh_token"]
    second = app.refresh(first).json()["refresh_token"]
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=31), tick=True)
    assert refused(app.refresh(first))
    assert refused(app.refresh(second))


def test_o21_no_grace_for_older_generations(acme: Tenant, app: RelyingParty) -> None:
    choose(acme, app, refresh_grace_seconds=60)
    first = app.tokens()["refresh_token"]
    second = app.refresh(first).json()["refresh_token"]
    third = app.refresh(second).json()["refresh_token"]
    assert refused(app.refresh(first))
    assert refused(app.refresh(third))


def test_o21_no_grace_for_a_revoked_family(acme: Tenant, app: RelyingParty) -> None:
    choose(acme, app, refresh_grace_seconds=60)
    first = app.tokens()["refresh_token"]
    second = app.refresh(first).json()["refresh_token"]
    app.revoke(second)
    assert refused(app.refresh(first))


def test_without_grace_the_next_token_follows_from_nothing(acme: Tenant, app: RelyingParty) -> None:
    choose(acme, app, refresh_grace_seconds=0)
    first = app.tokens()["refresh_token"]
    assert app.refresh(first).status_code == 200
    assert refused(app.refresh(first))
