"""When an application was last used, and each of its secrets: to the day, and for nearly nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django_tenants.utils import tenant_context

from applications.models import Application, ClientSecret
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty
from tests.statements import statements

pytestmark = pytest.mark.django_db(transaction=True)


def today() -> date:
    return datetime.now(UTC).date()


def used_on(tenant: Tenant, party: RelyingParty) -> tuple[date | None, list[date | None]]:
    """The day on which the application was last used, and those of its secrets, the oldest first."""
    with tenant_context(tenant):
        application = Application.objects.get(client_id=party.client_id)
        return application.last_used_on, [secret.last_used_on for secret in application.secrets.all()]


def get_token(service: RelyingParty) -> str:
    """An access token, whose three parts are signed; "" if it is refused."""
    token: str = service.token(grant_type="client_credentials").json().get("access_token", "")
    assert token.count(".") in {0, 2}
    return token


def test_an_application_and_the_secret_it_sent_are_used_today(acme: Tenant, service: RelyingParty) -> None:
    assert used_on(acme, service) == (None, [None])

    assert get_token(service)

    assert used_on(acme, service) == (today(), [today()])


def test_one_that_proves_nothing_is_not_used(acme: Tenant, service: RelyingParty) -> None:
    service.secret = "cs_wrong"

    assert not get_token(service)

    assert used_on(acme, service) == (None, [None])


def test_naming_an_app_that_keeps_no_secret_is_no_use_of_it_but_tokens_are(acme: Tenant, app: RelyingParty) -> None:
    app.token(grant_type="authorization_code", code="guessed")
    assert used_on(acme, app)[0] is None

    app.tokens()

    assert used_on(acme, app)[0] == today()


def test_the_first_use_of_a_day_costs_one_statement_and_all_others_none(acme: Tenant, service: RelyingParty) -> None:
    get_token(service)
    with tenant_context(acme):
        Application.objects.update(last_used_on=today() - timedelta(days=1))
        ClientSecret.objects.update(last_used_on=today() - timedelta(days=1))
    # As another process begins the day: it reads the tenant and what is known of the application.
    forget_everything()

    with statements(3):
        get_token(service)
    with statements(0):
        get_token(service)

    assert used_on(acme, service) == (today(), [today()])


def test_what_was_noted_today_is_not_written_again_by_another_process(service: RelyingParty) -> None:
    get_token(service)
    forget_everything()

    with statements(2):
        get_token(service)


def test_a_token_is_issued_even_if_its_use_cannot_be_noted(
    acme: Tenant, service: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("applications.services.uses._NOTE", "SELECT * FROM nowhere WHERE 1 = %(today)s::text::int")

    assert get_token(service)
    assert used_on(acme, service) == (None, [None])


def test_the_portal_tells_which_secret_is_still_in_use(
    acme: Tenant, service: RelyingParty, ada_portal: Browser
) -> None:
    page = f"/tenants/acme/applications/{service.client_id}/credentials/"
    assert "Today" not in ada_portal.get(page).content.decode()

    get_token(service)

    assert "Today" in ada_portal.get(page).content.decode()
    assert "Today" in ada_portal.get("/tenants/acme/applications/").content.decode()
