"""Applications that register themselves (RFC 7591)."""

import json
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.policies.grants import DEVICE_CODE, TOKEN_EXCHANGE
from applications.services import sectors
from audit.models import Event
from branding.errors import ImageUndecoded
from branding.pictures import encoding, images
from common.web.limits import Limit
from common.web.outgoing import Places, TooManyWaiting
from oidc.models import InitialAccessToken
from oidc.registration import endpoints as registration
from oidc.registration import fetches as registration_fetches
from oidc.registration.description import ANYONE, TOKEN_HOLDERS
from oidc.registration.services import create_initial_access_token, let_register, revoke_initial_access_token
from tenants.models import Tenant
from tests.browser import Browser
from tests.crowd import crowd
from tests.oidc.key_holder import KEYS, KeyHolder
from tests.oidc.registering import CALLBACK, COMMAND, WEB, Register, party


def test_what_registers_itself_signs_carol_in(
    register: Register, acme: Tenant, acme_browser: Browser, carol: Account
) -> None:
    answer = register({**WEB, "client_name#de": "Neuling", "unheard_of": 1})
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    said = answer.json()
    assert said["token_endpoint_auth_method"] == "client_secret_basic"
    assert said["redirect_uris"] == [CALLBACK]
    assert said["client_secret_expires_at"] > timezone.now().timestamp()
    assert not {"client_name#de", "unheard_of"} & set(said)
    acme_browser.sign_in(carol)
    tokens = party(acme_browser, acme, said).tokens()
    assert tokens["id_token"]
    with tenant_context(acme):
        event = Event.objects.get(action="application.registered", target_name="Newcomer")
        assert event.actor_name == "For tests"
        assert InitialAccessToken.objects.get().registrations == 1


def test_each_type_follows_from_the_metadata(register: Register, acme: Tenant) -> None:
    for metadata, kind in (
        ({**WEB, "token_endpoint_auth_method": "none"}, "spa"),
        (
            {
                "redirect_uris": ["http://127.0.0.1/cb"],
                "token_endpoint_auth_method": "none",
                "application_type": "native",
            },
            "native",
        ),
        ({"grant_types": [DEVICE_CODE], "token_endpoint_auth_method": "none"}, "native"),
        ({"grant_types": ["client_credentials", TOKEN_EXCHANGE], "response_types": []}, "service"),
    ):
        said = register(metadata).json()
        assert set(said["grant_types"]) == set(metadata.get("grant_types", ["authorization_code"]))
        assert ("client_secret" in said) == (kind == "service")
        with tenant_context(acme):
            application = Application.objects.get(client_id=said["client_id"])
            assert (application.kind, application.registered_dynamically) == (kind, True)


