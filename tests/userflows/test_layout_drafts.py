"""Drafts of page layouts: seen by no customer until they are published; kept, restored, scheduled and shared."""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import CustomAttribute
from audit.models import Event
from branding.models import DraftLink
from branding.versions.links import MOST_LINKS
from common.database import published
from common.database.published import OVERDUE_AFTER
from common.problems import CHANGED_MEANWHILE, Code, Refused
from operations.housekeeping import forget_what_expired
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.postgresql import announce_change
from tests.branding.brands import ADA
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.nora import at_the_details, nora
from tests.worker import run_jobs
from userflows.flows.deletion import delete_user_flow
from userflows.flows.layouts.content import seen_as
from userflows.flows.layouts.versions import draft_of, layout_in_force, newest, scheduled
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.publishing.links import make_layout_link
from userflows.flows.publishing.scheduling import schedule, unschedule
from userflows.flows.publishing.services import discard, publish, publish_due, restore, save_draft
from userflows.flows.removal import delete_attribute_everywhere
from userflows.flows.services import (
    change_user_flow,
    duplicate_user_flow,
    set_page_layout,
)
from userflows.models import FlowAttribute, UserFlow
from userflows.rows.layouts import LayoutVersion

pytestmark = pytest.mark.django_db
SOON = timedelta(hours=1)
CITY = AttributeLayout("city", label="Where you live", is_required=True)


@pytest.fixture
def flow(acme: Tenant) -> UserFlow:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        set_page_layout(flow, layout=[AttributeLayout("givenName")], actor=ADA)
    return flow


@pytest.fixture
def page(flow: UserFlow) -> str:
    return f"/tenants/acme/user-flows/{flow.pk}/page-layout/"


def drafts(acme: Tenant, flow: UserFlow, *rows: AttributeLayout, seen: str = "") -> None:
    with tenant_context(acme):
        save_draft(flow, layout=rows, seen=seen, actor=ADA)


def names(acme: Tenant, flow: UserFlow) -> tuple[list[str], list[str]]:
    """What customers are asked for, and what the draft asks for."""
    with tenant_context(acme):
        return [row.attribute for row in layout_in_force(flow)], [row.attribute for row in draft_of(flow)]


def number(acme: Tenant, flow: UserFlow) -> int | None:
    with tenant_context(acme):
        shown = newest(flow)
        return shown.number if shown else None


def actions(acme: Tenant) -> list[str]:
    with tenant_context(acme):
        told = Event.objects.filter(action__startswith="user_flow.").order_by("pk").values_list("action", flat=True)
        return [action.removeprefix("user_flow.") for action in told]


def frame_on(browser: Browser, shared: str) -> str:
    """The page inside a page for whoever has a link."""
    source = re.search(r'<iframe src="([^"]*)"', browser.get(shared).content.decode())
    assert source
    return browser.get(html.unescape(source[1]).removeprefix("/t/acme")).content.decode()


@pytest.mark.parametrize("at", ["publish/", "discard", "take-back", "share/", "history/", "history/1/", "preview"])
def test_grace_finds_nothing_of_acmes_drafts(grace_portal: Browser, page: str, at: str) -> None:
    assert grace_portal.get(f"{page}{at}").status_code == 404
    assert grace_portal.post(f"{page}{at}").status_code == 404
    assert grace_portal.post(f"{page}history/1/restore").status_code == 404


