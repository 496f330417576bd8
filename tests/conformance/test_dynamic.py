"""The modules of the Dynamic plan, and of third-party-initiated login: the client registers itself each time."""

import io
import time
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from PIL import Image

from audit.services import Actor
from oidc.clients import keys as client_keys
from oidc.keys.services import rotate_signing_keys
from oidc.models import SigningKey
from tests.branding.pictures import picture
from tests.cast import tenant_named
from tests.clients.customer import form_of
from tests.conformance.suite import CALLBACK, DynamicSuite, Person, Site
from tests.oidc.key_holder import OTHER_KEY, RSA_KEY, jwk


def first_page(suite: DynamicSuite, person: Person) -> str:
    """The page that asks who somebody is."""
    response = person.http.get(suite.url(), follow_redirects=True)
    assert response.status_code == 200
    assert "email" in form_of(response.text).asks
    return response.text


def test_discovery_endpoint_verification(dynamic: DynamicSuite) -> None:
    """The module also wants the implicit grant, for which OAuth 2.1 has no place: the profile isn't claimed."""
    assert dynamic.metadata["response_types_supported"] == ["code"]
    assert "implicit" not in dynamic.metadata["grant_types_supported"]
    assert dynamic.metadata["registration_endpoint"].startswith("https://")
    assert "RS256" in dynamic.metadata["id_token_signing_alg_values_supported"]
    assert "public" in dynamic.metadata["subject_types_supported"]


def test_server(dynamic: DynamicSuite) -> None:
    said = dynamic.register()
    assert "client_secret" not in said
    assert said["client_id_issued_at"] <= time.time()
    signed_in = dynamic.sign_in(dynamic.person())
    assert dynamic.userinfo(signed_in.tokens["access_token"])["sub"] == signed_in.claims["sub"]


def test_whoever_nobody_vouches_for_says_so(dynamic: DynamicSuite) -> None:
    dynamic.register(client_name="Total Stranger")
    person = dynamic.person()
    dynamic.sign_in(person)
    asked = person.pages[-1]
    assert "Total Stranger" in asked
    assert "hasn't verified" in asked
    assert "suite.example" in asked


def test_idtoken_rs256(dynamic: DynamicSuite) -> None:
    assert dynamic.register(id_token_signed_response_alg="RS256")["id_token_signed_response_alg"] == "RS256"
    dynamic.sign_in(dynamic.person())


def test_idtoken_unsigned(dynamic: DynamicSuite) -> None:
    assert "none" not in dynamic.metadata["id_token_signing_alg_values_supported"]
    refused = dynamic.try_to_register(id_token_signed_response_alg="none")
    assert refused.json()["error"] == "invalid_client_metadata"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_userinfo_rs256(dynamic: DynamicSuite, algorithm: str) -> None:
    dynamic.register(userinfo_signed_response_alg=algorithm)
    assert algorithm in dynamic.metadata["userinfo_signing_alg_values_supported"]
    signed_in = dynamic.sign_in(dynamic.person())
    headers = {"Authorization": f"Bearer {signed_in.tokens['access_token']}"}
    response = dynamic.http.get(dynamic.metadata["userinfo_endpoint"], headers=headers)
    assert response.headers["content-type"] == "application/jwt"
    assert response.headers["cache-control"] == "no-store"
    header = jwt.get_unverified_header(response.text)
    assert header["alg"] == algorithm
    keys = jwt.PyJWKSet.from_dict(dynamic.http.get(dynamic.metadata["jwks_uri"]).json())
    issuer, audience = dynamic.provider.issuer, dynamic.provider.client.client_id
    claims = jwt.decode(response.text, keys[header["kid"]], algorithms=[algorithm], audience=audience, issuer=issuer)
    assert claims["sub"] == signed_in.claims["sub"]


def test_ensure_redirect_uri_in_authorization_request(dynamic: DynamicSuite) -> None:
    dynamic.register()
    assert "redirect_uri" in dynamic.person().error_page(dynamic.url(redirect_uri=None))


def test_redirect_uri_query_ok(dynamic: DynamicSuite) -> None:
    uri = f"{CALLBACK}?foo=bar"
    assert dynamic.register(redirect_uris=[uri])["redirect_uris"] == [uri]
    told = dynamic.answer(dynamic.person(), redirect_uri=uri)
    assert told["foo"] == "bar"
    assert dynamic.exchange(told["code"], redirect_uri=uri).status_code == 200


@pytest.mark.parametrize("asked", ["?foo=baz", "?foo=bar&foo=baz", ""])
def test_redirect_uri_query_mismatch(dynamic: DynamicSuite, asked: str) -> None:
    dynamic.register(redirect_uris=[f"{CALLBACK}?foo=bar"])
    dynamic.person().error_page(dynamic.url(redirect_uri=CALLBACK + asked))


