"""What the other cards lead to: activity, language and zone, a copy of the data; and the way back to an application."""

import json
import re
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account, update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account, DataExport, Session
from applications.models import Application
from audit.models import Event
from audit.services import Actor
from branding.languages.offered import OwnLanguage
from branding.languages.services import add_language_of_ones_own, remove_language_of_ones_own
from operations.housekeeping import forget_what_expired
from tenants.models import Tenant
from tests.cast import BOOKSHOP_CALLBACK, BOOKSHOP_SIGNED_OUT, PASSWORD, grow_old
from tests.userflows.adversary import link_in
from tests.userflows.customer import Customer, mails_to
from tests.userflows.factors.flows import flow_has
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
GAMES = (("Chess", "chess"), ("Go", "go"), ("Cards", "cards"))


def happened(account: Account, action: str, at: datetime) -> None:
    """Something that Carol did at that time."""
    Event.objects.create(action=action, at=at, category="activity", actor_kind="customer", account_id=account.pk)


# --- Every change is the owner's -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/profile/", {"givenName": "Eve"}),
        ("/profile/preferences/", {"language": "de", "time_zone": "Asia/Tokyo"}),
        ("/profile/data/", {}),
        ("/profile/sessions/end/", {"session": "x"}),
        ("/profile/sessions/end-others/", {}),
        ("/oidc/applications/", {"application": "x"}),
    ],
)
def test_eve_at_an_open_browser_changes_nothing(
    acme: Tenant, customer: Customer, carol: Account, path: str, fields: dict[str, str]
) -> None:
    grow_old(carol, home=acme, seconds=301)
    with tenant_context(acme):
        before = Event.objects.count()

    customer.follow(customer.browser.post(path, fields))

    assert "<h1>Confirm it's you</h1>" in customer.text
    assert '<a href="/t/acme/profile/">Back to your profile</a>' in customer.text
    assert "Stay signed in" not in customer.text, "she is"
    with tenant_context(acme):
        assert Event.objects.count() == before
        assert not DataExport.objects.exists()
    customer.submit({"password": PASSWORD})
    changes = path != "/profile/data/"
    assert ("Your change isn't made yet." in customer.text) is changes


def test_nothing_typed_is_lost_to_the_proof(acme: Tenant, customer: Customer, carol: Account) -> None:
    grow_old(carol, home=acme, seconds=301)
    customer.path = "/profile/"
    customer.submit({"givenName": "Caroline", "surname": "Carter"})
    customer.submit({"password": PASSWORD})
    assert 'value="Caroline"' in customer.text
    assert "You've confirmed it's you. Your change isn't made yet." in customer.text
    customer.path = "/profile/"
    customer.submit({"givenName": "Caroline"})
    assert "Changes saved." in customer.text


@pytest.fixture
def boxes(acme: Tenant, carol: Account) -> dict[str, str]:
    """Carol, who is sent news and plays two games; and what her profile page sends along of itself."""
    with tenant_context(acme):
        for name, data_type in (("news", "Boolean"), ("games", "String")):
            define_custom_attribute(name=name, data_type=data_type, actor=Actor.command())
        games = AttributeLayout("games", input_type="multi_check", options=GAMES)
        layout = [AttributeLayout("givenName"), AttributeLayout("news"), games]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=Actor.command())
        update_profile(carol, attributes={"news": True, "games": "chess,cards"}, actor=Actor.command())
    return {"asks-here": "givenName news games"}


def ticked(page: str) -> list[str]:
    """What has a tick on the page."""
    return re.findall(r'name="(news|games)"(?: value="\w+")?[^>]* checked', page)


def test_eve_has_nobody_agree_by_a_proof_to_what_they_have_taken_back(
    acme: Tenant, customer: Customer, carol: Account, boxes: dict[str, str]
) -> None:
    """A box without a tick sends nothing, and yet it is what was chosen."""
    customer.visit("/profile/")
    assert ticked(customer.text) == ["news", "games", "games"]
    assert f'name="asks-here" value="{boxes["asks-here"]}"' in customer.text
    grow_old(carol, home=acme, seconds=301)
    customer.submit({**boxes, "givenName": "Caroline"}, to="profile")
    customer.submit({"password": PASSWORD})
    assert 'value="Caroline"' in customer.text
    assert ticked(customer.text) == []


def test_nor_by_signing_in_again(acme: Tenant, customer: Customer, carol: Account, boxes: dict[str, str]) -> None:
    with tenant_context(acme):
        Session.objects.all().delete()
    sent = {**boxes, "givenName": "Caroline", "games": ["chess", "go"], "whose-page": str(carol.pk)}
    customer.submit(sent, to="profile")
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert 'value="Caroline"' in customer.text
    assert ticked(customer.text) == ["games", "games"]


