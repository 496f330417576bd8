"""A service gets an access token of its own (RFC 6749 section 4.4)."""

import base64

import pytest

from applications.models import Application
from tests.browser import Browser
from tests.oidc.relying_party import claims_of, token_endpoint


@pytest.fixture
def reports_secret(acme, reports: Application) -> str:
    from django_tenants.utils import tenant_context

    from tests.cast import new_secret

    with tenant_context(acme):
        return new_secret(reports)


def test_a_service_gets_a_token_about_itself(acme_browser: Browser, reports: Application, reports_secret: str) -> None:
    answer = token_endpoint(acme_browser, reports, reports_secret, grant_type="client_credentials")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    members = answer.json()
    assert members.keys() == {"access_token", "token_type", "expires_in"}
    claims = claims_of(acme_browser, members["access_token"])
    assert claims["sub"] == claims["client_id"] == reports.client_id
    assert claims["aud"] == claims["iss"]