def test_what_is_saved_as_a_draft_is_asked_of_nobody_until_it_is_published(
    acme: Tenant, ada_portal: Browser, flow: UserFlow, page: str
) -> None:
    before = number(acme, flow) or 0
    said = {"attribute": ["city"], "city-input-type": "text", "city-label": "Where you live", "as_draft": "1"}

    assert ada_portal.post(page, said).status_code == 302
    assert (
        ada_portal.post(f"{page}de/", {"attribute": ["city"], "city-label": "Wohnort", "as_draft": "1"}).status_code
        == 302
    )

    assert names(acme, flow) == (["givenName"], ["city"])
    assert 'name="city"' not in at_the_details(acme).text
    edited = ada_portal.get(page).content.decode()
    assert "Where you live" in edited
    assert "2 changes aren’t published" in edited
    assert "Wohnort" in ada_portal.get(f"{page}de/").content.decode()
    review = ada_portal.get(f"{page}publish/").content.decode()
    assert "Where you live" in review
    assert "Given name" in review
    assert "Wohnort" in review
    version = re.findall(r'name="version" value="([^"]*)"', review)
    ada_portal.post(f"{page}publish/", {"version": version, "when": "now"})

    assert names(acme, flow) == (["city"], ["city"])
    assert number(acme, flow) == before + 1
    assert "Wohnort" in at_the_details(acme, language="de").text
    assert actions(acme)[-3:] == ["layout_drafted", "layout_drafted", "changed"]
    assert "Nothing to publish" in ada_portal.get(f"{page}publish/").content.decode()


def test_what_is_saved_at_once_is_a_version_with_who_and_when(
    acme: Tenant, ada_portal: Browser, flow: UserFlow, page: str
) -> None:
    drafts(acme, flow, CITY)
    ada_portal.post(page, {"attribute": ["surname"], "surname-input-type": "text"})

    assert names(acme, flow) == (["surname"], ["surname"])
    history = ada_portal.get(f"{page}history/").content.decode()
    assert "Customers see it" in history
    assert "ada@portal.example" in history
    last = ada_portal.get(f"{page}history/{number(acme, flow)}/").content.decode()
    assert "Added" in last
    assert "Removed" in last


def test_ticked_attributes_are_drafted_with_nothing_lost(acme: Tenant, ada_portal: Browser, flow: UserFlow) -> None:
    path = f"/tenants/acme/user-flows/{flow.pk}/attributes/"
    drafts(acme, flow, AttributeLayout("givenName"), CITY)

    ada_portal.post(path, {"attributes": ["surname", "city"], "as_draft": "1"})

    assert names(acme, flow) == (["givenName"], ["city", "surname"])
    with tenant_context(acme):
        assert draft_of(flow)[0].label == "Where you live"


def test_whoever_publishes_what_somebody_has_changed_since_is_told(acme: Tenant, flow: UserFlow) -> None:
    drafts(acme, flow, CITY)
    with tenant_context(acme):
        seen = seen_as(draft_of(flow))
        save_draft(flow, layout=[CITY, AttributeLayout("surname")], seen=seen, actor=ADA)
        for late in (publish, discard):
            with pytest.raises(Refused) as refusal:
                late(flow, seen=seen, actor=ADA)
            assert refusal.value.problems == (CHANGED_MEANWHILE,)
        with pytest.raises(Refused):
            schedule(flow, due_at=timezone.now() + SOON, seen=seen, actor=ADA)
    assert names(acme, flow) == (["givenName"], ["city", "surname"])


def test_no_form_publishes_a_draft_that_was_never_seen_there(
    acme: Tenant, ada_portal: Browser, flow: UserFlow, page: str
) -> None:
    """Ada has three forms open when Eve drafts a question of hers: each is told of it as Ada sends it."""
    forms: dict[str, dict[str, Any]] = {
        page: {"attribute": ["givenName"], "givenName-input-type": "text"},
        f"{page}de/": {"attribute": ["givenName"], "givenName-label": "Rufname"},
        f"/tenants/acme/user-flows/{flow.pk}/attributes/": {"attributes": ["givenName", "city"]},
    }
    opened = {path: hidden_state(ada_portal.get(path).content.decode()) for path in forms}
    drafts(acme, flow, AttributeLayout("givenName", label="Your mother's name", is_required=True))

    for path, said in forms.items():
        told = ada_portal.post(path, said | {"seen": opened[path]}).content.decode()
        assert "This has changed since you opened the page" in told
        assert names(acme, flow)[0] == ["givenName"]
    assert "mother" not in at_the_details(acme).text
    # The bar above each of them throws away what it tells of.
    assert f'href="{page}discard"' in ada_portal.get(f"{page}de/").content.decode()
    asked = ada_portal.get(f"{page}discard").content.decode()
    assert "Your mother&#x27;s name" in asked
    answer = ada_portal.post(f"{page}discard", {"seen": hidden_state(asked)}, follow=True)
    assert "is discarded" in answer.content.decode()