def test_a_remembered_browser_is_no_proof(acme: Tenant, customer: Customer, carol: Account) -> None:
    """Whoever is asked for a second factor is asked for it before a change, too."""
    with tenant_context(acme):
        session = Session.objects.get(account_id=carol.pk)
        session.data["second_factor"] = "remembered-app"
        session.save()
    customer.visit("/profile/email/")
    assert "<h1>Confirm it's you</h1>" in customer.text


# --- Activity --------------------------------------------------------------------------------------------------------


def test_the_activity_tells_ones_own_rows_alone_in_plain_words(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    with tenant_context(acme):
        eve = create_account(email="eve@acme.example", password=PASSWORD, email_verified=True)
        update_profile(carol, attributes={"surname": "Carver"}, actor=Actor("administrator", "1", "ada@portal.example"))
    Customer(acme).sign_in(eve.email)
    Customer(acme).sign_in(carol.email, "a wrong one")

    customer.visit("/profile/activity/")

    assert customer.text.count("Signed in") == 1
    assert "Sign-in failed: Wrong password" in customer.text
    assert "Personal details changed" in customer.text
    assert "by <bdi>Acme</bdi>" in customer.text
    assert "ada@" not in customer.text
    assert "eve@" not in customer.text


def test_it_advises_nobody_to_change_a_password_where_there_are_none(acme: Tenant, customer: Customer) -> None:
    customer.visit("/profile/activity/")
    assert "Change your password" in customer.text
    flow_has(acme, methods=["code"])
    customer.visit("/profile/activity/")
    assert "Change your password" not in customer.text
    assert 'href="/t/acme/profile/#browsers"' in customer.text


def test_a_sign_up_is_told_once(acme: Tenant) -> None:
    """Of the two events that it is."""
    nora = Customer(acme)
    nora.sign_up_to_code("nora@acme.example")
    nora.submit({"code": nora.code_from_mail("nora@acme.example")})
    nora.submit({"password": PASSWORD, "givenName": "Nora"})
    assert nora.text.count("Account created") == 1
    nora.visit("/profile/activity/")
    assert nora.text.count("Account created") == 1
    nora.visit("/profile/data/")
    nora.submit({})
    run_jobs()
    assert nora.browser.get("/profile/data/html").content.decode().count("Account created") == 1


def test_it_goes_back_ninety_days_a_page_at_a_time(acme: Tenant, customer: Customer, carol: Account) -> None:
    with tenant_context(acme):
        for hours in range(26):
            happened(carol, "customer.signed_out", timezone.now() - timedelta(hours=hours))
        happened(carol, "customer.password_changed", timezone.now() - timedelta(days=91))
    customer.visit("/profile/activity/")
    assert customer.text.count("Signed out") == 23
    (older,) = re.findall(r'href="([^"]*after=[^"]*)"', customer.text)
    customer.visit(older)
    assert customer.text.count("Signed out") == 3
    assert "Password changed" not in customer.text
    for made_up in ("x", "\x00", "9" * 4000):
        assert customer.visit(f"/profile/activity/?after={made_up}").status_code == 404


# --- Language and zone -----------------------------------------------------------------------------------------------


def test_language_and_zone_are_those_of_pages_and_mails(acme: Tenant, customer: Customer, carol: Account) -> None:
    customer.visit("/profile/preferences/")
    customer.submit({"language": "de", "time_zone": "Asia/Tokyo"})
    assert "Ihr Profil" in customer.text
    assert "Asia/Tokyo" in customer.text
    with tenant_context(acme):
        happened(carol, "customer.signed_out", datetime(2026, 3, 14, 20, tzinfo=UTC))
    with patch("userflows.own_account.activity.SHOWN_FOR", timedelta(days=36500)):
        customer.visit("/profile/activity/")
    assert "15. März 2026, 05:00" in customer.text
    customer.visit("/profile/data/")
    customer.submit({})
    run_jobs()
    with tenant_context(acme):
        mail = mails_to(carol.email)[0]
    assert "Ihre Daten bei Acme stehen zum Herunterladen bereit" in mail.subject
    assert "\u00a0JST" in mail.text


@pytest.mark.parametrize(("own", "told"), [("", {"JST"}), ("America/New_York", {"EST", "EDT"})])
def test_a_mail_tells_times_in_the_tenants_zone_to_whoever_has_none(
    acme: Tenant, customer: Customer, carol: Account, own: str, told: set[str]
) -> None:
    acme.time_zone = "Asia/Tokyo"
    acme.save(update_fields=["time_zone"])
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(time_zone=own)
    customer.visit("/profile/data/")
    customer.submit({})
    run_jobs()
    with tenant_context(acme):
        mail = mails_to(carol.email)[0]
    assert {*re.findall(r"\u00a0([A-Z]{3})\b", mail.text)} & told


def test_a_language_that_was_removed_stays_until_another_is_chosen(
    acme: Tenant, customer: Customer, carol: Account
) -> None:
    swiss = OwnLanguage("gsw", "Schwiizerdütsch", falls_back_to="de")
    with tenant_context(acme):
        add_language_of_ones_own(swiss, actor=Actor.command())
        update_profile(carol, attributes={}, language=swiss.code, actor=Actor.command())
        remove_language_of_ones_own(swiss.code, actor=Actor.command())
    customer.browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    customer.visit("/profile/preferences/")
    (kept,) = re.findall(r'<option value="([\w-]+)" selected>Schwiizerdütsch', customer.text)
    customer.submit({"language": kept, "time_zone": "Asia/Tokyo"})
    assert "Asia/Tokyo" in customer.text
    assert customer.browser.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en", "nobody can speak the other"
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).language == "gsw"
    customer.visit("/profile/preferences/")
    customer.submit({"language": "de", "time_zone": "Asia/Tokyo"})
    assert "Schwiizerdütsch" not in customer.visit("/profile/preferences/").content.decode()
    assert customer.submit({"language": "gsw", "time_zone": ""}).status_code == 400


