"""An authorization code is good for its client, its address, its verifier, one minute and one exchange."""

from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from applications.models import Application
from applications.services.registration import register_application
from audit.models import Event
from audit.services import Actor
from oidc.models import Grant
from oidc.tokens.services.families import NOTED
from tenants.models import Tenant
from tests.cast import new_secret
from tests.oidc.relying_party import RelyingParty, challenge_of, refused

VERIFIER = "v" * 43


def test_o10_a_replay_is_refused_and_revokes_what_was_made_first(shop: RelyingParty, acme: Tenant) -> None:
    code = shop.code()
    tokens = shop.exchange(code).json()
    assert shop.userinfo(tokens["access_token"]).status_code == 200
    assert refused(shop.exchange(code))
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    assert shop.introspect(tokens["access_token"]).json() == {"active": False}
    assert refused(shop.refresh(tokens["refresh_token"]))
    with tenant_context(acme):
        replay = Event.objects.failures().filter(client_id=shop.client_id).get(action="tokens.replayed")
        assert replay.reason == "token_replayed"


def test_o10_a_flood_of_replays_is_noted_ten_times_an_hour(shop: RelyingParty, acme: Tenant) -> None:
    code = shop.code()
    tokens = shop.exchange(code).json()
    for _ in range(NOTED.attempts + 2):
        assert refused(shop.exchange(code))
        assert shop.revoke(tokens["refresh_token"]).status_code == 200
    with tenant_context(acme):
        for action in ("tokens.replayed", "tokens.revoked"):
            assert Event.objects.filter(action=action).count() == NOTED.attempts


def test_o12_a_code_is_worth_nothing_to_another_client(shop: RelyingParty, app: RelyingParty) -> None:
    code = shop.code()
    app.verifier = shop.verifier
    assert refused(app.exchange(code, redirect_uri=shop.redirect_uri))
    assert shop.exchange(code).status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [
        {"redirect_uri": "https://bookshop.example/callback/"},
        {"redirect_uri": "https://evil.example/callback"},
        {"code_verifier": VERIFIER},
        {"code_verifier": "short"},
        {"code_verifier": "ü" * 43},
        {"code": "unknown"},
    ],
)
def test_o12_another_address_verifier_or_code_is_refused_and_doesnt_use_the_code_up(
    shop: RelyingParty, parameters: dict[str, str]
) -> None:
    code = shop.code()
    assert refused(shop.exchange(code, **parameters))
    assert shop.exchange(code).status_code == 200


@pytest.mark.parametrize("missing", ["code", "redirect_uri", "code_verifier", "grant_type"])
def test_o09_what_is_missing_is_named(shop: RelyingParty, missing: str) -> None:
    code = shop.code()
    assert refused(shop.exchange(code, **{missing: None}), "invalid_request")


@pytest.mark.parametrize(("age", "is_good"), [(58, True), (61, False)])
def test_o14_a_code_lasts_a_minute(
    shop: RelyingParty, time_machine: TimeMachineFixture, age: int, is_good: bool
) -> None:
    code = shop.code()
    time_machine.move_to(datetime.now(UTC) + timedelta(seconds=age), tick=True)
    assert (shop.exchange(code).status_code == 200) is is_good


def test_only_a_digest_of_the_code_is_kept(shop: RelyingParty, acme: Tenant) -> None:
    code = shop.code()
    with tenant_context(acme):
        grant = Grant.objects.get()
    assert code not in {str(getattr(grant, field.attname)) for field in Grant._meta.concrete_fields}


@pytest.mark.parametrize(
    "parameters",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge_method": "s256"},
        {"code_challenge": "short"},
        {"code_challenge": "+" * 43},
    ],
)
def test_o08_a_public_client_must_bring_an_s256_challenge(app: RelyingParty, parameters: dict[str, str | None]) -> None:
    location = app.authorize(**parameters)["Location"]
    assert "error=invalid_request" in location
    assert "state=the+state" in location


@pytest.fixture
def old_shop(shop: RelyingParty, acme: Tenant) -> RelyingParty:
    """Bookshop, as if its library knew nothing of PKCE."""
    with tenant_context(acme):
        Application.objects.filter(pk=shop.application.pk).update(requires_pkce=False)
    return shop


def test_o08_a_client_with_a_secret_brings_a_challenge_too(shop: RelyingParty) -> None:
    answer = shop.authorize(code_challenge=None, code_challenge_method=None)
    assert "error=invalid_request" in answer["Location"]


def test_a_web_application_registered_so_may_do_without_pkce(old_shop: RelyingParty) -> None:
    shop = old_shop
    code = shop.code(code_challenge=None, code_challenge_method=None)
    assert shop.exchange(code, code_verifier=None).status_code == 200


def test_o09_a_verifier_without_a_challenge_is_refused(old_shop: RelyingParty) -> None:
    shop = old_shop
    code = shop.code(code_challenge=None, code_challenge_method=None)
    assert refused(shop.exchange(code))


def test_o08_plain_isnt_offered_to_anybody(shop: RelyingParty) -> None:
    answer = shop.authorize(code_challenge=VERIFIER, code_challenge_method="plain")
    assert "error=invalid_request" in answer["Location"]


def test_t16_a_code_of_one_tenant_is_worth_nothing_at_another_and_isnt_used_up(
    shop: RelyingParty, rival: RelyingParty, globex: Tenant
) -> None:
    """Even for a client of the same ID at both."""
    with tenant_context(globex):
        twin = register_application(name="Twin", kind="web", redirect_uris=[shop.redirect_uri], actor=Actor.command())
        twin.client_id = shop.client_id
        twin.save()
        rival.application, rival.client_id, rival.secret = twin, twin.client_id, new_secret(twin)
    rival.redirect_uri, rival.verifier = shop.redirect_uri, shop.verifier
    tokens = shop.tokens()
    code = shop.code()
    assert refused(rival.exchange(code))
    assert refused(rival.refresh(tokens["refresh_token"]))
    assert shop.exchange(code).status_code == 200
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_the_challenge_is_the_verifiers_digest() -> None:
    """RFC 7636 appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
