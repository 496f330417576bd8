"""Clients that show a certificate (RFC 8705): they authenticate by it, and their tokens are bound to it."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django_tenants.utils import tenant_context
from pytest_django.fixtures import Settings

from applications.models import Application
from applications.policies.fapi import turned_on
from applications.services.application import change as save
from applications.services.application import change_application
from common.database.caches import forget_everything
from common.problems import Refused
from common.web.outgoing import HttpAnswer
from oidc.clients import keys as client_keys
from tenants.models import Tenant
from tests.browser import Browser
from tests.client_certificates import Holder, certified
from tests.oidc.apis import ORDERS, found_orders
from tests.oidc.dpop_holder import Holder as DpopHolder
from tests.oidc.key_holder import COMMAND, KEYS, KeyHolder, is_refused, jwk
from tests.oidc.registering import Register
from tests.oidc.relying_party import INACTIVE, RelyingParty, answer_in, is_unauthorized, refused

AUTHORITY = certified("CN=Acme authority")
SHOP = certified("CN=shop,O=Acme", by=AUTHORITY)
EVE = certified("CN=eve,O=Acme", by=AUTHORITY)
OWN = certified("CN=whatever")
VERIFIED, UNVERIFIED = "SUCCESS", "FAILED:self-signed certificate"


@pytest.fixture(autouse=True)
def _proxy(settings: Settings) -> None:
    """nginx stands in front, and says what it has found out."""
    settings.CIAM_TRUSTED_PROXIES = 1
    settings.CIAM_CLIENT_CERTIFICATE_HEADER = "X-Client-Cert"
    settings.CIAM_CLIENT_CERTIFICATE_VERIFIED = "X-Client-Verify"


def shown(holder: Holder | None, verdict: str = VERIFIED) -> dict[str, str]:
    """What the proxy writes into the headers of somebody's request."""
    return {"X-Client-Cert": holder.escaped, "X-Client-Verify": verdict} if holder else {"X-Client-Verify": "NONE"}


class Mutual(RelyingParty):
    """An application that shows a certificate, whatever it asks; `holder` may be changed."""

    holder: Holder | None = SHOP
    verdict = VERIFIED

    def post(self, path: str, parameters: Any, headers: dict[str, str] | None = None) -> Any:
        return super().post(path, parameters, headers={**shown(self.holder, self.verdict), **(headers or {})})

    def userinfo(self, access_token: str) -> Any:
        headers = {"Authorization": f"Bearer {access_token}", **shown(self.holder, self.verdict)}
        return self.browser.get("/oidc/userinfo", headers=headers)


def change(party: RelyingParty, **values: Any) -> None:
    with tenant_context(party.browser.tenant):
        change_application(party.application, actor=COMMAND, **values)


@pytest.fixture
def mutual(shop: RelyingParty) -> Mutual:
    """Bookshop, known by the subject of a certificate that an authority vouches for."""
    subject = {"certificate_field": "subject_dn", "certificate_subject": "CN=shop,O=Acme"}
    change(shop, auth_method="tls_client_auth", binds_to_certificate=True, **subject)
    return Mutual(shop.browser, shop.application)


def test_o57_nobody_else_is_the_client(mutual: Mutual, bookshop_secret: str) -> None:
    code = mutual.code()
    for holder, verdict in ((None, ""), (EVE, VERIFIED), (SHOP, UNVERIFIED), (SHOP, "")):
        mutual.holder, mutual.verdict = holder, verdict
        assert is_unauthorized(mutual.exchange(code))
    with_secret = RelyingParty(mutual.browser, mutual.application, bookshop_secret)
    assert is_unauthorized(with_secret.exchange(code)), "Its secret counts no more."
    mutual.holder, mutual.verdict = SHOP, VERIFIED
    assert is_unauthorized(mutual.exchange(code, client_secret=bookshop_secret))
    assert mutual.exchange(code).status_code == 200


def test_o57_an_expired_certificate_is_none(mutual: Mutual) -> None:
    mutual.holder = certified("CN=shop,O=Acme", by=AUTHORITY, days=-1)
    assert is_unauthorized(mutual.exchange(mutual.code()))


