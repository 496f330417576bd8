"""Ada registers applications, changes them, and deletes them; Grace, of globex, sees nothing of it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.description import Role
from applications.models import Application, AppRole
from applications.services.credentials import create_client_secret
from applications.services.roles import assign_role, define_role
from audit.models import Event
from audit.services import Actor
from hooks.policies import TOKEN
from portal_frame import pages
from portal_frame.access import of_role
from portal_frame.lists import list_page
from tenants.models import Tenant
from tenants.policies import AdministratorRole
from tests.browser import Browser
from tests.cast import new_secret
from tests.portal.registrations import NEW, flow_of, page_of
from userflows.models import UserFlow

EXPIRES = re.compile(r"Secret expires\s+<time|</time>\s+a client secret expires")
SCRIPT = "<script>alert(1)</script>"


def test_the_list_shows_every_application_with_its_type_and_flow(ada_portal: Browser, bookshop: Application) -> None:
    page = ada_portal.get("/tenants/acme/applications/").content.decode()
    assert "Bookshop" in page
    assert "Web application" in page
    assert bookshop.client_id in page
    assert "Gadgets" not in page
    # What its customers are asked for is said there.
    flow = f'href="/tenants/acme/user-flows/{bookshop.user_flow_id}/"'
    assert flow in page
    assert flow in ada_portal.get(page_of(bookshop, "")).content.decode()


def test_the_list_is_searched_by_name_and_by_client_id(ada_portal: Browser, bookshop: Application) -> None:
    for words in ("ooksh", bookshop.client_id):
        page = ada_portal.get("/tenants/acme/applications/", {"q": words}).content.decode()
        assert "Bookshop" in page
        assert "Mobile</bdi>" not in page
    assert "Nothing found" in ada_portal.get("/tenants/acme/applications/", {"q": "zzz\0"}).content.decode()


def test_a_long_list_goes_on_over_the_page(
    ada_portal: Browser, acme: Tenant, bookshop: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("applications.views.registration.list_page", partial(list_page, size=2))
    first = ada_portal.get("/tenants/acme/applications/").context["page"]
    second = ada_portal.get(first.next_url).context["page"]
    assert [application.name for application in (*first.rows, *second.rows)] == ["Bookshop", "Mobile", "Reports"]
    assert second.next_url == ""


def names_in(page: Any) -> list[str]:
    return [application.name for application in page.context["page"].rows]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("name", ["Bookshop", "Mobile", "Reports"]),
        ("newest", ["Reports", "Mobile", "Bookshop"]),
        ("used", ["Mobile", "Bookshop", "Reports"]),
        ("drop table", ["Bookshop", "Mobile", "Reports"]),
    ],
)
def test_the_list_is_read_in_three_orders_over_its_pages(
    ada_portal: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch, order: str, names: list[str]
) -> None:
    monkeypatch.setattr("applications.views.registration.list_page", partial(list_page, size=1))
    made = timezone.now() - timedelta(days=9)
    with tenant_context(acme):
        for name, day, used in (
            ("Bookshop", 0, date(2026, 5, 1)),
            ("Mobile", 1, date(2026, 6, 1)),
            ("Reports", 2, None),
        ):
            changes = {"created": made + timedelta(days=day), "last_used_on": used}
            Application.objects.filter(name=name).update(**changes)

    read, url = [], f"/tenants/acme/applications/?order={order}"
    while url:
        page = ada_portal.get(url)
        read += names_in(page)
        url = page.context["page"].next_url

    assert read == names


def test_the_list_is_filtered_by_type_and_the_search_keeps_the_filter(ada_portal: Browser) -> None:
    page = ada_portal.get("/tenants/acme/applications/?which=service&order=used")

    assert names_in(page) == ["Reports"]
    assert '<input type="hidden" name="which" value="service">' in page.content.decode()
    assert names_in(ada_portal.get("/tenants/acme/applications/?which=service&q=book")) == []
    assert len(names_in(ada_portal.get("/tenants/acme/applications/?which=nonsense"))) == 3


def test_a_secret_that_expires_within_thirty_days_is_said_on_list_and_pages(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    shown_at = ("/tenants/acme/applications/", page_of(bookshop, "claims/"), page_of(bookshop, "quick-start/"))

    def said() -> list[bool]:
        return [bool(EXPIRES.search(ada_portal.get(page).content.decode())) for page in shown_at]

    with tenant_context(acme):
        new_secret(bookshop)
        secret = bookshop.secrets.latest("created_at")
    in_time = {31: [False] * 3, 29: [True] * 3, -1: [False] * 3}
    for days, expected in in_time.items():
        with tenant_context(acme):
            bookshop.secrets.filter(pk=secret.pk).update(expires_at=timezone.now() + timedelta(days=days))
        listed = names_in(ada_portal.get("/tenants/acme/applications/?which=expiring"))
        assert said() == expected, days
        assert listed == (["Bookshop"] if any(expected) else []), days

    with tenant_context(acme):
        bookshop.secrets.filter(pk=secret.pk).update(expires_at=timezone.now() + timedelta(days=29))
        next_one = timezone.now() + timedelta(days=90)
        create_client_secret(bookshop, description="", expires_at=next_one, actor=Actor.command())
    # Another one is there already, so nothing stops working.
    assert said() == [False] * 3
    assert names_in(ada_portal.get("/tenants/acme/applications/?which=expiring")) == []


def test_secrets_that_a_key_pair_has_replaced_worry_nobody(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    with tenant_context(acme):
        new_secret(bookshop)
        bookshop.secrets.update(expires_at=timezone.now() + timedelta(days=3))
        Application.objects.filter(pk=bookshop.pk).update(auth_method="private_key_jwt", jwks='{"keys": []}')

    assert names_in(ada_portal.get("/tenants/acme/applications/?which=expiring")) == []


def test_the_client_id_is_copied_from_the_head_of_every_page_of_an_application(
    ada_portal: Browser, bookshop: Application
) -> None:
    for rest in ("", "claims/", "roles/", "sign-out/"):
        head = ada_portal.get(page_of(bookshop, rest)).content.decode().partition('class="tab-groups"')[0]
        assert f'data-copy="{bookshop.client_id}"' in head


def test_the_code_to_copy_is_that_of_the_framework_chosen(
    ada_portal: Browser, bookshop: Application, reports: Application
) -> None:
    def code(application: Application, framework: str) -> str:
        page = ada_portal.get(page_of(application, f"quick-start/?with={framework}"))
        shown: str = page.context["code"]
        return shown

    assert "from flask import" in code(bookshop, "")
    assert f'clientID: "{bookshop.client_id}"' in code(bookshop, "express")
    assert "from flask import" in code(bookshop, "cobol")
    assert "import requests" in code(reports, "requests")


def test_what_an_application_is_written_with_is_kept_opens_its_quick_start_and_filters_the_list(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    listed = "/tenants/acme/applications/?framework=express"
    assert 'aria-label="Framework"' not in ada_portal.get(listed).content.decode()
    express = ada_portal.get(page_of(bookshop, "quick-start/?with=express")).content.decode()
    assert "Keep Express as its framework" in express

    page = ada_portal.post(page_of(bookshop, "quick-start/express"), follow=True)

    assert "clientID" in page.context["code"]
    assert "Keep Express" not in page.content.decode()
    assert names_in(ada_portal.get(listed)) == ["Bookshop"]
    assert 'aria-label="Framework"' in ada_portal.get(listed).content.decode()
    assert "Keep Flask" in ada_portal.get(page_of(bookshop, "quick-start/?with=flask")).content.decode()
    with tenant_context(acme):
        assert Event.objects.latest("pk").details["now"] == {"framework": "express"}


def test_a_framework_of_another_type_or_none_at_all_is_not_kept(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    for framework in ("curl", "cobol"):
        assert ada_portal.post(page_of(bookshop, f"quick-start/{framework}")).status_code == 404
    settings = {"name": "Bookshop", "redirect_uris": "", "user_flow": str(flow_of(acme).pk), "requires_pkce": "on"}
    refused = ada_portal.post(page_of(bookshop), settings | {"framework": "curl"})
    assert refused.context["form"].errors["framework"]
    ada_portal.post(page_of(bookshop), settings | {"framework": "django"})
    with tenant_context(acme):
        bookshop.refresh_from_db()
    assert bookshop.framework == "django"


def test_applications_of_one_name_are_told_apart_wherever_one_chooses(
    register: Callable[..., Any],
    ada_portal: Browser,
    acme: Tenant,
    bookshop: Application,
    carol: Account,
    dan: Account,
) -> None:
    lonely = f"{bookshop.client_id[:8]}…"
    flow = flow_of(acme)
    lists = ("/tenants/acme/applications/", f"/tenants/acme/user-flows/{flow.pk}/applications/")
    runs = f"/tenants/acme/user-flows/{flow.pk}/run/"
    # The list shows it of each, to be copied.
    assert all(lonely not in ada_portal.get(page).content.decode() for page in (lists[1], runs))
    answer = ada_portal.get(register(name="BOOKSHOP").url).content.decode()
    assert "Another application is called BOOKSHOP, too." in answer
    with tenant_context(acme):
        namesake = Application.objects.get(name="BOOKSHOP")
        for each in (bookshop, namesake):
            define_role(each, Role("buyer", "Buyer"), actor=Actor.command())
            assign_role(AppRole.objects.get(application=each), account=dan, actor=Actor.command())
    elsewhere = (
        f"customers/{carol.pk}/groups/",
        f"customers/{dan.pk}/groups/",
        "customers/invite/",
        "branding/themes/",
    )
    for page in (*lists, runs, *(f"/tenants/acme/{each}" for each in elsewhere)):
        shown = ada_portal.get(page).content.decode()
        assert lonely in shown, page
        assert f"{namesake.client_id[:8]}…" in shown, page


def test_of_thousands_of_applications_names_are_compared_once_and_not_for_each(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    """Or pages on which one is chosen would take longer than a statement may."""
    flow = f"user-flows/{flow_of(acme).pk}/"
    choosing = ("customers/invite/", f"hooks/new/?moment={TOKEN}", "branding/themes/", f"{flow}run/")
    for page in (*choosing, f"{flow}applications/"):
        with CaptureQueriesContext(connection) as asked:
            assert bookshop.name in ada_portal.get(f"/tenants/acme/{page}").content.decode(), page
        telling = [each["sql"] for each in asked if "shares_name" in each["sql"]]
        assert len(telling) == (1 if page in choosing else 2), page
    with tenant_context(acme):
        assert "hashed SubPlan" in Application.objects.told_apart().explain(verbose=True)


def test_whoever_may_only_look_is_offered_nothing_that_would_lead_nowhere(
    ada_portal: Browser, acme: Tenant, bookshop: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    tabs = {"claims/": "claims/new/", "roles/": "roles/new/", "": "delete/", "quick-start/": "#id_redirect_uris"}
    with tenant_context(acme):
        Application.objects.filter(pk=bookshop.pk).update(redirect_uris="")

    def offered() -> list[bool]:
        return [there in ada_portal.get(page_of(bookshop, tab)).content.decode() for tab, there in tabs.items()]

    assert all(offered())
    monkeypatch.setattr(pages, "allowed", lambda **_: of_role(AdministratorRole.READER))
    assert not any(offered())


def test_a_tenant_without_applications_is_told_what_one_is(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        Application.objects.all().delete()
    page = ada_portal.get("/tenants/acme/applications/").content.decode()
    assert "No applications yet" in page
    assert NEW in page


def test_ada_registers_a_web_application_and_is_led_to_its_quick_start(
    register: Callable[..., Any], ada_portal: Browser, acme: Tenant
) -> None:
    answer = register()
    with tenant_context(acme):
        application = Application.objects.get(name="Newsletter")
        assert application.redirect_uri_list == ["https://news.example/callback"]
        assert application.user_flow.is_default
        assert Event.objects.get(action="application.registered", target_name="Newsletter").actor_name
    assert answer.url == page_of(application, "quick-start/")
    page = ada_portal.get(answer.url).content.decode()
    assert application.client_id in page
    assert "Create a client secret" in page


def test_a_service_needs_neither_redirect_uris_nor_a_flow(register: Callable[..., Any], acme: Tenant) -> None:
    assert register(name="Nightly", kind="service", redirect_uris="https://ignored.example/").status_code == 302
    with tenant_context(acme):
        service = Application.objects.get(name="Nightly")
    assert service.redirect_uri_list == []
    assert service.user_flow_id is None


@pytest.mark.parametrize(
    "uri",
    [
        "http://news.example/callback",
        "https://*.news.example/callback",
        "https://news.example/callback#part",
        "https://user@news.example/callback",
        "https://news.example/a/../callback",
        "https://news.example/%2e%2e/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "//news.example/callback",
        "com.example.news:/callback",
        "https://news.example/" + "a" * 250,
        "https://news.example/call back",
        "https://news.example/\\callback",
    ],
)
def test_p22_a_redirect_uri_that_leaks_codes_is_refused_at_its_field_and_nothing_typed_is_lost(
    register: Callable[..., Any], acme: Tenant, uri: str
) -> None:
    answer = register(redirect_uris=f"https://news.example/callback\n{uri}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.context["form"].errors["redirect_uris"]
    assert escape(uri) in page
    assert 'value="Newsletter"' in page
    with tenant_context(acme):
        assert not Application.objects.filter(name="Newsletter").exists()


def test_p22_a_thousand_redirect_uris_are_refused(register: Callable[..., Any]) -> None:
    uris = "\n".join(f"https://news.example/{number}" for number in range(1000))
    assert "at most" in str(register(redirect_uris=uris).context["form"].errors["redirect_uris"])


@pytest.mark.parametrize("name", ["", " ", "n" * 121])
def test_a_name_is_needed_and_bounded(register: Callable[..., Any], name: str) -> None:
    assert register(name=name).context["form"].errors["name"]


def test_another_tenants_flow_cannot_be_chosen(register: Callable[..., Any], globex: Tenant) -> None:
    assert register(user_flow=str(flow_of(globex).pk)).context["form"].errors["user_flow"]


def test_ada_changes_name_uris_and_flow(ada_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.create(name="Staff only", methods=["password"], allows_sign_up=False)
    answer = ada_portal.post(
        page_of(bookshop),
        {
            "name": "Book shop",
            "redirect_uris": "https://bookshop.example/callback\r\n\r\nhttp://localhost:5000/callback\r\n",
            "post_logout_redirect_uris": "",
            "user_flow": str(flow.pk),
        },
    )
    assert answer.status_code == 302
    with tenant_context(acme):
        bookshop.refresh_from_db()
        assert bookshop.redirect_uri_list == ["https://bookshop.example/callback", "http://localhost:5000/callback"]
        assert bookshop.post_logout_redirect_uri_list == []
        assert bookshop.user_flow == flow


def test_a_refused_change_keeps_the_old_name_in_the_heading(ada_portal: Browser, bookshop: Application) -> None:
    answer = ada_portal.post(page_of(bookshop), {"name": "Renamed", "redirect_uris": "ftp://x", "user_flow": ""})
    assert "<bdi>Bookshop</bdi>" in answer.content.decode()
    assert 'value="Renamed"' in answer.content.decode()


def test_the_endpoints_and_the_example_are_filled_in(ada_portal: Browser, bookshop: Application) -> None:
    endpoints = ada_portal.get(page_of(bookshop, "endpoints/")).content.decode()
    assert "/t/acme/oidc/.well-known/openid-configuration" in endpoints
    assert "/t/acme/oidc/token" in endpoints
    code = ada_portal.get(page_of(bookshop, "quick-start/")).context["code"]
    assert f'client_id="{bookshop.client_id}"' in code
    assert 'authorize_redirect("https://bookshop.example/callback")' in code
    compile(code, "example", "exec")


def test_each_type_has_an_example(ada_portal: Browser, mobile: Application, reports: Application) -> None:
    assert "127.0.0.1/callback" in ada_portal.get(page_of(mobile, "quick-start/")).context["code"]
    assert "client_credentials" in ada_portal.get(page_of(reports, "quick-start/")).context["code"]


def test_deleting_asks_for_the_name(ada_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    page = ada_portal.get(page_of(bookshop, "delete/")).content.decode()
    assert "Customers can no longer sign in to" in page
    refused = ada_portal.post(page_of(bookshop, "delete/"), {"typed_name": "bookshop"})
    assert refused.context["form"].errors["typed_name"]
    done = ada_portal.post(page_of(bookshop, "delete/"), {"typed_name": "Bookshop"})
    assert done["Location"] == "/tenants/acme/applications/"
    with tenant_context(acme):
        assert not Application.objects.filter(name="Bookshop").exists()
        assert Event.objects.filter(action="application.deleted").exists()


def test_a_name_is_text_wherever_it_is_shown(ada_portal: Browser, register: Callable[..., Any], acme: Tenant) -> None:
    register(name=SCRIPT)
    with tenant_context(acme):
        application = Application.objects.get(name=SCRIPT)
    shown = [page_of(application, tab) for tab in ("", "credentials/", "endpoints/", "quick-start/", "delete/")]
    shown += ["/tenants/acme/applications/", f"/tenants/acme/user-flows/{application.user_flow_id}/applications/"]
    for path in shown:
        page = ada_portal.get(path).content.decode()
        assert SCRIPT not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize("tab", ["", "credentials/", "endpoints/", "quick-start/", "delete/"])
def test_grace_sees_nothing_of_acme(grace_portal: Browser, bookshop: Application, tab: str) -> None:
    assert grace_portal.get(page_of(bookshop, tab)).status_code == 404
    assert grace_portal.post(page_of(bookshop, tab), {"typed_name": "Bookshop"}).status_code == 404
    under_her_tenant = page_of(bookshop, tab).replace("/acme/", "/globex/")
    assert grace_portal.get(under_her_tenant).status_code == 404
    assert grace_portal.get("/tenants/acme/applications/").status_code == 404
    assert grace_portal.post(NEW, {"name": "Mine"}).status_code == 404


def test_whoever_is_not_signed_in_is_asked_to(browser_at: Any, home: Tenant, bookshop: Application) -> None:
    answer = browser_at(home).get(page_of(bookshop))
    assert answer.status_code == 302
    assert "/sign-in/?next=" in answer.url


def test_p20_of_two_who_edit_at_once_the_later_is_told_before_anything_is_lost(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    seen = ada_portal.get(page_of(bookshop)).context["form"]["seen"].value()
    details = {
        "redirect_uris": "https://bookshop.example/callback",
        "post_logout_redirect_uris": "",
        "user_flow": str(bookshop.user_flow_id),
        "seen": seen,
    }
    assert ada_portal.post(page_of(bookshop), details | {"name": "Olga’s"}).status_code == 302
    told = ada_portal.post(page_of(bookshop), details | {"name": "Ada’s"})
    assert "This has changed since you opened the page" in told.content.decode()
    assert 'value="Ada’s"' in told.content.decode()
    again = details | {"name": "Ada’s", "seen": told.context["form"]["seen"].value()}
    assert ada_portal.post(page_of(bookshop), again).status_code == 302
    with tenant_context(acme):
        bookshop.refresh_from_db()
    assert bookshop.name == "Ada’s"
