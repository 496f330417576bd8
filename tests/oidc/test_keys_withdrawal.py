"""A compromised key goes at once."""

from datetime import timedelta

import pytest
from django_tenants.utils import tenant_context

from audit.models import Event
from audit.services import Actor
from oidc.keys.services import keep_signing_keys, withdraw_signing_keys
from oidc.models import SigningKey
from oidc.wire.errors import SigningKeyGone
from tenants.models import Tenant
from tests.browser import Browser
from tests.crowd import at_once
from tests.oidc.relying_party import INACTIVE, RelyingParty
from tests.oidc.signing_keys import CachingClient, age, keep, kids, published, rotate, signed_with


def withdraw(tenant: Tenant, *doomed: str) -> list[SigningKey]:
    with tenant_context(tenant):
        return withdraw_signing_keys(doomed, actor=Actor.command())


def test_a_withdrawn_key_verifies_nothing_and_another_signs_at_once(shop: RelyingParty, acme: Tenant) -> None:
    before = shop.tokens()
    withdraw(acme, *kids(acme, "active").values())
    assert shop.userinfo(before["access_token"]).status_code == 401
    assert shop.introspect(before["access_token"]).json() == INACTIVE
    assert signed_with(before["access_token"]) not in published(shop.browser)
    assert signed_with(before["id_token"]) not in published(shop.browser)
    # The refresh token isn't signed: it brings good tokens, which those who fetch the key set accept.
    after = shop.refresh(before["refresh_token"]).json()
    shop.accepts(after["access_token"])
    shop.accepts(after["id_token"], audience=shop.client_id)
    assert shop.userinfo(after["access_token"]).status_code == 200


def test_a_published_next_key_takes_over_so_that_clients_know_it(service: RelyingParty, acme: Tenant) -> None:
    keep(acme)
    client = CachingClient(Browser(acme))
    client.get_jwk_set(refresh=True)
    coming, fetches = kids(acme, "next"), client.fetches
    withdraw(acme, kids(acme, "active")["ES256"])
    token = service.token(grant_type="client_credentials").json()["access_token"]
    assert signed_with(token) == coming["ES256"]
    issuer = service.accepts(token)["iss"]
    assert client.accepts(token, audience=issuer, issuer=issuer)
    assert client.fetches == fetches
    assert kids(acme, "next")["ES256"] != coming["ES256"]
    assert kids(acme, "next")["RS256"] == coming["RS256"]


def test_with_a_next_key_that_may_be_known_too_a_new_one_signs(service: RelyingParty, acme: Tenant) -> None:
    keep(acme)
    known = {*kids(acme, "active").values(), *kids(acme, "next").values()}
    withdraw(acme, *known)
    token = service.token(grant_type="client_credentials").json()["access_token"]
    assert signed_with(token) not in known
    assert not known & published(service.browser)
    issuer = service.accepts(token)["iss"]
    # A client with the old key set fetches it again when it meets a key ID that it doesn't know.
    client = CachingClient(Browser(acme))
    assert client.accepts(token, audience=issuer, issuer=issuer)


def test_a_retiring_or_a_next_key_can_be_withdrawn_too(acme: Tenant, acme_browser: Browser) -> None:
    keep(acme)
    age(acme, timedelta(days=1))
    rotate(acme)
    active = kids(acme, "active")
    doomed = {*kids(acme, "retiring").values(), *kids(acme, "next").values()}
    assert withdraw(acme, *doomed) == []
    assert kids(acme, "active") == active
    assert not doomed & published(acme_browser)
    assert len(published(acme_browser)) == 4


def test_only_the_keys_of_the_tenant_being_served_go(acme: Tenant, globex: Tenant) -> None:
    theirs = kids(globex, "active")
    with pytest.raises(SigningKeyGone):
        withdraw(acme, *theirs.values())
    assert kids(globex, "active") == theirs


def test_an_event_says_what_was_withdrawn_and_what_signs(acme: Tenant) -> None:
    doomed = kids(acme, "active")["RS256"]
    (heir,) = withdraw(acme, doomed)
    with tenant_context(acme):
        event = Event.objects.get(action="signing_keys.withdrawn")
        assert event.details["kids"] == [doomed]
        assert event.details["active"] == [heir.kid]
        keep_signing_keys(actor=Actor.system())
        assert not Event.objects.filter(action="signing_keys.published").exists()


@pytest.mark.django_db(transaction=True)
def test_r16_withdrawn_twenty_times_at_once_it_goes_once(acme: Tenant) -> None:
    doomed = kids(acme, "active")["ES256"]

    def try_it() -> bool:
        try:
            return bool(withdraw(acme, doomed))
        except SigningKeyGone:
            return False

    assert sorted(at_once(20, try_it)) == [False] * 19 + [True]
    with tenant_context(acme):
        assert SigningKey.objects.active().count() == SigningKey.objects.next().count() == 2


@pytest.mark.django_db(transaction=True)
def test_r16_rotated_and_withdrawn_at_once_one_key_signs(acme: Tenant) -> None:
    keep(acme)
    age(acme, timedelta(days=1))
    doomed = kids(acme, "active")["ES256"]
    turns = iter([lambda: rotate(acme), lambda: withdraw(acme, doomed)] * 2)

    def act() -> None:
        try:
            next(turns)()
        except SigningKeyGone:
            pass

    at_once(4, act)
    with tenant_context(acme):
        assert SigningKey.objects.active().count() == SigningKey.objects.next().count() == 2
        assert not SigningKey.objects.filter(kid=doomed).exists()
