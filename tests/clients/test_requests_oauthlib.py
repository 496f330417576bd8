"""requests-oauthlib, unmodified: the library that many Python web applications begin with."""

from urllib.parse import urlencode

import pytest
import requests
from requests_oauthlib import OAuth2Session

from accounts.models import Account
from applications.models import Application
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.cast import BOOKSHOP_CALLBACK, BOOKSHOP_SIGNED_OUT, PASSWORD
from tests.clients.customer import Customer
from tests.tls import TlsServer
from tests.userflows.several import make_account

pytestmark = pytest.mark.client


def test_requests_oauthlib_signs_carol_in_refreshes_and_signs_out(
    tls_server: TlsServer, acme: Tenant, bookshop: Application, bookshop_secret: str, carol: Account
) -> None:
    with OAuth2Session(
        bookshop.client_id,
        redirect_uri=BOOKSHOP_CALLBACK,
        scope=["openid", "profile", "email", "offline_access"],
        pkce="S256",
    ) as session:
        # Or the environment's certificates would win over ours.
        session.trust_env = False
        session.verify = tls_server.certificate
        metadata = session.get(f"{base_url(acme)}/oidc/.well-known/openid-configuration", withhold_token=True).json()
        customer = Customer(certificate=tls_server.certificate)
        url, _ = session.authorization_url(metadata["authorization_endpoint"])
        answers = {"email": carol.email, "password": PASSWORD}
        callback = customer.go(url, until=BOOKSHOP_CALLBACK, answers=answers)
        token = session.fetch_token(
            metadata["token_endpoint"], authorization_response=callback, client_secret=bookshop_secret
        )
        assert session.get(metadata["userinfo_endpoint"]).json()["given_name"] == "Carol"

        renewed = session.refresh_token(
            metadata["token_endpoint"], auth=requests.auth.HTTPBasicAuth(bookshop.client_id, bookshop_secret)
        )
        assert renewed["refresh_token"] != token["refresh_token"]
        assert session.get(metadata["userinfo_endpoint"]).json()["sub"] == str(carol.pk)

        leaving = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": BOOKSHOP_SIGNED_OUT}
        out = f"{metadata['end_session_endpoint']}?{urlencode(leaving)}"
        ended = customer.go(out, until=BOOKSHOP_SIGNED_OUT, answers={})
        assert ended == BOOKSHOP_SIGNED_OUT
        assert session.get(metadata["userinfo_endpoint"]).status_code == 401


def test_requests_oauthlib_asks_which_account_and_goes_on_with_the_chosen(
    tls_server: TlsServer, acme: Tenant, bookshop: Application, bookshop_secret: str, carol: Account
) -> None:
    dora = make_account(acme, "Dora")
    customer = Customer(certificate=tls_server.certificate)
    issuer = f"{base_url(acme)}/oidc"

    def greets(press: str = "", typed: str = "", **asked: str) -> str:
        """Whom the library's application greets, once the customer has pressed a button and typed an address."""
        with OAuth2Session(
            bookshop.client_id, redirect_uri=BOOKSHOP_CALLBACK, scope="openid email", pkce="S256"
        ) as session:
            session.trust_env = False
            session.verify = tls_server.certificate
            url, _ = session.authorization_url(f"{issuer}/authorize", **asked)
            answers = {"email": typed, "password": PASSWORD}
            callback = customer.go(url, until=BOOKSHOP_CALLBACK, answers=answers, presses={"account": press})
            session.fetch_token(f"{issuer}/token", authorization_response=callback, client_secret=bookshop_secret)
            return str(session.get(f"{issuer}/userinfo").json()["email"])

    assert greets(typed=carol.email) == carol.email
    assert greets(prompt="select_account", press="another", typed=dora.email) == dora.email
    assert greets() == dora.email
    assert greets(prompt="select_account", press=str(carol.pk)) == carol.email
    assert greets(prompt="none") == carol.email
    assert greets(prompt="none", login_hint=dora.email) == dora.email