def test_a_zone_that_there_is_not_is_refused(acme: Tenant, customer: Customer, carol: Account) -> None:
    customer.visit("/profile/preferences/")
    for zone in ("Mars/Olympus", "../etc/passwd", "\x00"):
        assert customer.submit({"language": "de", "time_zone": zone}).status_code == 400
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).time_zone == ""


# --- A copy of the data ----------------------------------------------------------------------------------------------


@pytest.fixture
def copied(acme: Tenant, customer: Customer, carol: Account) -> Customer:
    """Carol, whose copy the worker has made."""
    customer.visit("/profile/data/")
    customer.submit({})
    assert "preparing your copy" in customer.text
    run_jobs()
    return customer


def test_carol_takes_her_data_along(acme: Tenant, copied: Customer, carol: Account) -> None:
    with tenant_context(acme):
        create_account(email="eve@acme.example", password=PASSWORD, email_verified=True)
        assert mails_to(carol.email)[0].subject == "Your data at Acme is ready to download"
    assert copied.visit(link_in(acme, carol.email)).status_code == 200

    answer = copied.browser.get("/profile/data/json")

    assert answer["Content-Disposition"].startswith("attachment;")
    told = json.loads(answer.content)
    assert told["account"][0]["email"] == carol.email
    assert told["account"][0]["loyaltyNumber"] == "C-1001"
    assert [event["action"] for event in told["activity"]][-1] == "customer.created"
    text = answer.content.decode()
    assert "argon2" not in text
    assert "eve@" not in text
    page = copied.browser.get("/profile/data/html").content.decode()
    assert "<h2>Your account</h2>" in page
    assert "C-1001" in page
    assert "customer.created" not in page
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.copy_downloaded", account_id=carol.pk).count() == 2


def test_the_copy_to_read_names_attributes_as_pages_do(acme: Tenant, customer: Customer, carol: Account) -> None:
    with tenant_context(acme):
        define_custom_attribute(name="terms", data_type="Boolean", actor=Actor.command())
        rows = [AttributeLayout("loyaltyNumber", label="Card number"), AttributeLayout("terms", label="I like it")]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=rows, actor=Actor.command())
        update_profile(carol, attributes={"terms": True}, actor=Actor.command())
        Account.objects.filter(pk=carol.pk).update(agreed_at={"terms": "2026-03-14T09:26:53+00:00"})
    customer.visit("/profile/data/")
    customer.submit({})
    run_jobs()
    page = customer.browser.get("/profile/data/html").content.decode()
    assert "Card number" in page
    assert page.count("I like it") == 2
    assert "loyaltyNumber" not in page


def test_a_copy_whose_making_failed_is_asked_for_anew(acme: Tenant, customer: Customer, carol: Account) -> None:
    customer.visit("/profile/data/")
    customer.submit({})
    DBTaskResult.objects.update(status="FAILED")
    customer.visit("/profile/data/")
    assert "preparing your copy" in customer.text
    with tenant_context(acme):
        DataExport.objects.update(asked_at=timezone.now() - timedelta(minutes=10))

    customer.visit("/profile/data/")
    customer.submit({})
    assert "preparing your copy" in customer.text
    run_jobs()

    assert customer.visit("/profile/data/").content.decode().count("Your copy is ready") == 1