def hidden_state(form: str) -> str:
    """What the form that is sent to its own page says it was opened with."""
    return re.findall(r'name="seen" value="([^"]*)"', form)[-1]


def test_a_draft_that_cant_be_is_refused_and_one_that_says_the_same_is_none(acme: Tenant, flow: UserFlow) -> None:
    with pytest.raises(Refused):
        drafts(acme, flow, AttributeLayout("nothing"))
    drafts(acme, flow, CITY)
    drafts(acme, flow, AttributeLayout("givenName"))
    with tenant_context(acme):
        assert not LayoutVersion.objects.drafts().exists()
        with pytest.raises(Refused, match="Customers see just this already"):
            publish(flow, actor=ADA)


def test_an_earlier_version_is_restored_and_the_draft_goes(
    acme: Tenant, ada_portal: Browser, flow: UserFlow, page: str
) -> None:
    first = number(acme, flow)
    drafts(acme, flow, CITY)
    with tenant_context(acme):
        publish(flow, actor=ADA)
    drafts(acme, flow, AttributeLayout("surname"))

    ada_portal.post(f"{page}history/{first}/restore", {"seen": "stale"})
    assert names(acme, flow)[0] == ["city"]
    asked = ada_portal.get(f"{page}history/{first}/restore").content.decode()
    assert "City" in asked
    assert "Restoring this version replaces it" in asked
    ada_portal.post(f"{page}history/{first}/restore", {"seen": hidden_state(asked)})

    assert names(acme, flow) == (["givenName"], ["givenName"])
    with tenant_context(acme):
        restored = newest(flow)
        assert restored
        assert restored.restores == first
        with pytest.raises(Refused, match="Customers see just this already"):
            restore(restored, actor=ADA)


def test_what_is_discarded_was_never_seen(acme: Tenant, ada_portal: Browser, flow: UserFlow, page: str) -> None:
    drafts(acme, flow, CITY)
    ada_portal.post(f"{page}discard")
    assert names(acme, flow) == (["givenName"], ["givenName"])
    assert actions(acme)[-1] == "layout_discarded"


def due(acme: Tenant) -> None:
    """Let the time of what is scheduled have come."""
    with tenant_context(acme):
        LayoutVersion.objects.scheduled().update(due_at=timezone.now())
    with schema_context(PUBLIC):
        DBTaskResult.objects.update(run_after=timezone.now() - SOON)
    run_jobs()


def test_a_draft_is_published_at_its_time_as_it_was(
    acme: Tenant, ada_portal: Browser, flow: UserFlow, page: str
) -> None:
    drafts(acme, flow, CITY)
    form = {"version": "", "when": "later", "due_at": "2001-01-01T09:30"}
    assert "in the future" in ada_portal.post(f"{page}publish/", form).content.decode()
    ada_portal.post(f"{page}publish/", form | {"due_at": (timezone.now() + SOON * 30).strftime("%Y-%m-%dT%H:%M")})
    drafts(acme, flow, CITY, AttributeLayout("surname"))
    shown = ada_portal.get(page).content.decode()
    assert "Scheduled:" in shown
    assert "It’s published as it was then" in shown

    due(acme)

    assert names(acme, flow) == (["city"], ["city", "surname"])
    with tenant_context(acme):
        told = Event.objects.filter(action="user_flow.changed").latest("pk")
        assert told.actor_name == "ada@portal.example"
        assert scheduled(flow) is None


