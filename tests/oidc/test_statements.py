"""How many statements each operation costs, once a process is warm. A number that rises is a question to answer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.database.caches import forget_everything
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.statements import statements

pytestmark = pytest.mark.django_db(transaction=True)


def test_documents_cost_none(shop: RelyingParty) -> None:
    for path in ("/oidc/.well-known/openid-configuration", "/oidc/jwks"):
        shop.browser.get(path)
        with statements(0):
            assert shop.browser.get(path).status_code == 200


def test_client_credentials_cost_none(service: RelyingParty) -> None:
    service.token(grant_type="client_credentials")
    with statements(0):
        assert service.token(grant_type="client_credentials").status_code == 200


def test_a_tenant_nobody_asked_for_lately_costs_two(service: RelyingParty) -> None:
    """The tenant behind the address, whose role and path it turns to, and by one statement what is known of it and of
    the application: PostgreSQL looks at no table that only pages or customers' tokens need.
    """
    service.token(grant_type="client_credentials")
    forget_everything()
    with CaptureQueriesContext(connection) as asked:
        assert service.token(grant_type="client_credentials").status_code == 200
    sent = [query["sql"] for query in asked.captured_queries]
    assert len(sent) == 2, "\n".join(sent)
    assert not any(table in sql for sql in sent for table in ("branding_", "providers_", "userflows_", "subjectkey"))
    with statements(0):
        assert service.token(grant_type="client_credentials").status_code == 200
        assert service.browser.get("/oidc/jwks").status_code == 200


def test_a_refresh_at_such_a_tenant_costs_one_more_for_what_customers_tokens_need(shop: RelyingParty) -> None:
    token = shop.tokens()["refresh_token"]
    forget_everything()
    with statements(3 + 2):
        assert shop.refresh(token).status_code == 200


def test_a_sign_in_at_such_a_tenant_begins_with_what_pages_need(shop: RelyingParty) -> None:
    """And so with all of it: the tenant, what is known of it, and of the application."""
    shop.authorize()
    forget_everything()
    with statements(3 + 3):
        assert shop.authorize().status_code == 303


def test_a_code_costs_a_session_an_account_and_an_insert(shop: RelyingParty) -> None:
    shop.authorize()
    with statements(3):
        assert shop.authorize().status_code == 303


def test_a_code_for_an_app_that_cannot_prove_itself_costs_a_look_at_consent(app: RelyingParty) -> None:
    app.authorize()
    with statements(4):
        assert "code" in answer_in(app.authorize())


def test_an_exchange_costs_a_read_and_a_write(shop: RelyingParty) -> None:
    shop.tokens()
    code, slim = shop.code(), shop.code(scope="openid")
    for presented in (code, slim):
        with statements(2):
            assert shop.exchange(presented).status_code == 200


def test_a_refresh_costs_a_read_and_a_write(shop: RelyingParty) -> None:
    token = shop.tokens()["refresh_token"]
    with statements(2):
        assert shop.refresh(token).status_code == 200


def test_userinfo_and_introspection_cost_one(shop: RelyingParty) -> None:
    token = shop.tokens()["access_token"]
    for use in (shop.userinfo, shop.introspect):
        use(token)
        with statements(1):
            assert use(token).status_code == 200