def test_o57_a_stolen_token_is_worth_nothing_without_the_certificate(mutual: Mutual) -> None:
    tokens = mutual.tokens()
    assert mutual.accepts(tokens["access_token"])["cnf"] == {"x5t#S256": SHOP.thumbprint}
    assert mutual.userinfo(tokens["access_token"]).status_code == 200
    for thief in (None, EVE, OWN):
        mutual.holder = thief
        refusal = mutual.userinfo(tokens["access_token"])
        assert (refusal.status_code, refusal.json()["error"]) == (401, "invalid_token")


def test_introspection_tells_the_certificate_and_a_refresh_binds_anew(mutual: Mutual) -> None:
    tokens = mutual.tokens()
    assert mutual.introspect(tokens["access_token"]).json()["cnf"] == {"x5t#S256": SHOP.thumbprint}
    renewed = certified("CN=shop,O=Acme", by=AUTHORITY)
    mutual.holder = renewed
    again = mutual.refresh(tokens["refresh_token"]).json()
    assert mutual.accepts(again["access_token"])["cnf"] == {"x5t#S256": renewed.thumbprint}
    assert mutual.revoke(again["refresh_token"]).status_code == 200
    assert mutual.introspect(again["access_token"]).json() == INACTIVE


def test_a_certificate_of_its_own_is_known_by_its_key(shop: RelyingParty) -> None:
    keys = json.dumps({"keys": [jwk(OWN.key, kid="tls")]})
    change(shop, auth_method="self_signed_tls_client_auth", jwks=keys)
    party = Mutual(shop.browser, shop.application)
    party.holder, party.verdict = EVE, VERIFIED
    code = party.code()
    assert is_unauthorized(party.exchange(code))
    party.holder, party.verdict = OWN, UNVERIFIED
    tokens = party.exchange(code).json()
    assert "cnf" not in party.accepts(tokens["access_token"]), "It hasn't asked for bound tokens."


