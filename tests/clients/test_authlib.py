"""The examples of the quick start that sign with a key pair, run as they stand there, with Authlib."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django_tenants.utils import tenant_context
from joserfc.jwk import RSAKey
from pytest_django.live_server_helper import LiveServer

from applications.models import Application
from applications.services.description import change_application
from audit.services import Actor
from tenants.models import Tenant

pytestmark = [pytest.mark.client, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def private_key(monkeypatch: pytest.MonkeyPatch) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    monkeypatch.setenv("PRIVATE_KEY", pem.decode())
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    return key


def give_keys(application: Application, tenant: Tenant, key: rsa.RSAPrivateKey) -> None:
    import json

    with tenant_context(tenant):
        jwks = json.dumps(RSAKey.import_key(key.public_key()).as_dict(private=False))
        change_application(application, auth_method="private_key_jwt", jwks=jwks, jwks_uri="", actor=Actor.command())


def example_of(application: Application, portal: Client) -> str:
    page = portal.get(f"/tenants/acme/applications/{application.client_id}/quick-start/")
    code: str = page.context["code"]
    return code


def test_a_service_gets_its_token_by_the_example(
    live_server: LiveServer,
    ada_portal: Client,
    acme: Tenant,
    reports: Application,
    private_key: rsa.RSAPrivateKey,
    capsys: pytest.CaptureFixture[str],
) -> None:
    give_keys(reports, acme, private_key)
    exec(compile(example_of(reports, ada_portal), "example", "exec"), {})  # noqa: S102 - it is ours
    assert capsys.readouterr().out.count(".") == 2


def test_a_web_applications_session_exchanges_its_code(
    live_server: LiveServer, acme: Tenant, bookshop: Application, carol: Any, private_key: rsa.RSAPrivateKey
) -> None:
    from authlib.integrations.requests_client import OAuth2Session
    from authlib.oauth2.rfc7523 import PrivateKeyJWT

    from tenants.addressing import base_url
    from tests.cast import BOOKSHOP_CALLBACK, PASSWORD
    from tests.clients.customer import Customer

    give_keys(bookshop, acme, private_key)
    issuer, verifier = f"{base_url(acme)}/oidc", "v" * 43
    with OAuth2Session(
        bookshop.client_id,
        private_key,
        token_endpoint_auth_method=PrivateKeyJWT(f"{issuer}/token"),
        scope="openid",
        redirect_uri=BOOKSHOP_CALLBACK,
        code_challenge_method="S256",
    ) as session:
        url, state = session.create_authorization_url(f"{issuer}/authorize", code_verifier=verifier)
        callback = Customer().go(url, until=BOOKSHOP_CALLBACK, answers={"email": carol.email, "password": PASSWORD})
        assert dict(parse_qsl(urlsplit(callback).query))["state"] == state
        token = session.fetch_token(f"{issuer}/token", authorization_response=callback, code_verifier=verifier)
    assert token["id_token"].count(".") == 2
