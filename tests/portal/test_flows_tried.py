"""Ada changes a copy of a user flow, runs it for Bookshop, then lets it take the place of the one customers go by."""

import re
from datetime import timedelta
from html import unescape
from random import Random
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.lookup.clients import client_by_id
from applications.models import Application
from applications.services.application import change_application
from applications.services.registration import register_application
from applications.services.user_flow import assign_user_flow, replace_user_flow
from audit.models import Event
from audit.sentences import sentence_of
from branding.words.services import change_words
from branding.words.where import Where
from hooks.description import HookDescription
from hooks.models import Hook
from hooks.policies import SUBMIT
from hooks.services import create_hook
from oidc.models import FlowRun
from portal_frame.confirmation import undo_in
from tenants.models import Tenant
from tests.branding.brands import published
from tests.browser import Browser
from tests.crowd import at_once
from tests.oidc.apis import COMMAND
from tests.oidc.relying_party import RelyingParty
from tests.portal.runs import Run, checks_of, is_callback, members_of, path_of
from tests.userflows.customer import PASSWORD, Customer, leads_to, mails_to, new_code
from tests.worker import run_jobs
from userflows.flows.deletion import delete_user_flow
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import (
    change_user_flow,
    duplicate_user_flow,
    locked_row,
    set_page_layout,
)
from userflows.models import Journey, UserFlow

FLOWS = "/tenants/acme/user-flows/"


@pytest.fixture
def live(acme: Tenant) -> UserFlow:
    """The flow that Bookshop and Mobile have: by a password."""
    with tenant_context(acme):
        return UserFlow.objects.get(is_default=True)


@pytest.fixture
def copy(acme: Tenant, live: UserFlow) -> UserFlow:
    """Its copy, changed: by a code, and asking for no loyalty number."""
    with tenant_context(acme):
        copy = duplicate_user_flow(live, name="By code", actor=COMMAND)
        change_user_flow(copy, methods=("code",), actor=COMMAND)
        set_page_layout(copy, layout=[AttributeLayout("givenName", is_required=True)], actor=COMMAND)
    return copy


@pytest.fixture
def run(ada_portal: Browser, acme_browser: Browser, bookshop: Application, carol: Account, copy: UserFlow) -> Run:
    """Of the copy, for Bookshop."""
    run = Run(ada_portal, acme_browser, bookshop)
    run.form_url = f"{FLOWS}{copy.pk}/run/"
    return run


def flow_of_journey(acme: Tenant) -> UserFlow:
    """The flow of the newest way that a browser has begun."""
    with tenant_context(acme):
        return Journey.objects.select_related("user_flow").latest("created_at").user_flow


def flows_in_use(acme: Tenant) -> dict[str, str]:
    with tenant_context(acme):
        used = Application.objects.exclude(user_flow=None).values_list("name", "user_flow__name")
        return {**dict(used), "default": UserFlow.objects.get(is_default=True).name}


# --- What nobody but an administrator's run can do --------------------------------------------------------------------


def test_no_word_of_a_request_chooses_another_flow(run: Run, acme: Tenant, live: UserFlow, copy: UserFlow) -> None:
    """O-01: Eve knows the copy's ID and Ada's run, and asks in Bookshop's name: what she gets is Bookshop's flow."""
    sent = members_of(run.begin())
    ours = {**sent, "redirect_uri": run.application.redirect_uri_list[0]}
    named = {"flow": copy.pk, "user_flow": copy.pk, "flow_id": str(copy.pk)}

    for parameters in (ours, {**ours, **named}):
        assert leads_to(run.pages.get("/oidc/authorize", parameters))
        assert flow_of_journey(acme) == live
    # To the letter it counts, with no effect of what is added.
    assert leads_to(run.pages.get("/oidc/authorize", {**sent, "flow": live.pk}))
    assert flow_of_journey(acme) == copy
    assert run.pages.get("/oidc/authorize", {**sent, "scope": "openid"}).status_code == 400


