"""Signing keys change by the clock and by hand, and no client notices."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from applications.models import ClientSecret
from audit.models import Event as AuditEvent
from audit.services import Actor
from common.database.caches import forget_everything
from oidc.keys.services import set_rotation_schedule
from oidc.lifetimes import DEFAULT_ROTATION_DAYS, PUBLISHED_AFTER_SIGNING, PUBLISHED_BEFORE_SIGNING
from oidc.models import RotationSchedule, SigningKey
from operations.housekeeping import run_housekeeping
from tenants.models import Tenant
from tests.browser import Browser
from tests.crowd import at_once
from tests.oidc.relying_party import RelyingParty
from tests.oidc.signing_keys import MAX_AGE, CachingClient, age, keep, kids, published, rotate, signed_with

ROTATIONS = 20
A_MOMENT = timedelta(minutes=1)


@pytest.fixture
def move(time_machine: TimeMachineFixture) -> Callable[[timedelta], None]:
    """Moves the time on, for server and clients alike."""
    # The cast may have been founded a second ago.
    moment = datetime.now(UTC) + A_MOMENT
    time_machine.move_to(moment, tick=False)

    def on(by: timedelta) -> None:
        nonlocal moment
        moment += by
        time_machine.move_to(moment, tick=False)
        forget_everything()

    return on


def test_o38_twenty_rotations_and_no_client_with_a_cache_notices(
    service: RelyingParty, acme: Tenant, move: Callable[[timedelta], None], pytestconfig: pytest.Config
) -> None:
    issuer = service.browser.get("/oidc/.well-known/openid-configuration").json()["issuer"]
    # 200 by `make rounds`.
    clients = [CachingClient(Browser(acme)) for _ in range(pytestconfig.getoption("--rounds"))]
    signers, verified = set(), 0
    with tenant_context(acme):
        ClientSecret.objects.update(expires_at=timezone.now() + timedelta(days=10_000))

    def new_token() -> str:
        token: str = service.token(grant_type="client_credentials").json()["access_token"]
        signers.add(signed_with(token))
        return token

    def all_accept(*tokens: str) -> int:
        return sum(client.accepts(token, audience=issuer, issuer=issuer) for client in clients for token in tokens)

    keep(acme)
    for number in range(ROTATIONS):
        # All fetch the key set before the rotation, and keep it through it as they may.
        move(timedelta(days=DEFAULT_ROTATION_DAYS, seconds=10 - MAX_AGE))
        for client in clients:
            client.get_jwk_set(refresh=True)
        fetches = [client.fetches for client in clients]
        move(timedelta(seconds=MAX_AGE - 20))
        old = new_token()
        move(timedelta(seconds=5))
        rotate(acme) if number % 2 else keep(acme)
        new = new_token()
        assert signed_with(new) != signed_with(old)
        verified += all_accept(new, old)
        assert [client.fetches for client in clients] == fetches, "a client had to fetch because of the rotation"
        # To the last minute of the old token, with a key set fetched anew and by the server itself.
        move(timedelta(minutes=59))
        verified += all_accept(new, old)
        assert service.introspect(old).json()["active"]
    assert len(signers) == ROTATIONS + 1
    assert verified == ROTATIONS * len(clients) * 4
    # Nothing piles up: what retired is gone.
    move(PUBLISHED_AFTER_SIGNING)
    keep(acme)
    assert len(published(Browser(acme))) == 4


def test_o38_both_algorithms_rotate_and_id_tokens_verify(shop: RelyingParty, acme: Tenant) -> None:
    keep(acme)
    before = shop.tokens()
    age(acme, timedelta(days=DEFAULT_ROTATION_DAYS))
    coming = kids(acme, "next")
    keep(acme)
    after = shop.tokens()
    assert kids(acme, "active") == coming
    assert signed_with(after["id_token"]) == coming["RS256"] != signed_with(before["id_token"])
    assert signed_with(after["access_token"]) == coming["ES256"] != signed_with(before["access_token"])
    for tokens in (before, after):
        shop.accepts(tokens["id_token"], audience=shop.client_id)
        shop.accepts(tokens["access_token"])
        assert shop.userinfo(tokens["access_token"]).status_code == 200
        assert shop.authorize(id_token_hint=tokens["id_token"], prompt="none").status_code == 303


def test_o38_a_key_is_published_a_day_before_it_signs(acme: Tenant, acme_browser: Browser) -> None:
    keep(acme)
    coming, signing = kids(acme, "next"), kids(acme, "active")
    assert set(coming.values()) < published(acme_browser)
    age(acme, PUBLISHED_BEFORE_SIGNING - A_MOMENT)
    rotation = rotate(acme)
    assert not rotation.active
    assert {key.kid for key in rotation.waiting} == set(coming.values())
    assert kids(acme, "active") == signing
    age(acme, A_MOMENT)
    assert {key.kid for key in rotate(acme).active} == set(coming.values())
    assert 10 * timedelta(seconds=MAX_AGE) <= PUBLISHED_BEFORE_SIGNING


def test_a_retiring_key_goes_when_nothing_it_signed_is_good_any_more(acme: Tenant, acme_browser: Browser) -> None:
    keep(acme)
    old = set(kids(acme, "active").values())
    age(acme, PUBLISHED_BEFORE_SIGNING)
    rotate(acme)
    age(acme, PUBLISHED_AFTER_SIGNING - A_MOMENT)
    keep(acme)
    assert old < published(acme_browser)
    age(acme, A_MOMENT)
    keep(acme)
    assert not old & published(acme_browser)
    with tenant_context(acme):
        assert set(AuditEvent.objects.get(action="signing_keys.deleted").details["kids"]) == old


def test_the_worker_makes_the_first_next_keys_and_rotates_when_it_is_time(acme: Tenant, globex: Tenant) -> None:
    assert kids(acme, "next") == {}
    with tenant_context(acme):
        SigningKey.objects.update(since=timezone.now())
    assert run_housekeeping(actor=Actor.system()).failed == []
    coming = kids(acme, "next")
    assert set(coming) == {"RS256", "ES256"} == set(kids(globex, "next"))
    age(acme, timedelta(days=DEFAULT_ROTATION_DAYS) - A_MOMENT)
    run_housekeeping(actor=Actor.system())
    assert kids(acme, "next") == coming
    age(acme, A_MOMENT)
    run_housekeeping(actor=Actor.system())
    assert kids(acme, "active") == coming
    assert kids(globex, "retiring") == {}


def test_the_schedule_is_each_tenants_own_and_may_be_off(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme):
        set_rotation_schedule(every_days=None, actor=Actor.command())
    with tenant_context(globex):
        set_rotation_schedule(every_days=30, actor=Actor.command())
    for tenant in (acme, globex):
        keep(tenant)
        age(tenant, timedelta(days=30))
        keep(tenant)
    assert kids(acme, "retiring") == {}
    assert set(kids(globex, "retiring")) == {"RS256", "ES256"}
    age(acme, timedelta(days=1000))
    keep(acme)
    assert kids(acme, "retiring") == {}
    assert len(rotate(acme).active) == 2


def test_a_deleted_tenant_makes_no_keys(acme: Tenant) -> None:
    from django_tenants.utils import schema_context

    from tenants.lookup import PUBLIC

    with schema_context(PUBLIC):
        Tenant.objects.filter(pk=acme.pk).update(state="deleted", deleted_at=timezone.now())
    run_housekeeping(actor=Actor.system())
    assert kids(acme, "next") == {}


def test_p04_the_key_set_and_the_events_hold_no_private_part(acme: Tenant, acme_browser: Browser) -> None:
    keep(acme)
    age(acme, PUBLISHED_BEFORE_SIGNING)
    rotate(acme)
    for key in acme_browser.get("/oidc/jwks").json()["keys"]:
        assert key.keys() <= {"kty", "kid", "alg", "use", "n", "e", "crv", "x", "y"}
    with tenant_context(acme):
        told = json.dumps([event.details for event in AuditEvent.objects.filter(action__startswith="signing_keys.")])
        assert not any(key.sealed_private_key in told for key in SigningKey.objects.all())
        assert RotationSchedule.days() == DEFAULT_ROTATION_DAYS


@pytest.mark.django_db(transaction=True)
def test_r16_of_twenty_rotations_at_once_one_rotates(acme: Tenant) -> None:
    keep(acme)
    coming = kids(acme, "next")
    age(acme, PUBLISHED_BEFORE_SIGNING)
    answers = at_once(20, lambda: rotate(acme))
    assert sorted(len(answer.active) for answer in answers) == [0] * 19 + [2]
    # Whoever came too late reads which keys are next now.
    coming_now = set(kids(acme, "next").values())
    assert all({key.kid for key in answer.waiting} == coming_now for answer in answers if not answer.active)
    assert kids(acme, "active") == coming
    with tenant_context(acme):
        states = list(SigningKey.objects.values_list("algorithm", "state"))
        assert sorted(states) == sorted((a, s) for a in ("RS256", "ES256") for s in ("active", "next", "retiring"))
        assert AuditEvent.objects.filter(action="signing_keys.rotated").count() == 1


@pytest.mark.django_db(transaction=True)
def test_r16_the_workers_of_one_hour_make_one_next_key_each(acme: Tenant) -> None:
    at_once(5, lambda: keep(acme))
    with tenant_context(acme):
        assert SigningKey.objects.next().count() == 2


@pytest.mark.django_db(transaction=True)
def test_r16_tokens_signed_during_rotations_are_signed_by_published_keys(service: RelyingParty, acme: Tenant) -> None:
    keep(acme)
    over, tokens = Event(), []

    def sign_on() -> None:
        try:
            while not over.is_set():
                tokens.append(service.token(grant_type="client_credentials").json()["access_token"])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as signing:
        future = signing.submit(sign_on)
        for _ in range(ROTATIONS):
            age(acme, PUBLISHED_BEFORE_SIGNING)
            rotate(acme)
        over.set()
        future.result()
    known = published(Browser(acme))
    assert tokens
    assert {signed_with(token) for token in tokens} <= known
