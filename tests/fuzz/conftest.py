"""`make fuzz` says how many requests, style sheets and pictures; the seed of a run that failed brings it back."""

import secrets
from dataclasses import replace

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.policies.grants import POSSIBLE_GRANTS
from applications.services.application import change_application
from audit.services import Actor
from providers.services import create_provider
from tenants.models import Tenant
from tests.fuzz.world import World
from tests.providers import saml
from tests.providers.conftest import BY_SAML, offer
from userflows.state import method_of_provider


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("fuzz")
    group.addoption("--fuzz-requests", type=int, default=1500, help="how many spoilt requests to send")
    group.addoption("--fuzz-wire", type=int, default=100, help="how many of them to a real web server, oddly framed")
    group.addoption("--fuzz-sheets", type=int, default=200, help="how many hostile style sheets to load")
    group.addoption("--fuzz-pictures", type=int, default=40, help="how many hostile pictures to encode")
    group.addoption("--fuzz-uploads", type=int, default=12, help="how many of them to upload and show in a browser")
    group.addoption("--fuzz-seed", type=int, default=secrets.randbelow(10**6), help="which ones")


@pytest.fixture
def world(acme: Tenant, bookshop: Application, bookshop_secret: str, mobile: Application, carol: Account) -> World:
    by_saml = replace(BY_SAML, metadata_url="", metadata=saml.Provider().metadata())
    with tenant_context(acme):
        provider = create_provider(by_saml, actor=Actor.command())
        offer(provider, "password", method_of_provider(provider.pk))
        change_application(bookshop, grant_types=POSSIBLE_GRANTS[bookshop.kind], actor=Actor.command())
    return World(acme, bookshop, bookshop_secret, mobile, carol, provider, saml.Provider())