def test_redirect_uri_query_added(dynamic: DynamicSuite) -> None:
    dynamic.register()
    dynamic.person().error_page(dynamic.url(redirect_uri=f"{CALLBACK}?foo=bar"))


def test_redirect_uri_regfrag(dynamic: DynamicSuite) -> None:
    refused = dynamic.try_to_register(redirect_uris=[f"{CALLBACK}#foo"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri")


def test_registration_logo_uri(dynamic: DynamicSuite, site: Site) -> None:
    uri = site.put("/logo.png", picture(900, 360), kind="image/png")
    assert dynamic.register(logo_uri=uri)["logo_uri"] == uri
    person = dynamic.person()
    page = first_page(dynamic, person)
    shown = page.partition('class="application-logo" src="')[2].partition('"')[0]
    image = person.http.get(f"{dynamic.provider.issuer.partition('/t/')[0]}{shown}")
    assert image.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(image.content)).size == (255, 102)
    assert site.url not in page, "the browser must not call the client's server before anybody has signed in"


@pytest.mark.parametrize(
    ("kind", "content"), [("image/png", b"no picture"), ("image/png", picture(10_001, 1)), ("image/svg+xml", b"<svg/>")]
)
def test_registration_logo_uri_that_is_none(dynamic: DynamicSuite, site: Site, kind: str, content: bytes) -> None:
    refused = dynamic.try_to_register(logo_uri=site.put("/logo", content, kind=kind))
    assert refused.json()["error"] == "invalid_client_metadata"
    assert "logo_uri" in refused.json()["error_description"]


@pytest.mark.parametrize("name", ["policy_uri", "tos_uri"])
def test_registration_policy_uri_and_tos_uri(dynamic: DynamicSuite, name: str) -> None:
    uri = f"https://suite.example/{name}.html"
    assert dynamic.register(**{name: uri})[name] == uri
    assert f'<a href="{uri}"' in first_page(dynamic, dynamic.person())


@pytest.mark.parametrize("name", ["client_uri", "policy_uri", "tos_uri", "initiate_login_uri"])
@pytest.mark.parametrize("uri", ["javascript:alert(1)", "http://localhost:3000/", "https://a.example/#x", "data:,x"])
def test_no_link_is_anything_but_a_page(dynamic: DynamicSuite, name: str, uri: str) -> None:
    refused = dynamic.try_to_register(**{name: uri})
    assert refused.json()["error"] == "invalid_client_metadata"
    assert name in refused.json()["error_description"]


def test_registration_jwks_uri(dynamic: DynamicSuite, site: Site) -> None:
    uri = site.put("/jwks", {"keys": [jwk(RSA_KEY, kid="one")]})
    said = dynamic.register(jwks_uri=uri)
    assert (said["jwks_uri"], "client_secret" in said) == (uri, False)
    code = dynamic.answer(dynamic.person())["code"]
    redeemed = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert dynamic.asserted(OTHER_KEY, "one", **redeemed).status_code == 401
    assert dynamic.asserted(RSA_KEY, "one", **redeemed).status_code == 200


def test_registration_sector_uri(dynamic: DynamicSuite, site: Site) -> None:
    uri = site.put("/sector.json", [CALLBACK, "https://suite.example/other"])
    assert dynamic.register(sector_identifier_uri=uri)["sector_identifier_uri"] == uri
    dynamic.sign_in(dynamic.person())


@pytest.mark.parametrize("listed", [[], ["https://suite.example/other"], {"redirect_uris": [CALLBACK]}, b"<html>"])
def test_registration_sector_bad(dynamic: DynamicSuite, site: Site, listed: object) -> None:
    refused = dynamic.try_to_register(sector_identifier_uri=site.put("/sector.json", listed))
    assert refused.status_code == 400
    assert refused.json()["error"] in {"invalid_client_metadata", "invalid_redirect_uri"}


def test_server_rotate_keys(dynamic: DynamicSuite) -> None:
    dynamic.register()

    def listed() -> set[str]:
        return {key["kid"] for key in dynamic.http.get(dynamic.metadata["jwks_uri"]).json()["keys"]}

    before, first = listed(), dynamic.sign_in(dynamic.person())
    with tenant_context(tenant_named("acme")):
        rotate_signing_keys(actor=Actor.command())
        # Clients have had a day to fetch the next keys.
        SigningKey.objects.next().update(since=timezone.now() - timedelta(days=1))
        rotate_signing_keys(actor=Actor.command())
    assert listed() - before
    second = dynamic.sign_in(dynamic.person())
    old, new = (jwt.get_unverified_header(each.tokens["id_token"])["kid"] for each in (first, second))
    assert old != new
    assert {old, new} <= listed()


def test_refresh_token(dynamic: DynamicSuite) -> None:
    dynamic.register(grant_types=["authorization_code", "refresh_token"])
    first = dynamic.sign_in(dynamic.person(), scope="openid offline_access", prompt="consent")
    second = dynamic.token(grant_type="refresh_token", refresh_token=first.tokens["refresh_token"])
    assert second.status_code == 200
    claims = dynamic.verified(second.json()["id_token"], nonce=None)
    assert (claims["sub"], claims["auth_time"]) == (first.claims["sub"], first.claims["auth_time"])
    dynamic.userinfo(second.json()["access_token"])


def test_refresh_token_rp_key_rotation(dynamic: DynamicSuite, site: Site) -> None:
    uri = site.put("/jwks", {"keys": [jwk(RSA_KEY, kid="old")]})
    dynamic.register(grant_types=["authorization_code", "refresh_token"], jwks_uri=uri)
    client_keys.forget_fetched_keys()
    code = dynamic.answer(dynamic.person(), scope="openid offline_access", prompt="consent")["code"]
    redeemed = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    tokens = dynamic.asserted(RSA_KEY, "old", **redeemed).json()
    site.put("/jwks", {"keys": [jwk(OTHER_KEY, kid="new")]})
    refreshed = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    answer = dynamic.asserted(OTHER_KEY, "new", **refreshed)
    assert answer.status_code == 200, answer.text
    again = {"grant_type": "refresh_token", "refresh_token": answer.json()["refresh_token"]}
    assert dynamic.asserted(RSA_KEY, "old", **again).status_code == 401


def test_ensure_client_assertion_with_iss_aud_succeeds(dynamic: DynamicSuite) -> None:
    said = dynamic.register()
    assert [key["kid"] for key in said["jwks"]["keys"]] == ["one"]
    code = dynamic.answer(dynamic.person())["code"]
    redeemed = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert dynamic.asserted(RSA_KEY, "one", aud=dynamic.provider.issuer, **redeemed).status_code == 200


@pytest.mark.parametrize("key", [None, RSA_KEY], ids=["unsigned", "signed-rs256"])
def test_request_uri_unsigned_and_signed_rs256(dynamic: DynamicSuite, site: Site, key: object) -> None:
    """Discovery doesn't offer them, and says so; the suite skips these modules then."""
    assert dynamic.metadata["request_uri_parameter_supported"] is False
    dynamic.register()
    request = jwt.encode({"nonce": "n"}, key, algorithm="RS256" if key else "none")  # type: ignore[arg-type]
    uri = site.put("/request.jwt", request.encode(), kind="application/oauth-authz-req+jwt")
    told = dynamic.answer(dynamic.person(), request_uri=uri)
    assert told["error"] == "request_uri_not_supported"
    assert "request_uris" not in dynamic.register(request_uris=[f"{uri}#1"])


def test_ensure_request_object_with_redirect_uri(dynamic: DynamicSuite) -> None:
    """What stands in the object counts, and not what stands beside it; the module itself sends it unsigned."""
    assert "none" not in dynamic.metadata["request_object_signing_alg_values_supported"]
    dynamic.register()
    sent = dynamic.parameters()
    request = jwt.encode(sent, RSA_KEY, algorithm="RS256", headers={"kid": "one"})
    assert dynamic.answer(dynamic.person(), **sent | {"request": request, "redirect_uri": f"{CALLBACK}/other"})["code"]
    unsigned = jwt.encode(sent, "", algorithm="none")
    assert dynamic.answer(dynamic.person(), **sent | {"request": unsigned})["error"] == "invalid_request_object"


def test_3rdparty_init_login(dynamic: DynamicSuite) -> None:
    uri = "https://suite.example/test/a/ciam/initiate-login?here=1"
    said = dynamic.register(initiate_login_uri=uri)
    assert said["initiate_login_uri"] == uri
    headers = {"Authorization": f"Bearer {said['registration_access_token']}"}
    kept = dynamic.http.get(said["registration_client_uri"], headers=headers)
    assert (kept.status_code, kept.json()["initiate_login_uri"]) == (200, uri)
    page = first_page(dynamic, dynamic.person())
    (way_back,) = [part.partition('"')[0] for part in page.split('href="') if part.startswith("https://suite.example/")]
    query = dict(parse_qsl(urlsplit(unescape(way_back)).query))
    assert query == {"here": "1", "iss": dynamic.provider.issuer}


def test_3rdparty_init_login_nohttps(dynamic: DynamicSuite) -> None:
    for origin in ("http://suite.example", "http://localhost:8443"):
        refused = dynamic.try_to_register(initiate_login_uri=f"{origin}/test/a/ciam/initiate_login")
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
