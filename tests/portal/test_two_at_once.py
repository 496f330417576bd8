"""Two administrators have the same page open: whoever saves later is told before anything is lost."""

from django.test.client import Client
from django_tenants.utils import tenant_context

from accounts.sessions.rules import session_rules
from applications.models import Application
from applications.services.application import change_application
from tenants.models import Tenant
from tests.branding.brands import ADA
from tests.browser import Browser

SETTINGS = "/tenants/acme/settings/"
TOLD = "This has changed since you opened the page"


def seen_at(portal: Client, page: str) -> str:
    return portal.get(page).context["form"]["seen"].value()


def test_p20_of_two_who_rename_a_tenant_the_later_is_told(ada_portal: Browser, acme: Tenant) -> None:
    form = ada_portal.get(SETTINGS).context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    assert ada_portal.post(SETTINGS, fields | {"name": "Acme Books", "country": "DE"}).status_code == 302

    told = ada_portal.post(SETTINGS, fields | {"name": "Acme", "country": "AT"})

    text = told.content.decode()
    assert TOLD in text
    assert '<a href="" target="_blank"' in text, "a GET that shows what is kept"
    assert "Different from what is saved: Name, Country or region." in text
    acme.refresh_from_db()
    assert (acme.name, acme.country) == ("Acme Books", "DE")


def test_p20_of_two_who_decide_how_long_sessions_last_the_later_is_told(ada_portal: Browser, acme: Tenant) -> None:
    page = "/tenants/acme/settings/sessions/"
    times = {"idle_amount": "2", "idle_unit": "60", "lifetime_amount": "3", "lifetime_unit": "1440", "stay_days": "14"}
    seen = seen_at(ada_portal, page)
    assert ada_portal.post(page, {**times, "seen": seen}).status_code == 302

    told = ada_portal.post(page, {**times, "stay_days": "7", "seen": seen})

    assert TOLD in told.content.decode()
    with tenant_context(acme):
        assert session_rules().stay_days == 14
    again = {**times, "stay_days": "7", "seen": told.context["form"]["seen"].value()}
    assert ada_portal.post(page, again).status_code == 302


def test_p20_of_two_who_decide_who_may_register_the_later_sees_how_it_is(ada_portal: Browser, acme: Tenant) -> None:
    """One of them lets anyone register, and the other, who saw it off, asks for a token."""
    page = "/tenants/acme/settings/registration/"
    seen = ada_portal.get(page).context["seen"]
    assert ada_portal.post(f"{page}open", {"seen": ada_portal.get(f"{page}open").context["seen"]}).status_code == 302

    told = ada_portal.post(f"{page}switch", {"switch": "on", "seen": seen}, follow=True)

    assert "Somebody else changed this" in told.content.decode()
    assert "Open to anyone" in told.content.decode()
    again = {"switch": "on", "seen": told.context["seen"]}
    assert "Open to anyone" not in ada_portal.post(f"{page}switch", again, follow=True).content.decode()


def test_whoever_changes_another_part_of_an_application_is_in_nobodys_way(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    tokens = f"/tenants/acme/applications/{bookshop.client_id}/tokens/"
    form = ada_portal.get(tokens).context["form"]
    # An untouched box without a tick isn't sent.
    fields = {name: form[name].value() for name in form.fields if form[name].value() is not False}
    with tenant_context(acme):
        change_application(bookshop, name="Book shop", actor=ADA)
    answer = ada_portal.post(tokens, {**fields, "access_token_minutes": "30"})
    assert answer.status_code == 302
    with tenant_context(acme):
        bookshop.refresh_from_db()
    assert (bookshop.name, bookshop.access_token_minutes) == ("Book shop", 30)


def test_lines_that_are_as_they_were_are_not_called_different(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    """Browsers end the lines of a box otherwise than they are kept."""
    page = f"/tenants/acme/applications/{bookshop.client_id}/"
    uris = ["https://books.example/a", "https://books.example/b"]
    with tenant_context(acme):
        change_application(bookshop, redirect_uris=uris, actor=ADA)
    form = ada_portal.get(page).context["form"]
    fields = {name: form[name].value() for name in form.fields if form[name].value() is not False}
    with tenant_context(acme):
        change_application(Application.objects.get(pk=bookshop.pk), name="Book shop", actor=ADA)

    told = ada_portal.post(page, {**fields, "redirect_uris": "\r\n".join(uris)})

    assert "Different from what is saved: Name." in told.content.decode()
