"""One server over https for all modules, with the clients that the certification suite is configured with."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django_tenants.utils import tenant_context
from pytest_django.plugin import DjangoDbBlocker

from applications.models import Application
from applications.services.registration import register_application
from audit.services import Actor
from oidc.registration.description import ANYONE
from oidc.registration.services import let_register
from tests import database
from tests.cast import new_secret, tenant_named
from tests.conformance.suite import CALLBACK, SIGNED_OUT, Client, DynamicSuite, Provider, Site, Suite
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
        yield Provider(f"{server.url}/t/acme/oidc", server.certificate, *clients)
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
