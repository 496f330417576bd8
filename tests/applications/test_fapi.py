"""The FAPI 2.0 Security Profile as one switch of an application: what it chooses, and what stands in its way."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from applications.models import Application
from applications.policies.changes import proposed
from applications.policies.fapi import turned_on, unmet_by
from applications.policies.grants import DEVICE_CODE
from applications.services.application import change, change_application, describe, register
from audit.models import Event
from common.problems import Refused
from tenants.models import Tenant
from tests.oidc.key_holder import COMMAND, EC_KEY, RSA_KEY, jwk

KEYS = json.dumps({"keys": [jwk(EC_KEY, kid="ec")]})
pytestmark = pytest.mark.usefixtures("_at_acme")


@pytest.fixture
def _at_acme(acme: Tenant) -> Iterator[None]:
    with tenant_context(acme):
        yield


def new(kind: str = "web", **values: Any) -> Application:
    uris = {} if kind == "service" else {"redirect_uris": ("https://bank.example/callback",)}
    keys = {} if kind in {"spa", "native"} else {"auth_method": "private_key_jwt", "jwks": KEYS}
    return register(proposed("Bank", kind).with_values(**uris | keys | values), actor=COMMAND)


def in_the_way(application: Application) -> set[str]:
    """The fields that keep the profile from being turned on."""
    with pytest.raises(Refused) as refusal:
        change(application, turned_on, actor=COMMAND)
    assert not application.follows_fapi
    return {problem.field for problem in refusal.value.problems}


def test_turned_on_it_chooses_what_is_stricter_as_one_event() -> None:
    bank = new(id_token_algorithm="RS256", userinfo_algorithm="RS256", requires_pkce=False)
    change(bank, turned_on, actor=COMMAND)
    chosen = describe(bank).values()
    strict = {
        "follows_fapi": True,
        "requires_pkce": True,
        "requires_pushed_requests": True,
        "requires_dpop": True,
        "id_token_algorithm": "ES256",
        "userinfo_algorithm": "ES256",
    }
    assert {name: chosen[name] for name in strict} == strict
    assert Event.objects.get(action="application.changed").details["now"] == strict
    assert not unmet_by(describe(bank))


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"auth_method": "client_secret_basic", "jwks": ""}, {"auth_method"}),
        ({"jwks": json.dumps({"keys": [jwk(RSA_KEY, kid="rsa", alg="RS256")]})}, {"jwks"}),
        ({"redirect_uris": ("https://bank.example/", "http://localhost:5000/")}, {"redirect_uris"}),
        ({"grant_types": ("authorization_code", DEVICE_CODE)}, {"grant_types"}),
        ({"kind": "spa"}, {"auth_method"}),
    ],
)
def test_what_an_administrator_has_to_change_stands_in_its_way(values: dict[str, Any], fields: set[str]) -> None:
    assert in_the_way(new(**values)) == fields


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("requires_pkce", False),
        ("requires_pushed_requests", False),
        ("requires_dpop", False),
        ("id_token_algorithm", "RS256"),
        ("access_token_algorithm", "RS256"),
        ("userinfo_algorithm", "RS256"),
        ("redirect_uris", ("http://localhost/",)),
        ("auth_method", "client_secret_post"),
    ],
)
def test_eve_loosens_nothing_while_it_is_on(name: str, value: Any) -> None:
    bank = new()
    change(bank, turned_on, actor=COMMAND)
    keys = {"jwks": ""} if name == "auth_method" else {}
    with pytest.raises(Refused) as refusal:
        change_application(bank, **{name: value}, **keys, actor=COMMAND)
    assert name in {problem.field for problem in refusal.value.problems}
    change_application(bank, follows_fapi=False, actor=COMMAND)
    change_application(bank, **{name: value}, **keys, actor=COMMAND)


def test_a_service_is_asked_for_its_keys_alone() -> None:
    service = new("service")
    change(service, turned_on, actor=COMMAND)
    described = describe(service)
    assert (described.tokens.requires_dpop, described.sign_in.requires_pushed_requests) == (True, False)


def test_only_a_key_pair_signs_requests() -> None:
    bank = new()
    change_application(bank, requires_signed_requests=True, actor=COMMAND)
    with pytest.raises(Refused) as by_secret:
        change_application(bank, auth_method="client_secret_basic", jwks="", actor=COMMAND)
    with pytest.raises(Refused) as by_service:
        new("service", requires_signed_requests=True)
    for refusal in (by_secret, by_service):
        assert [problem.field for problem in refusal.value.problems] == ["requires_signed_requests"]