def test_c12_a_renewed_certificate_is_known_as_soon_as_its_key_is_published(
    shop: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a client would be refused for as long as its keys are kept; yet nobody makes us hammer its address."""
    published, calls = [OWN], []

    def answer(url: str, **_: Any) -> HttpAnswer:
        calls.append(url)
        keys = [jwk(holder.key, kid=str(number)) for number, holder in enumerate(published)]
        return HttpAnswer(200, {}, json.dumps({"keys": keys}).encode())

    monkeypatch.setattr(client_keys, "call", answer)
    client_keys.forget_fetched_keys()
    change(shop, auth_method="self_signed_tls_client_auth", jwks_uri="https://shop.example/jwks")
    party = Mutual(shop.browser, shop.application)
    for party.holder in (OWN, OWN):
        assert party.exchange(party.code()).status_code == 200
    assert len(calls) == 1
    party.holder = certified("CN=renewed")
    published.append(party.holder)
    assert party.exchange(party.code()).status_code == 200
    code = party.code()
    for party.holder in [EVE] * 5:
        assert is_unauthorized(party.exchange(code))
    assert len(calls) == 3
    client_keys.forget_fetched_keys()


def test_a_public_client_has_its_refresh_token_bound_too(app: RelyingParty) -> None:
    """RFC 8705 section 4: it shows no more than that it holds the same key as before."""
    change(app, binds_to_certificate=True)
    party = Mutual(app.browser, app.application)
    party.holder, party.verdict = None, ""
    code = party.code()
    assert refused(party.exchange(code), "invalid_request")
    party.holder, party.verdict = OWN, UNVERIFIED
    tokens = party.exchange(code).json()
    party.holder = EVE
    assert refused(party.refresh(tokens["refresh_token"]))
    party.holder = OWN
    assert party.refresh(tokens["refresh_token"]).status_code == 200


def test_fapi_is_followed_by_certificate_as_well_as_by_keys(mutual: Mutual) -> None:
    """FAPI 2.0 Security Profile sections 5.3.2.1-5 and -6: by either, and with tokens bound to either."""
    change(mutual, binds_to_certificate=False)
    with tenant_context(mutual.browser.tenant):
        save(mutual.application, turned_on, actor=COMMAND)
    assert (mutual.application.binds_to_certificate, mutual.application.requires_dpop) == (True, False)
    mutual.holder = EVE
    assert is_unauthorized(mutual.post("/oidc/par", mutual.request()))
    mutual.holder = SHOP
    request_uri = mutual.post("/oidc/par", mutual.request()).json()["request_uri"]
    asked = {"client_id": mutual.client_id, "request_uri": request_uri}
    code = answer_in(mutual.browser.get("/oidc/authorize", asked))["code"]
    tokens = mutual.exchange(code).json()
    assert mutual.accepts(tokens["access_token"])["cnf"] == {"x5t#S256": SHOP.thumbprint}
    with tenant_context(mutual.browser.tenant), pytest.raises(Refused):
        change_application(mutual.application, binds_to_certificate=False, actor=COMMAND)


def test_an_api_sees_to_which_certificate_a_services_token_is_bound(service: RelyingParty, acme: Tenant) -> None:
    orders = found_orders(acme)
    orders.permit(service.application, roles=(orders.clerk,))
    change(service, auth_method="tls_client_auth", certificate_field="san_dns", certificate_subject="shop.acme.example")
    change(service, binds_to_certificate=True)
    party = Mutual(service.browser, service.application)
    answer = party.token(grant_type="client_credentials", resource=ORDERS)
    assert party.accepts(answer.json()["access_token"], audience=ORDERS)["cnf"] == {"x5t#S256": SHOP.thumbprint}


@pytest.fixture
def _port_of_its_own(settings: Settings) -> Iterator[None]:
    """The proxy asks for certificates at port 8443 alone."""
    settings.CIAM_CLIENT_CERTIFICATE_PORT = 8443
    forget_everything()
    yield
    forget_everything()


@pytest.mark.usefixtures("_port_of_its_own")
def test_a_proof_names_the_address_that_certificates_are_shown_at(app: RelyingParty) -> None:
    """It names the address that was called (RFC 9449 section 4.2), and discovery sends such clients there."""
    holder = DpopHolder(app)
    usual, aliases = holder.metadata, holder.metadata["mtls_endpoint_aliases"]
    for addresses in (usual, aliases):
        holder.metadata = addresses
        token = holder.exchange(app.code()).json()["access_token"]
        assert holder.userinfo(token).status_code == 200
    at_par = {"DPoP": holder.proof("POST", aliases["pushed_authorization_request_endpoint"])}
    assert app.post("/oidc/par", app.request(), headers=at_par).status_code == 201
    elsewhere = holder.proof("POST", aliases["token_endpoint"].replace(":8443", ":9443"))
    assert holder.exchange(app.code(), proof=elsewhere).json()["error"] == "invalid_dpop_proof"


@pytest.mark.usefixtures("_port_of_its_own")
def test_so_does_an_assertion(service: RelyingParty) -> None:
    change(service, auth_method="private_key_jwt", jwks=json.dumps(KEYS))
    holder = KeyHolder(service.browser, service.application)
    alias = DpopHolder(service).metadata["mtls_endpoint_aliases"]["token_endpoint"]
    assert holder.asserted(holder.assertion(aud=alias)).status_code == 200
    assert is_refused(holder.asserted(holder.assertion(aud=alias.replace(":8443", ":9443"))))


def test_garbage_in_the_header_is_refused_without_an_error_of_ours(mutual: Mutual) -> None:
    headers = {"X-Client-Cert": "%%%", "X-Client-Verify": VERIFIED}
    answer = mutual.browser.post(
        "/oidc/token",
        f"grant_type=client_credentials&client_id={mutual.client_id}",
        "application/x-www-form-urlencoded",
        headers=headers,
    )
    assert refused(answer, "invalid_request")


ODD = {
    "of a version to come": ("a003020102", "a003020103"),
    "a key of an unknown kind": ("2a8648ce3d0201", "2a8648ce3d0209"),
    "a key on an unknown curve": ("2a8648ce3d030107", "2a8648ce3d030109"),
    "a broken key": ("03420004", "03420005"),
    "an extension twice": ("551d13", "551d11"),
    "a name of an unknown kind": ("8211", "a511"),
    "a subject that is no text": ("0c04" + b"shop".hex(), "0c04ff" + b"hop".hex()),
}


def test_o43_an_odd_certificate_is_refused_without_an_error_of_ours(mutual: Mutual) -> None:
    """Whatever a proxy hands on that doesn't look who vouches for it."""
    der = SHOP.certificate.public_bytes(Encoding.DER)
    by_name = {"auth_method": "tls_client_auth", "certificate_field": "san_dns", "certificate_subject": "a.example"}
    by_key = {"auth_method": "self_signed_tls_client_auth", "jwks": json.dumps({"keys": [jwk(EVE.key, kid="tls")]})}
    by_key |= {"certificate_field": "", "certificate_subject": ""}
    for way in ({"certificate_subject": "CN=somebody"}, by_name, by_key):
        change(mutual, **way)
        for old, new in ODD.values():
            odd = der.replace(bytes.fromhex(old), bytes.fromhex(new))
            assert odd != der
            headers = {"X-Client-Cert": base64.b64encode(odd).decode(), "X-Client-Verify": VERIFIED}
            asked = {"grant_type": "client_credentials", "client_id": mutual.client_id}
            assert mutual.post("/oidc/token", asked, headers=headers).status_code in {400, 401}


def test_an_application_registers_itself_by_its_certificate(register: Register, acme: Tenant) -> None:
    web = {"redirect_uris": ["https://new.example/callback"], "token_endpoint_auth_method": "tls_client_auth"}
    bound = {"tls_client_certificate_bound_access_tokens": True}
    said = register({**web, **bound, "tls_client_auth_san_dns": "new.example"}).json()
    assert (said["tls_client_auth_san_dns"], "client_secret" in said) == ("new.example", False)
    assert said["tls_client_certificate_bound_access_tokens"] is True
    both = {"tls_client_auth_san_dns": "new.example", "tls_client_auth_subject_dn": "CN=new"}
    for wrong in ({}, both, {"tls_client_auth_subject_dn": "new"}):
        answer = register({**web, **wrong})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


def test_o49_discovery_tells_what_the_proxies_make_possible(acme_browser: Browser, settings: Settings) -> None:
    def methods() -> set[str]:
        forget_everything()
        metadata = acme_browser.get("/oidc/.well-known/openid-configuration").json()
        return {each for each in metadata["token_endpoint_auth_methods_supported"] if "tls" in each}

    assert methods() == {"tls_client_auth", "self_signed_tls_client_auth"}
    settings.CIAM_CLIENT_CERTIFICATE_PORT = 8443
    forget_everything()
    metadata = acme_browser.get("/oidc/.well-known/openid-configuration").json()
    aliases = metadata["mtls_endpoint_aliases"]
    assert metadata["tls_client_certificate_bound_access_tokens"] is True
    assert set(aliases) >= {"token_endpoint", "userinfo_endpoint", "introspection_endpoint", "revocation_endpoint"}
    assert all(":8443/" in alias for alias in aliases.values())
    settings.CIAM_CLIENT_CERTIFICATE_VERIFIED = "never"
    assert methods() == {"self_signed_tls_client_auth"}
    settings.CIAM_CLIENT_CERTIFICATE_HEADER = ""
    assert methods() == set()
    forget_everything()


def test_without_a_proxy_that_hands_certificates_on_nobody_chooses_them(
    register: Register, settings: Settings, mutual: Mutual, bookshop: Application
) -> None:
    settings.CIAM_CLIENT_CERTIFICATE_HEADER = ""
    web = {"redirect_uris": ["https://new.example/callback"]}
    for wish in (
        {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "new.example"},
        {"tls_client_certificate_bound_access_tokens": True},
    ):
        assert register({**web, **wish}).status_code == 400
    assert is_unauthorized(mutual.exchange(mutual.code()))