def test_what_is_taken_back_or_overtaken_is_never_published(acme: Tenant, flow: UserFlow) -> None:
    drafts(acme, flow, CITY)
    with tenant_context(acme):
        schedule(flow, due_at=timezone.now() + SOON, actor=ADA)
        unschedule(flow, actor=ADA)
        schedule(flow, due_at=timezone.now() + SOON, actor=ADA)
        set_page_layout(flow, layout=[AttributeLayout("surname")], actor=ADA)
        assert scheduled(flow) is None
    due(acme)
    assert names(acme, flow) == (["surname"], ["city"])
    assert actions(acme).count("layout_unscheduled") == 2


def test_what_can_be_published_no_more_is_told_until_somebody_does_something_about_it(
    acme: Tenant, ada_portal: Browser, flow: UserFlow, page: str
) -> None:
    told = f"What was scheduled for “{flow.name}” isn’t published."
    with tenant_context(acme):
        define_custom_attribute(name="born", data_type="Date", actor=ADA)
        born = AttributeLayout("born", is_required=True)
        set_page_layout(flow, layout=[born], actor=ADA)
        save_draft(flow, layout=[CITY], actor=ADA)
        schedule(flow, due_at=timezone.now() + SOON, actor=ADA)
        change_user_flow(flow, minimum_age=16, birth_attribute="born", actor=ADA)
    assert told not in ada_portal.get("/tenants/acme/").content.decode()
    due(acme)
    assert names(acme, flow) == (["born"], ["city"])
    with tenant_context(acme):
        event = Event.objects.latest("pk")
        assert event.action == "user_flow.layout_not_published"
        [problem] = event.details["problems"]
        LayoutVersion.objects.scheduled().update(due_at=timezone.now() - OVERDUE_AFTER)
        # Nothing is left that could be published to see what is in the way.
        discard(flow, actor=ADA)
    assert told in ada_portal.get("/tenants/acme/").content.decode()
    review = html.unescape(ada_portal.get(f"{page}publish/").content.decode())
    assert "Not published when it was due:" in review
    assert problem in review
    with tenant_context(acme):
        change_user_flow(flow, minimum_age=0, birth_attribute="", actor=ADA)
    assert "Nothing stands in the way now" in ada_portal.get(f"{page}publish/").content.decode()
    ada_portal.post(f"{page}take-back")
    assert told not in ada_portal.get("/tenants/acme/").content.decode()


def test_an_attribute_that_is_deleted_is_in_no_draft(acme: Tenant, flow: UserFlow) -> None:
    with tenant_context(acme):
        size = define_custom_attribute(name="size", data_type="Int", actor=ADA)
        set_page_layout(flow, layout=[AttributeLayout("size")], actor=ADA)
        with_size = newest(flow)
        save_draft(flow, layout=[AttributeLayout("size"), CITY], actor=ADA)
        delete_attribute_everywhere(size, actor=ADA)
        assert not CustomAttribute.objects.filter(name="size").exists()
        assert with_size
        with pytest.raises(Refused, match="no attribute named “size”"):
            restore(with_size, actor=ADA)
        shown = newest(flow)
        assert shown
        assert shown.content == []
    assert names(acme, flow) == ([], ["city"])


def test_what_is_scheduled_is_published_without_an_attribute_that_is_deleted(acme: Tenant, flow: UserFlow) -> None:
    with tenant_context(acme):
        size = define_custom_attribute(name="size", data_type="Int", actor=ADA)
        set_page_layout(flow, layout=[AttributeLayout("size")], actor=ADA)
        save_draft(flow, layout=[AttributeLayout("size"), CITY], actor=ADA)
        schedule(flow, due_at=timezone.now() + SOON, actor=ADA)
        with CaptureQueriesContext(connection) as statements:
            delete_attribute_everywhere(size, actor=ADA)
        first = next(each["sql"] for each in statements if "userflows_userflow" in each["sql"])
        assert first.endswith("FOR UPDATE"), "whoever publishes a layout meanwhile waits"
        assert "WHERE" not in first
    due(acme)
    assert names(acme, flow) == (["city"], ["city"])
    assert "layout_unscheduled" not in actions(acme)


