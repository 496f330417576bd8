"""One server over https for all modules, with the clients that the certification suite is configured with."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django_tenants.utils import tenant_context
from pytest_django.plugin import DjangoDbBlocker

from applications.models import Application
from applications.policies.fapi import turned_on
from applications.services.application import change, change_application
from applications.services.registration import register_application
from audit.services import Actor
from oidc.registration.description import ANYONE
from oidc.registration.services import let_register
from tests import database
from tests.cast import new_secret, tenant_named
from tests.conformance.fapi import CALLBACK2, FapiClient, FapiSuite
from tests.conformance.suite import CALLBACK, SIGNED_OUT, Client, DynamicSuite, Person, Provider, Site, Suite
from tests.oidc.key_holder import jwk
from tests.tls import serving_tls


@pytest.fixture(scope="package")
def provider(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Provider]:
    """The issuer of acme and its three clients. What its tests leave behind goes when the last of them is through."""
    with django_db_blocker.unblock(), serving_tls(tmp_path_factory.mktemp("tls")) as server:
        tenant = tenant_named("acme")
        with tenant_context(tenant):
            clients = [
                _client(name, auth_method)
                for name, auth_method in (("one", "basic"), ("two", "basic"), ("post", "post"))
            ]
        # All speak over connections that stay open: a handshake, and a connection to the database on the other side,
        # take longer than most of what is asked.
        with httpx.HTTPTransport(verify=ssl.create_default_context(cafile=server.certificate)) as transport:
            yield Provider(f"{server.url}/t/acme/oidc", transport, *clients)
        database.restore()


def _client(name: str, auth_method: str) -> Client:
    application = register_application(
        name=f"Conformance {name}",
        kind=Application.Kind.WEB,
        redirect_uris=[CALLBACK],
        post_logout_redirect_uris=[SIGNED_OUT],
        auth_method=f"client_secret_{auth_method}",
        # The suite's own clients send a challenge in one module only.
        requires_pkce=False,
        actor=Actor.command(),
    )
    return Client(application.client_id, new_secret(application), auth_method)


@pytest.fixture(params=["basic", "formpost-basic"])
def suite(request: pytest.FixtureRequest, provider: Provider) -> Suite:
    """The plan under test: the same modules, answered in the query or in a form."""
    return Suite(provider, response_mode="form_post" if request.param == "formpost-basic" else None)


@pytest.fixture
def dynamic(provider: Provider) -> DynamicSuite:
    """The Dynamic plan, at a tenant where anyone may register."""
    with tenant_context(tenant_named("acme")):
        let_register(ANYONE, actor=Actor.command())
    return DynamicSuite(provider, response_mode=None)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        yield opened


@pytest.fixture
def suite_of_post_client(suite: Suite) -> Suite:
    """The same plan, with the client that authenticates in the body."""
    return Suite(replace(suite.provider, client=suite.provider.client_post), response_mode=suite.response_mode)


@pytest.fixture(scope="package")
def fapi_clients(provider: Provider, django_db_blocker: DjangoDbBlocker) -> dict[bool, tuple[FapiClient, FapiClient]]:
    """Two clients that follow FAPI 2.0, by RSA and by an elliptic curve, and two that sign their requests besides."""
    rsa_key, ec_key = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    with django_db_blocker.unblock(), tenant_context(tenant_named("acme")):
        return {
            signs: (
                _fapi_client("one", rsa_key, "PS256", CALLBACK, signs=signs),
                _fapi_client("two", ec_key, "ES256", CALLBACK2, signs=signs, request_type="OautH-auThZ-REQ+jWt"),
            )
            for signs in (False, True)
        }


def _fapi_client(
    name: str, key: object, algorithm: str, callback: str, *, signs: bool, request_type: str = ""
) -> FapiClient:
    application = register_application(
        name=f"FAPI {name}",
        kind=Application.Kind.WEB,
        redirect_uris=[callback],
        auth_method="private_key_jwt",
        jwks=json.dumps({"keys": [jwk(key, kid="one")]}),
        actor=Actor.command(),
    )
    change(application, turned_on, actor=Actor.command())
    change_application(application, requires_signed_requests=signs, actor=Actor.command())
    return FapiClient(application.client_id, key, algorithm, callback, request_type)


@pytest.fixture(params=["security-profile", "message-signing"])
def fapi(
    request: pytest.FixtureRequest, provider: Provider, fapi_clients: dict[bool, tuple[FapiClient, FapiClient]]
) -> FapiSuite:
    """The plan under test: the same modules, plain or signed."""
    signs = request.param == "message-signing"
    return FapiSuite(provider, *fapi_clients[signs], signs_messages=signs)


@pytest.fixture
def signing(provider: Provider, fapi_clients: dict[bool, tuple[FapiClient, FapiClient]]) -> FapiSuite:
    return FapiSuite(provider, *fapi_clients[True], signs_messages=True)


@pytest.fixture(scope="package")
def person(provider: Provider) -> Person:
    """Carol, who has signed in at her browser."""
    somebody = Person(transport=provider.transport)
    Suite(provider, response_mode=None).sign_in(somebody)
    return somebody
