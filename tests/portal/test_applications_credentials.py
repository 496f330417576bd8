"""Client secrets in the portal: shown once, then only what tells them apart."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Session
from applications.models import Application, ClientSecret
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser


@pytest.fixture
def credentials(bookshop: Application) -> str:
    return f"/tenants/acme/applications/{bookshop.client_id}/credentials/"


@pytest.fixture
def create(ada_portal: Browser, credentials: str) -> Any:
    return lambda **changes: ada_portal.post(
        credentials, {"description": "Production server", "expires_in": "180"} | changes
    )


def kept(acme: Tenant) -> Any:
    with tenant_context(acme):
        return list(ClientSecret.objects.all())


def test_a_new_secret_is_shown_once_and_never_again(
    ada_portal: Browser, credentials: str, create: Callable[..., Any], acme: Tenant, bookshop: Application
) -> None:
    assert create().url == credentials
    answer = ada_portal.get(credentials)
    value = answer.context["value"]
    page = answer.content.decode()
    assert value in page
    assert "I’ve stored it" in page
    assert "no-store" in answer["Cache-Control"]
    (secret,) = kept(acme)
    assert value not in f"{secret.digest}{secret.hint}"
    tabs = ("", "credentials/", "endpoints/", "quick-start/", "delete/", f"credentials/{secret.pk}/delete/")
    for tab in tabs:
        again = ada_portal.get(f"/tenants/acme/applications/{bookshop.client_id}/{tab}").content.decode()
        assert value not in again
    with tenant_context(acme):
        event = Event.objects.get(action="application.secret_created")
        assert value not in str(event.details)


def test_on_its_way_to_the_page_it_stands_nowhere_in_clear(
    ada_portal: Browser, credentials: str, create: Callable[..., Any], home: Tenant
) -> None:
    create()
    with tenant_context(home):
        on_its_way = str(list(Session.objects.values()))
    cookies = str(ada_portal.cookies)
    value = ada_portal.get(credentials).context["value"]
    assert value not in on_its_way
    assert value not in cookies


def test_only_whoever_made_it_sees_it_and_only_there(
    ada_portal: Browser, olga_portal: Browser, credentials: str, create: Callable[..., Any], reports: Application
) -> None:
    create()
    assert olga_portal.get(credentials).context["value"] == ""
    assert ada_portal.head(credentials).status_code == 200
    assert ada_portal.get(credentials.replace(str(credentials.split("/")[4]), reports.client_id)).context["value"] == ""
    assert ada_portal.get(credentials).context["value"].startswith("cs_")
    assert ada_portal.get(credentials).context["value"] == ""


def test_reloading_the_page_makes_no_second_one(
    ada_portal: Browser, credentials: str, create: Callable[..., Any], acme: Tenant
) -> None:
    create()
    for _ in range(3):
        ada_portal.get(credentials)
    assert len(kept(acme)) == 1


def test_afterwards_its_description_beginning_and_expiry_are_listed(
    ada_portal: Browser, credentials: str, create: Callable[..., Any], acme: Tenant
) -> None:
    create()
    (secret,) = kept(acme)
    page = ada_portal.get(credentials).content.decode()
    assert "Production server" in page
    assert f"{secret.hint}…" in page


@pytest.mark.parametrize("days", [90, 180, 365, 730])
def test_the_expiry_is_one_of_four(create: Callable[..., Any], acme: Tenant, days: int) -> None:
    create(expires_in=str(days))
    (secret,) = kept(acme)
    assert abs(secret.expires_at - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)


@pytest.mark.parametrize("days", ["", "9999", "-1", "180.5"])
def test_any_other_expiry_is_refused(create: Callable[..., Any], acme: Tenant, days: str) -> None:
    assert create(expires_in=days).context["form"].errors["expires_in"]
    assert kept(acme) == []


def test_180_days_are_proposed(ada_portal: Browser, credentials: str) -> None:
    assert '<option value="180" selected>' in ada_portal.get(credentials).content.decode()


def test_several_live_side_by_side_and_one_is_deleted(
    ada_portal: Browser, credentials: str, create: Callable[..., Any], acme: Tenant
) -> None:
    create(description="Old")
    create(description="New")
    old = next(secret for secret in kept(acme) if secret.description == "Old")
    page = ada_portal.get(f"{credentials}{old.pk}/delete/").content.decode()
    assert "1 other client secret" in page
    assert ada_portal.post(f"{credentials}{old.pk}/delete/")["Location"] == credentials
    assert [secret.description for secret in kept(acme)] == ["New"]


def test_there_is_an_end_to_secrets_and_it_is_said(
    create: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, acme: Tenant
) -> None:
    monkeypatch.setattr("applications.services.credentials.MAX_SECRETS", 1)
    create()
    assert "1 client secrets at most" in create().content.decode()
    assert len(kept(acme)) == 1


def test_an_expired_secret_says_so(
    ada_portal: Browser, credentials: str, create: Callable[..., Any], acme: Tenant
) -> None:
    create()
    with tenant_context(acme):
        ClientSecret.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Expired" in ada_portal.get(credentials).content.decode()


def test_a_native_application_is_told_why_it_has_none(ada_portal: Browser, acme: Tenant, mobile: Application) -> None:
    path = f"/tenants/acme/applications/{mobile.client_id}/credentials/"
    assert "PKCE" in ada_portal.get(path).content.decode()
    ada_portal.post(path, {"description": "", "expires_in": "180"})
    assert kept(acme) == []


def test_a_description_is_text(ada_portal: Browser, credentials: str, create: Callable[..., Any]) -> None:
    create(description="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in ada_portal.get(credentials).content.decode()


def test_a_secret_is_deleted_only_through_its_own_application(
    ada_portal: Browser, credentials: str, create: Callable[..., Any], acme: Tenant, reports: Application
) -> None:
    create()
    (secret,) = kept(acme)
    elsewhere = f"/tenants/acme/applications/{reports.client_id}/credentials/{secret.pk}/delete/"
    assert ada_portal.post(elsewhere).status_code == 404
    assert kept(acme) == [secret]


def test_deleting_it_a_second_time_leads_back_and_says_so(
    ada_portal: Browser, credentials: str, create: Callable[..., Any], acme: Tenant
) -> None:
    create()
    (secret,) = kept(acme)
    ada_portal.post(f"{credentials}{secret.pk}/delete/")
    for send in (ada_portal.get, ada_portal.post):
        answer = send(f"{credentials}{secret.pk}/delete/")
        assert answer.status_code == 404
        assert "This client secret is already deleted" in answer.content.decode()
        assert f'href="{credentials}">Back to Credentials' in answer.content.decode()


def test_grace_can_neither_see_nor_make_nor_delete(
    grace_portal: Browser, ada_portal: Browser, credentials: str, create: Callable[..., Any], acme: Tenant
) -> None:
    create()
    (secret,) = kept(acme)
    assert grace_portal.get(credentials).status_code == 404
    assert grace_portal.post(credentials, {"expires_in": "180"}).status_code == 404
    for path in (credentials, credentials.replace("/acme/", "/globex/")):
        assert grace_portal.post(f"{path}{secret.pk}/delete/").status_code == 404
    assert kept(acme) == [secret]