def test_the_copy_does_not_tell_where_an_administrator_sat(acme: Tenant, customer: Customer, carol: Account) -> None:
    with tenant_context(acme):
        known = {
            "target_kind": "account",
            "target_id": str(carol.pk),
            "account_id": carol.pk,
            "browser": "Ada's browser",
        }
        Event.objects.create(action="customer.profile_changed", actor_kind="administrator", ip="203.0.113.77", **known)
    customer.visit("/profile/data/")
    customer.submit({})
    run_jobs()

    told = json.loads(customer.browser.get("/profile/data/json").content)["activity"]

    assert next(event for event in told if event["action"] == "customer.profile_changed")["ip"] is None
    assert "203.0.113.77" not in str(told)
    assert "Ada's browser" not in str(told)
    assert any(event["ip"] for event in told), "Carol's own is hers"


def test_eve_downloads_nothing_of_carols(acme: Tenant, globex: Tenant, copied: Customer, carol: Account) -> None:
    with tenant_context(acme):
        eve = create_account(email="eve@acme.example", password=PASSWORD, email_verified=True)
    stranger = Customer(acme)
    stranger.visit("/profile/data/json")
    assert "<h1>Sign in</h1>" in stranger.text
    stranger.sign_in(eve.email)
    assert stranger.browser.get("/profile/data/json").status_code == 303
    grow_old(carol, home=acme, seconds=301)
    copied.visit("/profile/data/json")
    assert "<h1>Confirm it's you</h1>" in copied.text


def test_the_copy_is_there_for_a_day(acme: Tenant, copied: Customer, carol: Account) -> None:
    with tenant_context(acme):
        DataExport.objects.update(expires_at=F("expires_at") - timedelta(hours=24))
    assert copied.browser.get("/profile/data/json")["Location"].endswith("/profile/data/")
    with tenant_context(acme):
        forget_what_expired()
        assert not DataExport.objects.exists()


# --- The way back to an application ----------------------------------------------------------------------------------


CARDS = ["profile/", *(f"profile/{page}/" for page in "email activity preferences data delete".split())]


@pytest.mark.parametrize("page", [*CARDS, "oidc/applications/"])
def test_an_application_leads_to_a_card_and_gets_its_customer_back(
    acme: Tenant, customer: Customer, bookshop: Application, page: str
) -> None:
    customer.visit(f"/{page}?return_to={BOOKSHOP_SIGNED_OUT}")
    assert f'href="{BOOKSHOP_SIGNED_OUT}"' in customer.text
    assert "Back to Bookshop" in customer.text
    customer.visit("/profile/")
    assert "Back to Bookshop" in customer.text


def test_whoever_has_to_sign_in_before_comes_back_all_the_same(
    acme: Tenant, carol: Account, bookshop: Application
) -> None:
    customer = Customer(acme)
    customer.visit(f"/profile/?return_to={BOOKSHOP_CALLBACK}")
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert f'href="{BOOKSHOP_CALLBACK}"' in customer.text


def test_a_page_that_begins_a_change_keeps_the_way_back(
    acme: Tenant, customer: Customer, bookshop: Application
) -> None:
    flow_has(acme, factors=["app"])
    customer.visit(f"/profile/app/set-up/?return_to={BOOKSHOP_SIGNED_OUT}")
    assert customer.path.startswith("/t/acme/go/")
    customer.visit("/profile/")
    assert "Back to Bookshop" in customer.text


def test_the_way_back_outlives_the_old_password(acme: Tenant, customer: Customer, bookshop: Application) -> None:
    customer.visit(f"/profile/password/?return_to={BOOKSHOP_SIGNED_OUT}")
    customer.submit({"password": PASSWORD})
    customer.submit({"password": "a wholly different password"})
    assert "Your new password is saved." in customer.text
    assert "Back to Bookshop" in customer.text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "https://bookshop.example/",
        "https://bookshop.example/callback2",
        "https://bookshop.example/callback%0a",
        "callback",
        "%00",
    ],
)
def test_o19_no_other_address_makes_the_page_lead_anywhere(
    acme: Tenant, customer: Customer, bookshop: Application, address: str
) -> None:
    customer.visit(f"/profile/?return_to={address}")
    assert customer.page.status_code == 200
    assert "Back to" not in customer.text


def test_o19_nor_does_one_that_an_application_has_named_itself(
    acme: Tenant, customer: Customer, bookshop: Application
) -> None:
    """Anybody may register an application where the tenant lets them, with any address on earth."""
    with tenant_context(acme):
        Application.objects.filter(pk=bookshop.pk).update(registered_dynamically=True)
    customer.visit(f"/profile/?return_to={BOOKSHOP_CALLBACK}")
    assert "Back to" not in customer.text
