"""Ada chooses how an application proves who it is, and whether it needs PKCE."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.html import escape
from django_tenants.utils import tenant_context
from joserfc.jwk import ECKey
from pytest_django.fixtures import Settings

from applications.models import Application
from applications.services.application import change_application
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.portal.registrations import NEW, flow_of, page_of

KEY = ECKey.generate_key("P-256")
KEYS = json.dumps({"keys": [{**KEY.as_dict(private=False), "kid": "the new key"}]})
KEY_PAIR = {"auth_method": "private_key_jwt"}
CHANGE = "credentials/authentication/"


def kept(application: Application, tenant: Tenant) -> Any:
    with tenant_context(tenant):
        return Application.objects.get(pk=application.pk)


def named(name: Any, tenant: Tenant) -> Any:
    with tenant_context(tenant):
        return Application.objects.get(name=name)


def test_from_secrets_to_a_key_pair_and_back(
    ada_portal: Browser, acme: Tenant, bookshop: Application, bookshop_secret: str
) -> None:
    page = ada_portal.get(page_of(bookshop, CHANGE)).content.decode()
    assert "The client secrets of this application are refused then" in page
    answer = ada_portal.post(page_of(bookshop, CHANGE), {**KEY_PAIR, "jwks": KEYS, "jwks_uri": ""})
    assert answer["Location"] == page_of(bookshop, "credentials/")
    assert kept(bookshop, acme).uses_key_pair
    page = ada_portal.get(answer["Location"]).content.decode()
    assert "the new key" in page
    assert "refused while" in page
    assert "Create client secret" not in page
    with tenant_context(acme):
        event = Event.objects.get(action="application.changed")
    assert event.details == {"fields": ["auth_method", "jwks"], "now": {"auth_method": "private_key_jwt"}}
    assert event.actor_name
    ada_portal.post(page_of(bookshop, CHANGE), {"auth_method": "client_secret_basic", "jwks": KEYS})
    back = kept(bookshop, acme)
    assert (back.auth_method, back.jwks) == ("client_secret_basic", "")
    assert "Create client secret" in ada_portal.get(answer["Location"]).content.decode()


def test_a_secret_in_the_body_stays_there(ada_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    with tenant_context(acme):
        change_application(bookshop, auth_method="client_secret_post", jwks="", jwks_uri="", actor=Actor.command())
    ada_portal.post(page_of(bookshop, CHANGE), {"auth_method": "client_secret_basic"})
    assert kept(bookshop, acme).auth_method == "client_secret_post"


@pytest.mark.parametrize(
    ("details", "field", "sentence"),
    [
        ({}, "jwks", "Paste the public keys"),
        ({"jwks": "{<b>"}, "jwks", "Paste a JWK Set"),
        ({"jwks": json.dumps(KEY.as_dict(private=True))}, "jwks", "private key"),
        ({"jwks_uri": "https://127.0.0.1.nip.example/\\a"}, "jwks_uri", "backslashes"),
        ({"jwks_uri": "http://169.254.169.254/"}, "jwks_uri", "internal"),
        ({"jwks_uri": "file:///etc/passwd"}, "jwks_uri", "https://"),
        ({"jwks": KEYS, "jwks_uri": "https://shop.example/jwks"}, "jwks_uri", "not both"),
        ({"jwks": "x" * 100_000}, "jwks", "at most"),
    ],
)
def test_c12_what_cant_be_used_is_told_at_its_field(
    ada_portal: Browser,
    acme: Tenant,
    bookshop: Application,
    details: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    answer = ada_portal.post(page_of(bookshop, CHANGE), KEY_PAIR | details)
    assert sentence in str(answer.context["form"].errors[field])
    assert escape(details.get("jwks_uri", "")) in answer.content.decode()
    assert not kept(bookshop, acme).uses_key_pair


def test_somebody_elses_change_isnt_overwritten_unseen(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    seen = ada_portal.get(page_of(bookshop, CHANGE)).context["form"].current
    with tenant_context(acme):
        change_application(bookshop, auth_method="private_key_jwt", jwks=KEYS, jwks_uri="", actor=Actor.command())
    answer = ada_portal.post(page_of(bookshop, CHANGE), {"auth_method": "client_secret_basic", "seen": seen})
    assert "This has changed since you opened the page" in answer.content.decode()
    assert kept(bookshop, acme).uses_key_pair


def test_a_public_application_has_nothing_to_choose(ada_portal: Browser, acme: Tenant, mobile: Application) -> None:
    for answer in (ada_portal.get(page_of(mobile, CHANGE)), ada_portal.post(page_of(mobile, CHANGE), KEY_PAIR)):
        assert answer["Location"] == page_of(mobile, "credentials/")


def test_p02_grace_can_neither_see_nor_change_it(grace_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    assert grace_portal.get(page_of(bookshop, CHANGE)).status_code == 404
    assert grace_portal.post(page_of(bookshop, CHANGE), {**KEY_PAIR, "jwks": KEYS}).status_code == 404
    assert not kept(bookshop, acme).uses_key_pair


def test_an_application_is_registered_with_a_key_pair(
    register: Callable[..., Any], ada_portal: Browser, acme: Tenant
) -> None:
    answer = register(**KEY_PAIR, jwks_uri="https://news.example/jwks", requires_pkce="on")
    assert named("Newsletter", acme).jwks_uri == "https://news.example/jwks"
    page = ada_portal.get(answer.url).content.decode()
    assert "Create a client secret" not in page
    assert "PrivateKeyJWT" in page


def test_what_a_type_doesnt_show_doesnt_count(register: Callable[..., Any], acme: Tenant) -> None:
    register(kind="spa", **KEY_PAIR, jwks="{")
    public = named("Newsletter", acme)
    assert (public.auth_method, public.jwks, public.requires_pkce) == ("none", "", True)


def test_o08_pkce_is_ticked_and_can_be_left_out_for_a_web_application(
    register: Callable[..., Any], ada_portal: Browser, acme: Tenant
) -> None:
    assert ada_portal.get(NEW).context["form"]["requires_pkce"].initial is True
    answer = register()
    application = named("Newsletter", acme)
    assert not application.requires_pkce
    assert "may leave out" in ada_portal.get(answer.url).content.decode()
    details = {"name": "Newsletter", "user_flow": str(flow_of(acme).pk), "requires_pkce": "on"}
    ada_portal.post(page_of(application), details)
    assert kept(application, acme).requires_pkce
    assert "may leave out" not in ada_portal.get(answer.url).content.decode()


def test_o08_a_public_application_keeps_pkce(ada_portal: Browser, acme: Tenant, mobile: Application) -> None:
    assert "requires_pkce" not in ada_portal.get(page_of(mobile)).context["form"].fields
    ada_portal.post(page_of(mobile), {"name": "Mobile", "user_flow": str(flow_of(acme).pk), "requires_pkce": ""})
    assert kept(mobile, acme).requires_pkce


def test_certificates_are_offered_where_a_proxy_hands_them_on(
    ada_portal: Browser, acme: Tenant, bookshop: Application, settings: Settings
) -> None:
    assert "tls_client_auth" not in ada_portal.get(page_of(bookshop, CHANGE)).content.decode()
    by_certificate = {"auth_method": "tls_client_auth", "certificate_field": "san_dns", "certificate_subject": ""}
    assert "auth_method" in ada_portal.post(page_of(bookshop, CHANGE), by_certificate).context["form"].errors
    settings.CIAM_CLIENT_CERTIFICATE_HEADER, settings.CIAM_CLIENT_CERTIFICATE_VERIFIED = "X-Client-Cert", "always"
    refused = ada_portal.post(page_of(bookshop, CHANGE), by_certificate | {"jwks": KEYS})
    assert set(refused.context["form"].errors) == {"certificate_subject"}
    named_in_it = by_certificate | {"certificate_subject": "shop.acme.example", "jwks": KEYS}
    answer = ada_portal.post(page_of(bookshop, CHANGE), named_in_it)
    chosen = kept(bookshop, acme)
    assert (chosen.auth_method, chosen.certificate_subject, chosen.jwks) == ("tls_client_auth", "shop.acme.example", "")
    page = ada_portal.get(answer["Location"]).content.decode()
    assert "shop.acme.example" in page
    assert "Create client secret" not in page
    ada_portal.post(page_of(bookshop, CHANGE), named_in_it | {"auth_method": "client_secret_basic"})
    assert kept(bookshop, acme).certificate_subject == ""