def test_a_row_whose_attribute_is_gone_stops_no_sign_up(acme: Tenant, flow: UserFlow) -> None:
    with tenant_context(acme):
        set_page_layout(
            flow,
            layout=[AttributeLayout("surname"), CITY, AttributeLayout("givenName", begins_page=True)],
            actor=ADA,
        )
        FlowAttribute.objects.filter(attribute="city").update(attribute="gone")
        announce_change()
    customer = at_the_details(acme)
    customer.submit({"at-page": "1", "surname": "Nansen", "password": PASSWORD})
    customer.submit({"at-page": "2", "givenName": "Nora"})
    assert customer.is_signed_in


def test_of_a_flow_that_eve_deletes_at_the_same_moment_nothing_is_done(
    acme: Tenant, flow: UserFlow, ada_portal: Browser
) -> None:
    """Each has found the flow, and waits for the lock that she holds."""
    path = "/tenants/acme/user-flows/{}/"
    with tenant_context(acme):
        other = duplicate_user_flow(flow, name="Partners", actor=ADA)
        save_draft(other, layout=[CITY], actor=ADA)
        waiting = schedule(other, due_at=timezone.now() + SOON, actor=ADA)
        with eve_deletes(other):
            publish_due(str(waiting.pk))
        for late in (publish, delete_user_flow):
            with pytest.raises(Refused) as refusal:
                late(other, actor=ADA)
            assert refusal.value.problems == (CHANGED_MEANWHILE,)
        other = duplicate_user_flow(flow, name="Partners", actor=ADA)
    for at in ("page-layout/take-back", "default"):
        with eve_deletes(other):
            told = ada_portal.post(f"{path.format(other.pk)}{at}", follow=True)
        # Her refusal undoes here what Eve did within it, so that there is still a page to tell it on.
        assert "this has changed since you opened the page" in told.content.decode()