def test_a_key_pair_is_registered_and_used(register: Register, acme: Tenant, acme_browser: Browser) -> None:
    said = register(
        {
            "grant_types": ["client_credentials"],
            "response_types": [],
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": KEYS,
        }
    ).json()
    assert "client_secret" not in said
    with tenant_context(acme):
        holder = KeyHolder(acme_browser, Application.objects.get(client_id=said["client_id"]))
    assert holder.asserted(holder.assertion()).status_code == 200


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
@pytest.mark.parametrize(
    "useless", [{"jwks": KEYS}, {"jwks_uri": "https://new.example/jwks"}, {"request_uris": []}, {"request_uris": ["x"]}]
)
def test_what_has_no_use_for_this_client_is_left_out(
    register: Register, acme: Tenant, method: str, useless: dict[str, Any]
) -> None:
    """RFC 7591 section 2: the server may replace or leave out, and the answer says what is kept."""
    answer = register({**WEB, "token_endpoint_auth_method": method, **useless})
    assert answer.status_code == 201, answer.content
    assert not useless.keys() & answer.json().keys()
    with tenant_context(acme):
        application = Application.objects.get(client_id=answer.json()["client_id"])
        assert (application.jwks, application.jwks_uri) == ("", "")


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ("not json", "invalid_client_metadata"),
        ("[]", "invalid_client_metadata"),
        ("[" * 10_000, "invalid_client_metadata"),
        ({}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://new.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://new.example/cb#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://*.example/cb"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": "https://new.example/cb"}, "invalid_client_metadata"),
        ({**WEB, "client_name": 5}, "invalid_client_metadata"),
        ({**WEB, "client_name": "x" * 200}, "invalid_client_metadata"),
        ({**WEB, "client_name": "a\u0000b"}, "invalid_client_metadata"),
        ({**WEB, "client_name": "\u2800\u3164"}, "invalid_client_metadata"),
        ({**WEB, "client_name": "- . -"}, "invalid_client_metadata"),
        ({**WEB, "client_name": "B\u043e\u043ekshop"}, "invalid_client_metadata"),
        ({**WEB, "client_name": "Shop" + "\u0335" * 8}, "invalid_client_metadata"),
        # Refused before its marks are put in order, which takes seconds.
        ({**WEB, "client_name": "Shop" + "\u0315\u0300" * 5_000}, "invalid_client_metadata"),
        ({**WEB, "grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({**WEB, "grant_types": ["password"]}, "invalid_client_metadata"),
        ({**WEB, "response_types": ["token"]}, "invalid_client_metadata"),
        ({"grant_types": [DEVICE_CODE], "response_types": ["code"]}, "invalid_client_metadata"),
        (
            {**WEB, "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", TOKEN_EXCHANGE]},
            "invalid_client_metadata",
        ),
        ({**WEB, "token_endpoint_auth_method": "client_secret_jwt"}, "invalid_client_metadata"),
        ({**WEB, "id_token_signed_response_alg": "none"}, "invalid_client_metadata"),
        ({**WEB, "userinfo_signed_response_alg": "none"}, "invalid_client_metadata"),
        ({**WEB, "subject_type": "shared"}, "invalid_client_metadata"),
        ({**WEB, "software_statement": "e30.e30.x"}, "invalid_client_metadata"),
        ({**WEB, "jwks": KEYS, "jwks_uri": "https://new.example/jwks"}, "invalid_client_metadata"),
        ({**WEB, "token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
        (
            {**WEB, "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://169.254.169.254/"},
            "invalid_client_metadata",
        ),
        ({**WEB, "backchannel_logout_uri": "https://10.0.0.1/out"}, "invalid_client_metadata"),
        ({**WEB, "application_type": "native"}, "invalid_client_metadata"),
    ],
)
def test_o03_to_o05_o36_what_cant_be_is_refused_by_name_and_uses_nothing_up(
    register: Register, acme: Tenant, metadata: Any, error: str
) -> None:
    answer = register(metadata)
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]
    with tenant_context(acme):
        assert InitialAccessToken.objects.get().registrations == 0
        assert not Application.objects.filter(registered_dynamically=True).exists()


def test_programs_are_answered_in_english_whatever_was_spoken_to_whoever_was_served_before(
    register: Register,
) -> None:
    with override("de"):
        refused = register(WEB | {"redirect_uris": ["ftp://new.example/"]})

    description = refused.json()["error_description"]
    assert "Begin the URI with https://." in description
    assert description.isascii()


def test_only_whoever_was_given_a_token_registers(register: Register, token: str, acme: Tenant) -> None:
    for wrong in ("", "nonsense", token[:-1]):
        answer = register(WEB, bearer=wrong)
        assert answer.status_code == 401
        assert answer.json()["error"] == "invalid_token"
    with tenant_context(acme):
        revoke_initial_access_token(InitialAccessToken.objects.get(), actor=COMMAND)
    assert register(WEB).status_code == 401


def test_a_token_expires(register: Register, acme: Tenant) -> None:
    with tenant_context(acme):
        InitialAccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert register(WEB).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_no_more_register_than_may(register: Register, acme: Tenant) -> None:
    with tenant_context(acme):
        InitialAccessToken.objects.update(max_registrations=3)
    with crowd(10) as all_do:
        answers = all_do(lambda: register(WEB, browser=Browser(acme)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [401] * 7


def test_t13_a_token_is_worth_nothing_at_another_tenant(
    register: Register, globex: Tenant, globex_browser: Browser
) -> None:
    with tenant_context(globex):
        let_register(TOKEN_HOLDERS, actor=COMMAND)
    assert register(WEB, browser=globex_browser).status_code == 401


def test_it_is_off_until_somebody_switches_it_on(acme: Tenant, acme_browser: Browser) -> None:
    document = "/oidc/.well-known/openid-configuration"
    assert "registration_endpoint" not in acme_browser.get(document).json()
    assert acme_browser.post("/oidc/register", json.dumps(WEB), "application/json").status_code == 401
    with tenant_context(acme):
        let_register(TOKEN_HOLDERS, actor=COMMAND)
    told = acme_browser.get(document).json()
    assert told["registration_endpoint"] == f"{told['issuer']}/register"


def test_p04_no_value_is_kept(register: Register, token: str, acme: Tenant) -> None:
    said = register(WEB).json()
    with tenant_context(acme):
        kept = json.dumps([*InitialAccessToken.objects.values(), *Event.objects.values()], default=str)
    assert token not in kept
    assert said["registration_access_token"] not in kept
    assert said["client_secret"] not in kept


def test_o32_guessing_is_slowed_down_and_noted(register: Register, acme: Tenant) -> None:
    statuses = {register(WEB, bearer=f"wrong {number}").status_code for number in range(25)}
    assert statuses == {401, 429}
    with tenant_context(acme):
        reasons = Counter(Event.objects.filter(action="registration.refused").values_list("reason", flat=True))
    # Of the five that the limit refused, the first, the second and the fourth.
    assert reasons == {"credentials_wrong": 20, "too_many_attempts": 3}


def test_no_script_of_another_site_reads_the_answer(register: Register, acme_browser: Browser) -> None:
    answer = acme_browser.post("/oidc/register", "{}", "application/json", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_c12_whoever_may_not_register_makes_the_server_call_nothing(register: Register, called: list[str]) -> None:
    metadata = {**WEB, "logo_uri": "https://new.example/logo.png", "sector_identifier_uri": "https://new.example/uris"}
    assert register(metadata, bearer="wrong").status_code == 401
    assert called == []


@pytest.mark.parametrize("name", ["logo_uri", "sector_identifier_uri"])
def test_t38_while_slow_addresses_are_waited_for_the_next_registration_comes_again_later(
    register: Register, acme: Tenant, globex: Tenant, called: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    places = Places(2, share=1)
    for module in (registration_fetches, sectors):
        monkeypatch.setattr(module, "_places", places)
    with places.one(acme.schema_name):
        turned_away = register({**WEB, name: "https://new.example/file"})
        assert register(WEB).status_code == 201
    assert (turned_away.status_code, turned_away.json()["error"]) == (503, "temporarily_unavailable")
    assert called == []
    with tenant_context(acme):
        assert InitialAccessToken.objects.get().registrations == 1
    with places.one(globex.schema_name):
        assert register({**WEB, name: "https://new.example/file"}).status_code != 503
    assert called == ["https://new.example/file"]


@pytest.mark.usefixtures("called")
def test_b05_a_logo_that_the_decoder_does_not_get_done_uses_the_hour_up_and_is_asked_for_again(
    acme: Tenant, acme_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
    monkeypatch.setattr(registration, "REGISTRATIONS", Limit("few", 2, 60))
    places = Places(2, share=1)
    monkeypatch.setattr(registration_fetches, "_places", places)

    def never_done(_content: bytes, _limits: encoding.ImageLimits) -> encoding.PreparedImage:
        # While Eve's drawing is looked at, acme gets no second one looked at.
        with pytest.raises(TooManyWaiting), places.one(acme.schema_name):
            pass
        raise ImageUndecoded(encoding.UNREADABLE)

    monkeypatch.setattr(images, "apart", SimpleNamespace(encoded_anew=never_done))
    monkeypatch.setattr(images, "_remembered", {})

    def ask() -> tuple[int, str]:
        metadata = json.dumps({**WEB, "logo_uri": "https://new.example/logo.png"})
        answer = acme_browser.post("/oidc/register", metadata, "application/json")
        return answer.status_code, answer.json()["error"]

    later = "temporarily_unavailable"
    assert [ask(), ask(), ask()] == [(503, later), (503, later), (429, later)]


@pytest.mark.parametrize("name", ["logo_uri", "sector_identifier_uri"])
@pytest.mark.parametrize("uri", ["http://169.254.169.254/latest", "https://10.0.0.1/", "file:///etc/passwd", "/x"])
def test_c12_nothing_internal_is_called(register: Register, acme: Tenant, name: str, uri: str) -> None:
    refused = register({**WEB, name: uri})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
    with tenant_context(acme):
        assert InitialAccessToken.objects.get().registrations == 0
        assert not Application.objects.filter(name="Newcomer").exists()


def test_switched_to_tokens_again_nobody_comes_without(acme: Tenant, token: str, acme_browser: Browser) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
        let_register(TOKEN_HOLDERS, actor=COMMAND)
    assert acme_browser.post("/oidc/register", json.dumps(WEB), "application/json").status_code == 401


def test_o32_registrations_without_a_token_are_counted_for_the_tenant(
    acme: Tenant, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
    monkeypatch.setattr(registration, "OPEN_REGISTRATIONS", Limit("few", 2, 60))
    statuses = [
        Browser(acme, REMOTE_ADDR=f"198.51.100.{number}")
        .post("/oidc/register", json.dumps(WEB), "application/json")
        .status_code
        for number in range(4)
    ]
    assert statuses == [201, 201, 429, 429]


@pytest.mark.parametrize("strangers", ["198.51.100.7", "2001:db8:1:{:x}::1"])
def test_o32_one_network_doesnt_use_up_the_day_of_all(
    acme: Tenant, token: str, monkeypatch: pytest.MonkeyPatch, strangers: str
) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
    monkeypatch.setattr(registration, "OPEN_REGISTRATIONS", Limit("some", 3, 60))
    monkeypatch.setattr(registration, "OPEN_REGISTRATIONS_OF_SITE", Limit("few", 2, 60))
    places = [strangers.format(number) for number in range(4)] + ["203.0.113.9", "203.0.113.10"]
    statuses = [
        Browser(acme, REMOTE_ADDR=place).post("/oidc/register", json.dumps(WEB), "application/json").status_code
        for place in places
    ]
    assert statuses == [201, 201, 429, 429, 201, 429]


@pytest.mark.parametrize("uri", ["com.example.app://[/x", "com.example.app://[::g]/x", "com.example.app://a]/x"])
def test_o36_a_native_redirect_uri_that_no_parser_reads_is_refused(register: Register, uri: str) -> None:
    native = {"application_type": "native", "token_endpoint_auth_method": "none", "redirect_uris": [uri]}
    assert register(native).json()["error"] == "invalid_redirect_uri"


def test_a_registration_under_an_address_that_is_none(acme_browser: Browser, token: str) -> None:
    for client_id in ("%00", "x", "%ff"):
        answer = acme_browser.get(f"/oidc/register/{client_id}", headers={"Authorization": "Bearer x"})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    "name",
    ["Книжный магазин 24", "Shop für Bücher", "書店 Books", "متجر", "Αθήνα Books", "C3PO", "Node.js", "A/B tests"],
)
def test_a_name_in_any_language_is_a_name(register: Register, name: str) -> None:
    assert register({**WEB, "client_name": name}).json()["client_name"] == name


@pytest.mark.parametrize("name", ["Unlock: https://evil.example/acme", "WWW.evil.example", "evil.example/acme now"])
def test_an_address_is_no_name(register: Register, name: str) -> None:
    """Customers would read it as ours on pages, and mail programs make a link of it."""
    assert register({**WEB, "client_name": name}).json()["error"] == "invalid_client_metadata"


def test_those_with_a_token_are_counted_by_it_wherever_they_are(
    acme: Tenant, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registration, "REGISTRATIONS", Limit("few", 2, 60))
    with tenant_context(acme):
        _, other = create_initial_access_token(description="Another's", days=1, max_registrations=9, actor=COMMAND)
    places = [Browser(acme, REMOTE_ADDR=f"198.51.100.{number}") for number in range(3)]
    assert [register(WEB, browser=place).status_code for place in places] == [201, 201, 429]
    assert register(WEB, bearer=other).status_code == 201


def test_o32_what_is_refused_is_bounded_too(acme: Tenant, register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "REQUESTS", Limit("some", 3, 60))
    assert [register("[]").status_code for _ in range(4)] == [400, 400, 400, 429]


@pytest.mark.parametrize("name", ["REGISTRATIONS", "OPEN_REGISTRATIONS"])
def test_what_was_refused_leaves_the_hour_and_the_day_to_others(
    acme: Tenant, acme_browser: Browser, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with tenant_context(acme):
        let_register(ANYONE, actor=COMMAND)
    monkeypatch.setattr(registration, name, Limit("few", 1, 60))

    def ask(metadata: dict[str, Any]) -> int:
        status: int = acme_browser.post("/oidc/register", json.dumps(metadata), "application/json").status_code
        return status

    assert [ask({**WEB, "software_statement": "x"}), ask({"redirect_uris": ["http://new.example/cb"]})] == [400, 400]
    assert [ask(WEB), ask(WEB)] == [201, 429]