def test_a_run_that_is_over_chooses_no_flow(run: Run, acme: Tenant, carol: Account, copy: UserFlow) -> None:
    """Expired, answered, or of a flow that was deleted meanwhile, on whichever page somebody was."""
    run.pages.sign_in(carol)
    answered, expired, withdrawn = (run.begin() for _ in range(3))
    run.come_back(run.authorize(answered)["Location"])
    state = members_of(expired)["state"]
    with tenant_context(acme):
        kept = FlowRun.objects.order_by("begun_at")[1]
        FlowRun.objects.filter(pk=kept.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    for address in (answered, expired):
        assert run.pages.get(path_of(address)).status_code == 400
    page = run.pages.get(path_of(run.begin(prompt="login")))

    with tenant_context(acme):
        delete_user_flow(copy, actor=COMMAND)

    assert run.pages.get(path_of(withdrawn)).status_code == 400
    ended = run.pages.get(path_of(page["Location"]))
    assert not is_callback(ended)
    assert state not in ended.content.decode()
    with tenant_context(acme):
        assert not FlowRun.objects.exists()


def test_grace_runs_and_replaces_nothing_of_acme(
    run: Run, grace_portal: Browser, acme: Tenant, globex: Tenant, live: UserFlow, copy: UserFlow
) -> None:
    before = flows_in_use(acme)
    with tenant_context(globex):
        own = UserFlow.objects.get(is_default=True)
    form = {"application": run.application.client_id, "applications": [run.application.pk], "moves_default": "on"}

    for tenant in ("acme", "globex"):
        flows = f"/tenants/{tenant}/user-flows"
        for path in (f"{copy.pk}/run/", f"{copy.pk}/instead/", f"{copy.pk}/instead-of/{live.pk}/"):
            assert grace_portal.post(f"{flows}/{path}", form).status_code in {404, 405}
            assert grace_portal.get(f"{flows}/{path}").status_code == 404
    assert grace_portal.post(f"/tenants/globex/user-flows/{own.pk}/instead-of/{live.pk}/", form).status_code == 404
    refused = grace_portal.post(f"/tenants/globex/user-flows/{own.pk}/run/", form)
    assert "application" in refused.context["form"].errors
    assert flows_in_use(acme) == before
    with tenant_context(acme):
        assert not FlowRun.objects.exists()


def test_a_run_by_another_flow_gives_its_answer_to_the_portal_alone(run: Run, acme: Tenant, copy: UserFlow) -> None:
    """The customer comes all the way, and the run's time is over meanwhile: no code, not even for Bookshop."""
    address = run.begin()
    first = run.authorize(address)
    with tenant_context(acme):
        FlowRun.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    customer = Customer(acme, run.pages)
    customer.follow(first)
    customer.submit({"email": "carol@acme.example"})

    customer.submit({"code": new_code(acme, "carol@acme.example")})

    assert customer.page.status_code == 400
    assert "code=" not in customer.path


# --- Trying a copy ----------------------------------------------------------------------------------------------------


def test_ada_tries_the_copy_with_bookshop_which_goes_on_as_before(
    run: Run, acme: Tenant, live: UserFlow, copy: UserFlow
) -> None:
    form = run.portal.get(run.form_url).content.decode()
    assert "Uses Sign up and sign in now" in form
    customer = Customer(acme, run.pages)
    customer.visit(path_of(run.begin()))
    customer.submit({"email": "carol@acme.example"})
    assert "Password" not in customer.text
    answer = run.pages.post(customer.path, {"code": new_code(acme, "carol@acme.example")})
    while not is_callback(answer):
        answer = run.pages.get(path_of(answer["Location"]))

    page = run.come_back(answer["Location"])

    assert set(checks_of(page).values()) == {"passed"}
    # Bookshop's own flow asks for the number, and so tells it.
    told = run.claims(page, "userinfo")
    assert "email" in told
    assert "loyaltyNumber" not in told
    assert f"{FLOWS}{copy.pk}/run/?again=1" in page.context["again_url"]
    assert f"{FLOWS}{copy.pk}/instead-of/{live.pk}/" in page.content.decode()
    assert flows_in_use(acme) == {"Bookshop": live.name, "Mobile": live.name, "default": live.name}
    with tenant_context(acme):
        event = Event.objects.get(action="user_flow.run")
    assert (event.user_flow, event.details["application"]) == ("By code", "Bookshop")


def test_a_copy_asks_the_hooks_that_are_asked_for_the_flow(acme: Tenant, live: UserFlow) -> None:
    with tenant_context(acme):
        asked = HookDescription("Stock", SUBMIT, "https://hooks.example/", serves=(str(live.pk),))
        create_hook(asked, actor=COMMAND)
        copy = duplicate_user_flow(live, name="Another", actor=COMMAND)
        assert Hook.objects.get().serves == [str(live.pk), str(copy.pk)]
        assert Event.objects.filter(action="hook.changed").get().details["fields"] == ["serves"]


def test_a_hook_forgets_the_copies_that_are_deleted_and_is_never_asked_for_all(acme: Tenant, live: UserFlow) -> None:
    with tenant_context(acme):
        copy = duplicate_user_flow(live, name="Another", actor=COMMAND)
        create_hook(HookDescription("Stock", SUBMIT, "https://hooks.example/", serves=(str(copy.pk),)), actor=COMMAND)
        later = duplicate_user_flow(copy, name="Later", actor=COMMAND)
        delete_user_flow(copy, actor=COMMAND)
        assert Hook.objects.get().serves == [str(later.pk)]
        delete_user_flow(later, actor=COMMAND)
        assert Hook.objects.get().serves == [str(later.pk)]
        assert Event.objects.filter(action="hook.changed").count() == 2


# --- Taking the other one's place -------------------------------------------------------------------------------------


def test_the_copy_takes_the_place_of_the_flow_and_gives_it_back(
    ada_portal: Browser, acme: Tenant, live: UserFlow, copy: UserFlow, bookshop: Application, ada: Account
) -> None:
    page = ada_portal.get(f"{FLOWS}{copy.pk}/")
    assert f"{FLOWS}{copy.pk}/instead/" in page.content.decode()
    before = flows_in_use(acme)
    page = ada_portal.get(f"{FLOWS}{copy.pk}/instead/", follow=True)
    assert page.request["PATH_INFO"] == f"{FLOWS}{copy.pk}/instead-of/{live.pk}/"
    form = page.context["form"]
    ticked = form["applications"].value()

    page = ada_portal.post(page.request["PATH_INFO"], {"applications": ticked, "moves_default": "on"}, follow=True)

    assert flows_in_use(acme) == {"Bookshop": "By code", "Mobile": "By code", "default": "By code"}
    with tenant_context(acme):
        [event] = Event.objects.filter(actor_id=str(ada.pk))
    assert event.action == "user_flow.replaced"
    assert sentence_of(event) == "ada@portal.example used the user flow By code instead of Sign up and sign in"
    assert event.details["applications"] == ["Bookshop", "Mobile"]
    customer = Customer(acme)
    customer.visit("/sign-in/")
    assert flow_of_journey(acme) == copy
    undo = re.search(r'<form method="post" action="([^"]+)" class="undo".*?</form>', page.content.decode(), re.DOTALL)
    assert undo
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', undo[0]):
        fields.setdefault(name, []).append(unescape(value))
    ada_portal.post(undo[1], fields)
    assert flows_in_use(acme) == before


def test_the_flow_that_was_replaced_opens_no_account_to_less(
    acme: Tenant, live: UserFlow, copy: UserFlow, bookshop: Application, carol: Account
) -> None:
    """A-26: Eve knows Carol's password and a link to the old flow, and has signed in by it before."""
    with tenant_context(acme):
        strict = {"methods": ("password",), "second_factor": "always", "factors": ("mail",)}
        change_user_flow(copy, actor=COMMAND, **strict)
    before, eve = Customer(acme), Customer(acme)
    before.sign_in(carol.email)
    assert before.is_signed_in
    with tenant_context(acme):
        replace_user_flow(live, by=copy, actor=COMMAND)
    eve.visit(f"/sign-in/?flow={live.pk}")
    eve.submit({"email": carol.email})
    eve.submit({"password": PASSWORD})
    for browser in (before, eve):
        for page in ("/profile/", "/profile/email/", "/profile/data/", "/profile/delete/"):
            browser.visit(page)
            assert "/go/" in browser.path, page
        browser.visit("/profile/email/")
        browser.submit(to="send-second")
        browser.submit({"code": new_code(acme, carol.email)})
        assert "Change your email address" in browser.text


def test_a33_nobody_new_comes_by_a_link_to_a_flow_that_is_not_in_use(
    acme: Tenant, live: UserFlow, copy: UserFlow, bookshop: Application, carol: Account
) -> None:
    """Nor by what they began before another one took its place, which takes invited people alone."""
    before, eve = Customer(acme), Customer(acme)
    before.visit(f"/sign-up/?flow={live.pk}")
    before.submit({"email": "eve@evil.example"})
    code = new_code(acme, "eve@evil.example")
    with tenant_context(acme):
        change_user_flow(copy, allows_sign_up=False, actor=COMMAND)
        replace_user_flow(live, by=copy, actor=COMMAND)

    assert before.submit({"code": code}).status_code == 403
    assert eve.visit(f"/sign-up/?flow={live.pk}").status_code == 403
    eve.visit(f"/sign-in/?flow={live.pk}")
    assert "Sign up" not in eve.text
    assert eve.switch("sign_up", email="eve@evil.example").status_code == 403
    # Where signing in by a mailed code would make an account, none is mailed.
    with tenant_context(acme):
        unused = duplicate_user_flow(live, name="Unused", actor=COMMAND)
        change_user_flow(unused, methods=("code",), actor=COMMAND)
    eve.visit(f"/sign-in/?flow={unused.pk}")
    eve.submit({"email": "eve.again@evil.example"})
    run_jobs()
    with tenant_context(acme):
        assert mails_to("eve.again@evil.example") == []
        assert not Account.objects.with_email("eve@evil.example").exists()
    # Who has an account signs in all the same.
    eve.visit(f"/sign-in/?flow={live.pk}")
    eve.submit({"email": carol.email})
    eve.submit({"password": PASSWORD})
    assert eve.is_signed_in


def test_a33_a_way_that_an_application_began_ends_by_its_flow_and_begins_anew_by_the_one_in_use(
    acme: Tenant, live: UserFlow, copy: UserFlow, bookshop: Application
) -> None:
    """Who is at it when another one takes its place isn't turned away; for Eve it goes on for its hour alone."""
    nina, eve = Customer(acme), Customer(acme)
    for somebody in (nina, eve):
        somebody.visit(
            f"/oidc/authorize?{urlencode(RelyingParty(somebody.browser, bookshop).request(prompt='create'))}"
        )
        assert flow_of_journey(acme) == live
    nina.submit({"email": "nina@new.example"})
    with tenant_context(acme):
        change_user_flow(copy, allows_sign_up=False, actor=COMMAND)
        replace_user_flow(live, by=copy, actor=COMMAND)

    nina.submit({"code": new_code(acme, "nina@new.example")})
    assert "Complete your account" in nina.text
    with tenant_context(acme):
        Journey.objects.update(expires_at=timezone.now())
    eve.submit({"email": "eve@evil.example"})
    eve.submit(to="again")
    assert flow_of_journey(acme) == copy


def test_a33_nobody_chooses_a_password_by_a_reset_begun_anew_in_a_flow_without(
    acme: Tenant, live: UserFlow, copy: UserFlow, carol: Account
) -> None:
    """Who reads Carol's mail is signed in by a code, as everybody is, and knows no password afterwards."""
    eve = Customer(acme)
    eve.visit("/reset/")
    with tenant_context(acme):
        replace_user_flow(live, by=copy, actor=COMMAND)
        Journey.objects.update(expires_at=timezone.now())
    eve.submit({"email": carol.email})
    eve.submit(to="again")
    eve.submit({"email": carol.email})

    eve.submit({"code": new_code(acme, carol.email)})

    assert flow_of_journey(acme) == copy
    assert eve.is_signed_in


def test_one_application_goes_ahead_and_the_others_stay(
    ada_portal: Browser, acme: Tenant, live: UserFlow, copy: UserFlow, bookshop: Application
) -> None:
    ada_portal.post(f"{FLOWS}{copy.pk}/instead-of/{live.pk}/", {"applications": [bookshop.pk]})

    assert flows_in_use(acme) == {"Bookshop": "By code", "Mobile": live.name, "default": live.name}
    # Two are in use by now, so whoever wants a third one says instead of which.
    with tenant_context(acme):
        third = duplicate_user_flow(copy, name="Third", actor=COMMAND)
    choice = ada_portal.get(f"{FLOWS}{third.pk}/instead/").context["others"]
    assert [(each.name, each.application_count) for each in choice] == [(live.name, 1), ("By code", 1)]


def test_many_applications_go_over_and_back_in_as_many_statements_as_one(
    acme: Tenant, live: UserFlow, copy: UserFlow, bookshop: Application
) -> None:
    with tenant_context(acme):
        with CaptureQueriesContext(connection) as of_two:
            replace_user_flow(live, by=copy, actor=COMMAND)
        kept = bookshop.client_id, bookshop.redirect_uris, bookshop.factors
        for number in range(30):
            register_application(name=f"Shop {number}", kind="spa", user_flow=copy.pk, actor=COMMAND)
        with CaptureQueriesContext(connection) as of_many:
            moved, _ = replace_user_flow(copy, by=live, actor=COMMAND)
        assert len(moved) == 32
        assert len(of_many) == len(of_two)
        assert not copy.applications.exists()
        bookshop.refresh_from_db()
        assert (bookshop.client_id, bookshop.redirect_uris, bookshop.factors) == kept
        assert client_by_id(bookshop.client_id).flow_id == live.pk


def test_hundreds_of_applications_are_given_back_by_one_press(
    ada_portal: Browser, acme: Tenant, live: UserFlow, copy: UserFlow
) -> None:
    usual = {"kind": "spa", "client_type": "public", "authorization_grant_type": "authorization-code"}
    keys = Random(7).sample(range(10**6, 10**9), 300)  # noqa: S311 - no secret
    with tenant_context(acme):
        Application.objects.bulk_create(
            Application(pk=pk, client_id=str(UUID(int=pk)), user_flow=live, **usual) for pk in keys
        )

    sent = {"applications": keys, "moves_default": "on"}
    ada_portal.post(f"{FLOWS}{copy.pk}/instead-of/{live.pk}/", sent)

    page = ada_portal.get("/tenants/acme/groups/")
    assert "is used instead of" in page.content.decode()
    [undo] = map(undo_in, page.context["messages"])
    assert undo
    assert sorted(int(value) for name, value in undo.fields if name == "applications") == sorted(keys)


def test_nothing_is_moved_where_one_application_can_not_go(
    ada_portal: Browser, acme: Tenant, live: UserFlow, copy: UserFlow, bookshop: Application, mobile: Application
) -> None:
    """A code by mail is no second factor beside a code by mail: Mobile, which counts nothing else, says so."""
    with tenant_context(acme):
        change_user_flow(live, factors=("app", "mail"), actor=COMMAND)
        change_application(mobile, factors=("mail",), actor=COMMAND)
    before = flows_in_use(acme)
    form = {"applications": [bookshop.pk, mobile.pk], "moves_default": "on"}

    page = ada_portal.post(f"{FLOWS}{copy.pk}/instead-of/{live.pk}/", form)

    [said] = page.context["form"].errors["applications"]
    assert said.startswith("Mobile: ")
    assert flows_in_use(acme) == before


def test_what_somebody_else_has_moved_meanwhile_is_not_moved_again(
    ada_portal: Browser, acme: Tenant, live: UserFlow, copy: UserFlow, bookshop: Application
) -> None:
    with tenant_context(acme):
        third = duplicate_user_flow(live, name="Third", actor=COMMAND)
        change_application(bookshop, user_flow=third.pk, actor=COMMAND)
        service = register_application(name="Service", kind="service", actor=COMMAND)

    for number in (bookshop.pk, service.pk, 999_999, "x"):
        page = ada_portal.post(f"{FLOWS}{copy.pk}/instead-of/{live.pk}/", {"applications": [number]})
        assert page.context["form"].errors["applications"]
    assert ada_portal.post(f"{FLOWS}{copy.pk}/instead-of/{live.pk}/", {}).context["form"].errors["applications"]
    assert ada_portal.get(f"{FLOWS}{copy.pk}/instead-of/{copy.pk}/").status_code == 404
    assert "Nothing to take over" in ada_portal.get(f"{FLOWS}{live.pk}/instead-of/{copy.pk}/").content.decode()
    assert flows_in_use(acme)["Bookshop"] == "Third"


def test_the_page_says_what_would_be_missing(
    ada_portal: Browser, acme: Tenant, live: UserFlow, copy: UserFlow, bookshop: Application
) -> None:
    """Words of its own that nobody has published, and hooks that name the other one alone."""
    path = f"{FLOWS}{copy.pk}/instead-of/{live.pk}/"
    before = ada_portal.get(path).context
    assert (before["words_wait"], before["hooks"]) == (False, [])
    with tenant_context(acme):
        create_hook(HookDescription("Stock", SUBMIT, "https://hooks.example/", serves=(str(live.pk),)), actor=COMMAND)
        change_words(language="en", wished={"Continue": ("Pay",)}, where=Where(user_flow=copy.pk), actor=COMMAND)

    page = ada_portal.get(path).content.decode()

    assert "Stock" in page
    assert "isn’t published yet" in page
    published(acme)
    assert "isn’t published yet" not in ada_portal.get(path).content.decode()


@pytest.mark.django_db(transaction=True)
def test_grace_gives_an_application_another_flow_while_ada_replaces_the_one_it_has(
    acme: Tenant, bookshop: Application
) -> None:
    """Neither waits for the other, and what Grace has moved isn't moved again."""
    with tenant_context(acme):
        live = UserFlow.objects.get(is_default=True)
        taken, placed = (duplicate_user_flow(live, name=name, actor=COMMAND) for name in ("Grace's", "Ada's"))
        replaced = Event.objects.filter(action="user_flow.replaced")

        def give() -> None:
            with tenant_context(acme), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '1s'")
                assign_user_flow(taken, applications=[bookshop], actor=COMMAND)

        with patch("applications.services.user_flow.locked_row", lambda flow: (locked_row(flow), at_once(1, give))[0]):
            replace_user_flow(live, by=placed, actor=COMMAND)
        assert Application.objects.get(pk=bookshop.pk).user_flow == taken
        assert replaced.get().details["applications"] == ["Mobile"]