@contextmanager
def eve_deletes(flow: UserFlow) -> Iterator[None]:
    """She is faster than the first who locks the flow."""

    def faster(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if sql.endswith(("FOR UPDATE", "FOR NO KEY UPDATE")):
            UserFlow.objects.filter(pk=flow.pk).delete()
        return execute(sql, *args)

    with connection.execute_wrapper(faster):
        yield


def test_b28_a_link_shows_the_draft_with_nobodys_data_and_nothing_once_it_is_over(
    acme: Tenant, acme_browser: Browser, globex_browser: Browser, ada_portal: Browser, flow: UserFlow, page: str
) -> None:
    drafts(acme, flow, CITY, AttributeLayout("surname", begins_page=True, asked="missing"))
    made = ada_portal.post(f"{page}share/", {"days": "1", "note": "For Dora"}, follow=True)
    path = urlsplit(made.context["link"]).path.removeprefix("/t/acme")

    first = frame_on(acme_browser, path)
    assert "Where you live" in first
    assert "<body inert" in first
    assert 'name="surname"' in frame_on(acme_browser, f"{path}?page=2")
    assert 'name="surname"' in frame_on(acme_browser, f"{path}?page=later&in=ar&scheme=dark")
    assert acme_browser.get(path)["Referrer-Policy"] == "no-referrer"
    assert globex_browser.get(path).status_code == 410
    assert acme_browser.get(f"/brand{path.replace('layouts', 'drafts')}").status_code == 410
    with tenant_context(acme):
        link = DraftLink.objects.of_flow(flow.pk).get()
        assert not DraftLink.objects.of_brand(None).exists()
        assert link.opened_at
    ada_portal.post(f"{page}links/{link.pk}/take-back")
    assert {acme_browser.get(f"{path}{view}").status_code for view in ("", "page")} == {410}
    assert actions(acme)[-2:] == ["link_made", "link_taken_back"]


def test_links_to_one_draft_are_bounded_and_end_with_their_flow(
    acme: Tenant, ada_portal: Browser, flow: UserFlow
) -> None:
    with tenant_context(acme):
        other = duplicate_user_flow(flow, name="Partners", actor=ADA)
        for _link in range(MOST_LINKS):
            make_layout_link(other, days=1, actor=ADA)
        with pytest.raises(Refused) as refusal:
            make_layout_link(other, days=1, actor=ADA)
        assert refusal.value.problems[0].code == Code.TOO_MANY
    told = ada_portal.post(f"/tenants/acme/user-flows/{other.pk}/page-layout/share/", {"days": "1"})
    assert "already 20 links to this draft" in told.content.decode()
    with tenant_context(acme):
        delete_user_flow(other, actor=ADA)
        assert not DraftLink.objects.exists()


def test_old_versions_beyond_the_newest_go(acme: Tenant, flow: UserFlow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "KEPT_NEWEST", 2)
    with tenant_context(acme):
        for label in ("One", "Two", "Three"):
            set_page_layout(flow, layout=[AttributeLayout("city", label=label)], actor=ADA)
        save_draft(flow, layout=[CITY], actor=ADA)
        LayoutVersion.objects.published().update(published_at=timezone.now() - timedelta(days=400))
        forget_what_expired()
        assert [row.content[0]["label"] for row in flow.layouts.published()] == ["Three", "Two"]
        assert flow.layouts.drafts().exists()


def test_a_page_that_is_another_by_now_is_shown_with_all_that_was_typed(acme: Tenant, flow: UserFlow) -> None:
    """Nora stands on the second of three pages when Ada publishes two, asking for something else besides."""
    with tenant_context(acme):
        three = [
            AttributeLayout("givenName"),
            AttributeLayout("city", begins_page=True),
            AttributeLayout("surname", begins_page=True),
        ]
        set_page_layout(flow, layout=three, actor=ADA)
    customer = at_the_details(acme)
    customer.submit({"at-page": "1", "asks-here": "givenName", "givenName": "Nora", "password": PASSWORD})
    customer.submit({"at-page": "2", "asks-here": "city", "city": "Oslo"})
    assert "Step 5 of 5" in customer.text
    with tenant_context(acme):
        two = [
            AttributeLayout("givenName"),
            AttributeLayout("country"),
            AttributeLayout("surname", begins_page=True, is_required=True),
            AttributeLayout("city"),
        ]
        save_draft(flow, layout=two, actor=ADA)
        publish(flow, actor=ADA)

    customer.submit({"at-page": "3", "asks-here": "surname", "surname": "Nansen"})
    assert customer.page.status_code == 200
    assert "Step 3 of 4" in customer.text, "something on it was never asked"
    assert 'value="Nora"' in customer.text
    assert "Your password is kept." in customer.text
    customer.submit({"at-page": "1", "asks-here": "givenName country", "givenName": "Nora", "country": "NO"})
    assert 'value="Nansen"' in customer.text
    assert 'value="Oslo"' in customer.text
    customer.submit({"at-page": "2", "asks-here": "surname city", "surname": "Nansen", "city": "Oslo"})

    assert customer.is_signed_in
    account = nora(acme)
    assert (account.given_name, account.surname, account.city, account.country) == ("Nora", "Nansen", "Oslo", "NO")


def test_what_a_new_flow_asks_is_its_first_version(acme: Tenant, flow: UserFlow, ada_portal: Browser) -> None:
    with tenant_context(acme):
        copy = duplicate_user_flow(flow, name="Partners", actor=ADA)
        assert [row.number for row in copy.layouts.all()] == [1]
        assert copy.layouts.get().content[0]["attribute"] == "givenName"
        # As an earlier release makes one.
        copy.layouts.all().delete()
    path = f"/tenants/acme/user-flows/{copy.pk}/page-layout/"
    assert "Version 1" in ada_portal.get(path).content.decode()
    with tenant_context(acme):
        set_page_layout(copy, layout=[CITY], actor=ADA)
        assert [row.number for row in copy.layouts.all()] == [2, 1]
