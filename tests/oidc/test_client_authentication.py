"""Who asks for tokens: one client, proved in one way (RFC 6749 section 2.3)."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from applications.models import Application
from applications.services.credentials import create_client_secret, delete_client_secret
from applications.services.deletion import delete_application
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.relying_party import FORM, RelyingParty, basic, is_unauthorized

GRANT = {"grant_type": "client_credentials"}


def test_the_secret_may_stand_in_the_body(service: RelyingParty) -> None:
    credentials = {"client_id": service.client_id, "client_secret": service.secret}
    assert service.post("/oidc/token", {**GRANT, **credentials}).status_code == 200


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_is_written_in_any_case(service: RelyingParty, scheme: str) -> None:
    header = basic(service.client_id, service.secret).replace("Basic", scheme)
    assert service.post("/oidc/token", GRANT, headers={"Authorization": header}).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"%ff%:%zz").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Bearer abc",
        "Digest abc",
    ],
)
def test_o43_garbage_in_the_header_is_refused(service: RelyingParty, header: str) -> None:
    assert is_unauthorized(service.post("/oidc/token", GRANT, headers={"Authorization": header}))


@pytest.mark.parametrize("secret", ["", "wrong", "ü", "%", "\0"])
def test_o43_a_wrong_or_empty_secret_is_refused(service: RelyingParty, secret: str) -> None:
    service.secret = secret
    assert is_unauthorized(service.token(**GRANT))


def test_o43_a_secret_of_a_megabyte_is_refused(service: RelyingParty) -> None:
    body = {**GRANT, "client_id": service.client_id, "client_secret": "s" * 1024 * 1024}
    assert service.post("/oidc/token", body).status_code == 400


def test_o13_header_and_body_may_not_name_two_clients(
    service: RelyingParty, shop: RelyingParty, mobile: Application
) -> None:
    header = {"Authorization": basic(service.client_id, service.secret)}
    for other in (shop.client_id, mobile.client_id):
        answer = service.post("/oidc/token", {**GRANT, "client_id": other}, headers=header)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    both = {**GRANT, "client_id": service.client_id, "client_secret": service.secret}
    assert service.post("/oidc/token", both, headers=header).status_code == 400
    assertion = service.post("/oidc/token", {**GRANT, "client_assertion": "x"}, headers=header)
    assert is_unauthorized(assertion)


def test_a_client_with_a_secret_cant_go_without(shop: RelyingParty) -> None:
    code = shop.code()
    shop.secret = None
    assert is_unauthorized(shop.exchange(code))


def test_a_public_client_has_no_secret_to_show(app: RelyingParty) -> None:
    app.secret = "cs_made-up"
    assert is_unauthorized(app.exchange(app.code()))


def test_several_secrets_live_side_by_side_and_each_ends_by_itself(
    service: RelyingParty, acme: Tenant, time_machine: TimeMachineFixture
) -> None:
    with tenant_context(acme):
        later = datetime.now(UTC) + timedelta(days=300)
        kept, second = create_client_secret(
            service.application, description="", expires_at=later, actor=Actor.command()
        )
    first = service.secret
    assert service.token(**GRANT).status_code == 200
    time_machine.move_to(datetime.now(UTC) + timedelta(days=2), tick=True)
    assert is_unauthorized(service.token(**GRANT))
    service.secret = second
    assert service.token(**GRANT).status_code == 200
    with tenant_context(acme):
        delete_client_secret(kept, actor=Actor.command())
    assert is_unauthorized(service.token(**GRANT))
    assert first != second


def test_t17_a_client_of_one_tenant_is_nobody_at_another(shop: RelyingParty, globex: Tenant) -> None:
    shop.browser = Browser(globex)
    assert is_unauthorized(shop.token(**GRANT))
    assert is_unauthorized(shop.introspect("anything"))
    page = shop.authorize()
    assert page.status_code == 400
    assert "Location" not in page


def test_o27_a_deleted_application_is_nobody_from_then_on(shop: RelyingParty, acme: Tenant) -> None:
    tokens = shop.tokens()
    with tenant_context(acme):
        delete_application(shop.application, actor=Actor.command())
    assert is_unauthorized(shop.refresh(tokens["refresh_token"]))
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    assert shop.authorize().status_code == 400


@pytest.mark.parametrize(
    "grant_type",
    [
        "password",
        "implicit",
        "hybrid",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token_exchange",
        "urn:ietf:params:oauth:grant-type:device-code",
        "Authorization_Code",
        "x" * 1000,
    ],
)
def test_o36_grants_that_arent_offered(shop: RelyingParty, app: RelyingParty, grant_type: str) -> None:
    for client in (shop, app):
        answer = client.token(grant_type=grant_type, username="carol", password="x")
        assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_o36_a_service_has_no_customers(service: RelyingParty) -> None:
    for parameters in (
        {"grant_type": "authorization_code", "code": "x"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
    ):
        assert service.token(**parameters).json()["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("grant_type=client_credentials&grant_type=client_credentials", FORM),
        ("grant_type=client_credentials&scope=a&scope=b", FORM),
        ('{"grant_type": "client_credentials"}', "application/json"),
        ("grant_type=client_credentials", "text/plain"),
        ("", FORM),
        ("%ff%fe=%ff", FORM),
        ("&".join(f"p{n}=1" for n in range(500)), FORM),
        ("grant_type=%00", FORM),
    ],
)
def test_o42_bodies_that_cant_be_understood(service: RelyingParty, body: str, content_type: str) -> None:
    header = {"Authorization": basic(service.client_id, service.secret)}
    answer = service.browser.post("/oidc/token", body, content_type, headers=header)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_o42_parameters_in_the_address_dont_count(service: RelyingParty) -> None:
    header = {"Authorization": basic(service.client_id, service.secret)}
    answer = service.browser.post("/oidc/token?grant_type=client_credentials", "scope=x", FORM, headers=header)
    assert answer.json()["error"] == "invalid_request"


def test_only_post_asks_for_tokens(service: RelyingParty) -> None:
    answer = service.browser.get("/oidc/token", GRANT)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
