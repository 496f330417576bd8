"""Ada chooses where applications are told of sign-outs, sees how that went, and for how long sessions last."""

from uuid import uuid4

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from accounts.sessions.rules import SessionRules, session_rules
from applications.models import Application
from audit.models import Event
from oidc.models import SignOutNotification
from oidc.sign_out.services import sweep_notifications
from tenants.models import Tenant
from tests.browser import Browser

SESSIONS = "/tenants/acme/settings/sessions/"
BACK = "https://bookshop.example/backchannel"


@pytest.fixture
def page_path(bookshop: Application) -> str:
    return f"/tenants/acme/applications/{bookshop.client_id}/sign-out/"


def test_addresses_are_kept_and_shown(ada_portal: Browser, acme: Tenant, bookshop: Application, page_path: str) -> None:
    answer = ada_portal.post(
        page_path, {"backchannel_logout_uri": BACK, "frontchannel_logout_uri": "https://bookshop.example/front"}
    )
    assert answer.status_code == 302
    assert BACK in ada_portal.get(page_path).content.decode()
    with tenant_context(acme):
        kept = Application.objects.get(pk=bookshop.pk)
        event = Event.objects.filter(action="application.changed").latest("pk")
    assert kept.frontchannel_logout_uri == "https://bookshop.example/front"
    assert not kept.backchannel_logout_session_required
    assert "backchannel_logout_uri" in event.details["fields"]


@pytest.mark.parametrize(
    ("field", "address", "sentence"),
    [
        ("backchannel_logout_uri", "http://bookshop.example/", "Use https"),
        ("backchannel_logout_uri", "https://169.254.169.254/", "The address is internal"),
        ("backchannel_logout_uri", "https://bookshop.example/" + "x" * 300, "256 characters at most"),
        ("frontchannel_logout_uri", "https://evil.example/", "Use the scheme, host and port"),
    ],
)
def test_c12_a_wrong_address_is_explained_and_not_lost(
    ada_portal: Browser, acme: Tenant, bookshop: Application, page_path: str, field: str, address: str, sentence: str
) -> None:
    page = ada_portal.post(page_path, {field: address}).content.decode()
    assert sentence in page
    assert f'value="{address}"' in page
    with tenant_context(acme):
        assert getattr(Application.objects.get(pk=bookshop.pk), field) == ""


def test_the_list_says_how_each_notification_went(
    ada_portal: Browser, acme: Tenant, bookshop: Application, carol: Account, page_path: str
) -> None:
    assert "No notifications yet" in ada_portal.get(page_path).content.decode()
    with tenant_context(acme):
        for account_id, state, problem in (
            (carol.pk, "delivered", ""),
            (carol.pk, "waiting", "The application answered with status 500."),
            (uuid4(), "refused", "The application refused the logout token (status 400)."),
        ):
            SignOutNotification.objects.create(
                application=bookshop, account_id=account_id, sid="s", state=state, problem=problem, attempts=1
            )
    page = ada_portal.get(page_path).content.decode()
    for words in ("Delivered", "Waiting", "Refused", "status 500", carol.email, "Deleted customer"):
        assert words in page


def test_notifications_are_forgotten_after_thirty_days(acme: Tenant, bookshop: Application) -> None:
    from datetime import timedelta

    from django.utils import timezone

    with tenant_context(acme):
        rows = [SignOutNotification(application=bookshop, account_id=uuid4(), sid="s") for _ in range(2)]
        for row, age in zip(rows, (29, 31), strict=True):
            row.save()
            SignOutNotification.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=age))
        assert sweep_notifications() == 1
        assert SignOutNotification.objects.get() == rows[0]


def test_a_service_has_no_such_page(ada_portal: Browser, reports: Application) -> None:
    path = f"/tenants/acme/applications/{reports.client_id}/"
    assert ada_portal.get(f"{path}sign-out/").status_code == 404
    assert "sign-out/" not in ada_portal.get(path).content.decode().partition("<main")[2]


def test_how_long_sessions_last(ada_portal: Browser, acme: Tenant) -> None:
    page = ada_portal.get(SESSIONS).content.decode()
    assert "Sign out after inactivity of" in page
    answer = ada_portal.post(
        SESSIONS,
        {
            "idle_amount": "2",
            "idle_unit": "60",
            "lifetime_amount": "3",
            "lifetime_unit": "1440",
            "stay_days": "14",
            "offers_stay": "on",
        },
    )
    assert answer.status_code == 302
    with tenant_context(acme):
        rules = session_rules()
        assert Event.objects.filter(action="sessions.rules_changed").count() == 1
    assert rules == SessionRules(
        offers_stay=True, idle_minutes=120, lifetime_minutes=3 * 24 * 60, stay_days=14, offers_several=False
    )


def test_times_out_of_bounds_are_explained_and_not_lost(ada_portal: Browser, acme: Tenant) -> None:
    wrong = {"idle_amount": "99", "idle_unit": "1440", "lifetime_amount": "1", "lifetime_unit": "1", "stay_days": "999"}
    page = ada_portal.post(SESSIONS, wrong).content.decode()
    for words in ("Choose 5 minutes to 30 days.", "Choose 15 minutes to 90 days.", "Choose 1 to 365 days."):
        assert words in page
    assert 'value="999"' in page
    assert ada_portal.post(SESSIONS, {"idle_amount": "9" * 50, "idle_unit": "7"}).status_code == 200
