"""MSAL for Python, unmodified, over https: the library of the product our users come from."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import msal
import pytest
import requests
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.cast import BOOKSHOP_CALLBACK, BOOKSHOP_SIGNED_OUT, MOBILE_CALLBACK, PASSWORD
from tests.clients.customer import Customer
from tests.tls import TlsServer

pytestmark = pytest.mark.client


@pytest.fixture
def http(tls_server: TlsServer) -> Iterator[requests.Session]:
    with requests.Session() as session:
        # Or the environment's certificates would win over ours.
        session.trust_env = False
        session.verify = tls_server.certificate
        yield session


def sign_in(
    application: msal.ClientApplication, customer: Customer, redirect_uri: str, carol: Account
) -> dict[str, object]:
    flow = application.initiate_auth_code_flow(scopes=["email"], redirect_uri=redirect_uri)
    callback = customer.go(flow["auth_uri"], until=redirect_uri, answers={"email": carol.email, "password": PASSWORD})
    answer: dict[str, object] = application.acquire_token_by_auth_code_flow(
        flow, dict(parse_qsl(urlsplit(callback).query))
    )
    assert "error" not in answer, answer
    return answer


@pytest.mark.filterwarnings("ignore:.*response_mode.*")
def test_msal_signs_carol_in_to_a_web_application_refreshes_silently_and_signs_out(
    tls_server: TlsServer,
    http: requests.Session,
    acme: Tenant,
    bookshop: Application,
    bookshop_secret: str,
    carol: Account,
) -> None:
    application = msal.ConfidentialClientApplication(
        bookshop.client_id,
        client_credential=bookshop_secret,
        oidc_authority=f"{base_url(acme)}/oidc",
        http_client=http,
    )
    # MSAL asks userinfo nothing.
    with tenant_context(acme):
        change_application(bookshop, id_token_tells_customer=True, actor=Actor.command())
    customer = Customer(certificate=tls_server.certificate)
    answer = sign_in(application, customer, BOOKSHOP_CALLBACK, carol)
    assert answer["id_token_claims"]["sub"] == str(carol.pk)  # type: ignore[index]
    assert answer["id_token_claims"]["email"] == carol.email  # type: ignore[index]

    (account,) = application.get_accounts()
    renewed = application.acquire_token_silent_with_error(["email"], account=account, force_refresh=True)
    assert renewed["access_token"] != answer["access_token"]

    # MSAL leaves the way to the issuer's sign-out to the application, and forgets what it holds.
    leaving = {"id_token_hint": answer["id_token"], "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT}
    out = f"{base_url(acme)}/oidc/logout?{urlencode(leaving)}"
    assert customer.go(out, until=BOOKSHOP_SIGNED_OUT, answers={}) == BOOKSHOP_SIGNED_OUT
    refused = application.acquire_token_silent_with_error(["email"], account=account, force_refresh=True)
    assert refused["error"] == "invalid_grant"
    application.remove_account(account)
    assert application.get_accounts() == []


@pytest.mark.filterwarnings("ignore:.*response_mode.*")
def test_msal_signs_carol_in_to_a_native_application_on_any_loopback_port(
    tls_server: TlsServer, http: requests.Session, acme: Tenant, mobile: Application, carol: Account
) -> None:
    application = msal.PublicClientApplication(
        mobile.client_id, oidc_authority=f"{base_url(acme)}/oidc", http_client=http
    )
    redirect_uri = MOBILE_CALLBACK.replace("127.0.0.1", "127.0.0.1:53111")
    answer = sign_in(application, Customer(certificate=tls_server.certificate), redirect_uri, carol)
    assert answer["id_token_claims"]["sub"] == str(carol.pk)  # type: ignore[index]


def test_msal_gets_a_token_for_a_service(
    tls_server: TlsServer, http: requests.Session, acme: Tenant, reports: Application
) -> None:
    from django_tenants.utils import tenant_context

    from tests.cast import new_secret

    with tenant_context(acme):
        secret = new_secret(reports)
    application = msal.ConfidentialClientApplication(
        reports.client_id,
        client_credential=secret,
        oidc_authority=f"{base_url(acme)}/oidc",
        http_client=http,
    )
    answer = application.acquire_token_for_client(scopes=[])
    assert answer.get("token_type") == "Bearer", answer
