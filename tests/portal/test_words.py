"""What a page says fits what it is about: the heading, the title, the count, the kind of application."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import describe_custom_attribute
from accounts.models import CustomAttribute
from applications.models import Application
from audit.models import Event
from audit.services import Actor
from figures.installation.services import note_size
from portal_frame.templatetags.portal import how_far_off
from tenants.models import Tenant
from tests.browser import Browser

ATTRIBUTES = "/tenants/acme/user-flows/custom-attributes/"


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content.replace("&#x27;", "'")


def page_of(application: Application, part: str = "") -> str:
    return f"/tenants/acme/applications/{application.client_id}/{part}"


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(minutes=-5, seconds=-10), "5\xa0minutes ago"),
        (timedelta(days=-1, hours=-2), "1 day ago"),
        (timedelta(days=30, minutes=-1), "30 days from now"),
        (timedelta(days=99), "99 days from now"),
    ],
)
def test_times_are_told_in_one_unit(away: timedelta, words: str) -> None:
    assert how_far_off(timezone.now() + away) == words


def test_what_is_far_off_is_told_by_its_day() -> None:
    moment = timezone.now() + timedelta(days=400)

    assert how_far_off(moment) == f"{moment:%-d %b %Y}"


def test_a_tab_is_named_in_the_title(ada_portal: Browser, bookshop: Application) -> None:
    assert "<title>Tokens · Bookshop · Acme · CIAM Portal</title>" in text(ada_portal.get(page_of(bookshop, "tokens/")))
    layout = f"/tenants/acme/user-flows/{bookshop.user_flow_id}/page-layout/"
    assert "<title>Page layout · Sign up and sign in · Acme · CIAM Portal</title>" in text(ada_portal.get(layout))


def test_a_mistyped_name_deletes_nothing_and_that_is_what_is_said(ada_portal: Browser, bookshop: Application) -> None:
    for page in (page_of(bookshop, "delete/"), "/tenants/acme/settings/delete"):
        answer = text(ada_portal.post(page, {"typed_name": "Bookshoop"}))
        assert "<h2>Nothing was deleted</h2>" in answer
        assert "Not saved yet" not in answer


def test_the_list_counts_customers_and_of_the_home_tenant_administrators(home: Tenant, olga_portal: Browser) -> None:
    """As far as the worker has counted them."""
    assert "administrators</span>" not in text(olga_portal.get("/tenants/"))
    note_size(home)
    page = text(olga_portal.get("/tenants/"))

    assert "Customers</th>" in page
    assert "administrators</span>" in page
    assert "<dt>Administrators</dt>" in text(olga_portal.get("/tenants/home/"))


def test_nobody_is_counted_where_there_is_nobody(olga_portal: Browser) -> None:
    olga_portal.post("/tenants/new/", {"name": "Initech", "slug": "initech"})

    page = text(olga_portal.get("/tenants/initech/settings/suspend"))

    assert "No one can sign up. There are no customers yet." in page
    assert "<strong>0</strong>" not in page


def test_of_a_service_nobody_is_said_to_sign_in(ada_portal: Browser, reports: Application) -> None:
    assert "Customers read it" not in text(ada_portal.get(page_of(reports)))
    saved = ada_portal.post(page_of(reports), {"name": "Reports"}, follow=True)
    assert "It applies from the next request." in text(saved)
    assert "family_name" not in text(ada_portal.get(page_of(reports, "claims/")))
    assert "put sign-in into" not in text(ada_portal.get(page_of(reports, "quick-start/")))


def test_the_quick_start_listens_where_the_redirect_uri_leads(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    assert "flask run" not in text(ada_portal.get(page_of(bookshop, "quick-start/")))
    with tenant_context(acme):
        bookshop.redirect_uris += " http://localhost:3000/callback"
        bookshop.save(update_fields=["redirect_uris"])

    page = text(ada_portal.get(page_of(bookshop, "quick-start/")))

    assert "flask run --port 3000" in page
    assert '"http://localhost:3000/callback"' in ada_portal.get(page_of(bookshop, "quick-start/")).context["code"]


def test_a_token_that_nobody_could_use_is_not_offered(ada_portal: Browser) -> None:
    registration = "/tenants/acme/settings/registration/"
    assert "New initial access token" not in text(ada_portal.get(registration))
    ada_portal.post(f"{registration}switch", {"switch": "on"})
    assert "New initial access token" in text(ada_portal.get(registration))


def test_what_groups_are_for_is_said_where_there_are_none(ada_portal: Browser) -> None:
    assert "No groups yet" in text(ada_portal.get("/tenants/acme/groups/"))


def test_the_name_of_whoever_is_signed_in_leads_to_their_profile(ada_portal: Browser) -> None:
    assert 'class="person-link" href="/me/"' in text(ada_portal.get("/tenants/"))
    assert "ada@portal.example" in text(ada_portal.get("/profile/"))


def test_what_an_attribute_is_for_can_be_said_otherwise(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        attribute = CustomAttribute.objects.get(name="loyaltyNumber")
    page = f"{ATTRIBUTES}{attribute.pk}/"
    assert 'value="From the card"' in text(ada_portal.get(page))
    assert "Use at most 256 characters." in text(ada_portal.post(page, {"description": "d" * 257}))
    seen = ada_portal.get(page).context["form"]["seen"].value()
    with tenant_context(acme):
        describe_custom_attribute(attribute, description="From the new card", actor=Actor.command())
    assert "This has changed since you opened the page" in text(
        ada_portal.post(page, {"description": "Nine digits", "seen": seen})
    )

    ada_portal.post(page, {"description": "Nine digits"})

    assert "Nine digits" in text(ada_portal.get(ATTRIBUTES))
    with tenant_context(acme):
        assert Event.objects.filter(action="attribute.changed", actor_name="ada@portal.example").count() == 1
