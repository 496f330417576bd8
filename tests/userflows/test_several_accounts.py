"""Several accounts side by side in one browser: each with a session of its own, and no page that mixes two."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import disable_account
from accounts.models import Account, Session
from accounts.sessions.beside import MOST_ACCOUNTS
from accounts.sessions.services import change_session_rules
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.statements import statements
from tests.userflows.customer import Customer
from tests.userflows.several import add, make_account, people_on, press, sessions_of

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()


@pytest.fixture
def dora(acme: Tenant) -> Account:
    return make_account(acme, "Dora")


@pytest.fixture
def both(acme: Tenant, carol: Account, dora: Account) -> Customer:
    """A browser in which Carol is signed in, and then Dora has signed in as well."""
    customer = Customer(acme)
    customer.sign_in(carol.email)
    add(customer, dora)
    return customer


def whose_profile(customer: Customer) -> str:
    customer.visit("/profile/")
    found = re.search(r"Signed in as <bdi dir=\"ltr\">([^<]+)<", customer.text)
    return found[1] if found else ""


# --- Eve --------------------------------------------------------------------------------------------------------------


def test_a24_a_stolen_cookie_opens_its_own_account_and_leads_to_no_other(
    acme: Tenant, both: Customer, carol: Account, dora: Account
) -> None:
    cookies = {name: morsel.value for name, morsel in both.browser.cookies.items() if name.startswith("session")}
    (name_of_carols,) = [name for name, value in cookies.items() if value != cookies["session_acme"]]
    eve = Customer(acme)
    eve.browser.cookies["session_acme"] = cookies["session_acme"]
    assert people_on(eve) == [dora.email]
    press(eve, account=str(carol.pk))
    press(eve, sign_out=str(carol.pk))
    assert whose_profile(eve) == dora.email
    assert sessions_of(acme, carol) == 1
    # A key under another account's name is none of that account's, nor of anybody's.
    eve.browser.cookies[name_of_carols] = cookies["session_acme"]
    assert people_on(eve) == [dora.email]
    mallory = Customer(acme)
    mallory.browser.cookies["session-000000000000_acme"] = cookies[name_of_carols]
    assert people_on(mallory) == []
    assert not mallory.is_signed_in


def test_t12_the_cookies_count_at_their_tenant_alone(globex: Tenant, both: Customer) -> None:
    elsewhere = Customer(globex)
    for name, morsel in both.browser.cookies.items():
        if name.startswith("session"):
            elsewhere.browser.cookies[name.replace("_acme", "_globex")] = morsel.value
    assert not elsewhere.is_signed_in
    assert people_on(elsewhere) == []


def test_a32_no_link_and_no_other_site_changes_the_account_or_signs_one_out(
    acme: Tenant, carol: Account, dora: Account
) -> None:
    customer = Customer(acme, Browser(acme, checks_csrf=True))
    customer.browser.sign_in(carol)
    for button in ({"account": str(dora.pk)}, {"sign-out-all": "yes"}, {"sign-out": str(carol.pk)}):
        assert customer.browser.get("/accounts/", button).status_code == 200
        assert customer.browser.post("/accounts/", button).status_code == 403
    assert customer.is_signed_in


def test_o56_the_page_leads_nowhere_else(both: Customer, carol: Account) -> None:
    for stranger in ("https://evil.example/", "//evil.example/", "/t/globex/profile/"):
        answer = both.browser.post(f"/accounts/?next={stranger}", {"account": str(carol.pk)})
        assert answer["Location"] == "/t/acme/profile/"


# --- Side by side -----------------------------------------------------------------------------------------------------


def test_a_further_account_signs_nobody_out(acme: Tenant, both: Customer, carol: Account, dora: Account) -> None:
    assert whose_profile(both) == dora.email
    assert people_on(both) == [dora.email, carol.email]
    press(both, account=str(carol.pk))
    assert whose_profile(both) == carol.email
    assert people_on(both) == [carol.email, dora.email]
    assert (sessions_of(acme, carol), sessions_of(acme, dora)) == (1, 1)
    with tenant_context(acme):
        assert not Event.objects.filter(action="customer.signed_out").exists()
        assert len({session.sid for session in Session.objects.exclude(sid="")}) == 2


def test_who_signs_in_again_goes_on_in_the_session_they_had_here(
    acme: Tenant, both: Customer, carol: Account, dora: Account
) -> None:
    with tenant_context(acme):
        before = Session.objects.of_account(carol.pk).get()
    add(both, carol)
    with tenant_context(acme):
        after = Session.objects.of_account(carol.pk).get()
    assert after.sid == before.sid
    assert after.key_digest != before.key_digest, "a sign-in changes the key"
    assert people_on(both) == [carol.email, dora.email]


def test_two_tabs_at_once_lose_none(acme: Tenant, both: Customer, carol: Account, dora: Account) -> None:
    other_tab = Browser(acme)
    other_tab.cookies.load({name: morsel.value for name, morsel in both.browser.cookies.items()})
    erin = make_account(acme, "Erin")
    add(both, erin)
    answer = other_tab.post("/accounts/", {"account": str(carol.pk)})
    # The browser has one jar: what the second answer sets and deletes comes on top of what the first tab got.
    for name, morsel in answer.cookies.items():
        if morsel["max-age"] == 0:
            both.browser.cookies.pop(name, None)
        else:
            both.browser.cookies[name] = morsel.value
    emails = people_on(both)
    assert emails[0] == carol.email
    assert sorted(emails) == sorted([carol.email, dora.email, erin.email])


def test_the_log_tells_which_account_was_chosen(acme: Tenant, both: Customer, carol: Account) -> None:
    for _ in range(2):
        both.browser.post("/accounts/", {"account": str(carol.pk)})
    with tenant_context(acme):
        assert [event.actor_name for event in Event.objects.filter(action="customer.switched")] == [carol.email]


def test_signing_out_leaves_the_others_and_says_so(acme: Tenant, both: Customer, carol: Account, dora: Account) -> None:
    both.browser.post("/sign-out/", {"whose-page": str(dora.pk)})
    both.visit("/signed-out/")
    assert carol.email in both.text
    assert (sessions_of(acme, carol), sessions_of(acme, dora)) == (1, 0)
    # Nobody is taken for Carol unasked: her page is one press away.
    both.visit("/profile/")
    assert "Choose an account" in both.text
    assert people_on(both) == [carol.email]
    press(both, account=str(carol.pk))
    assert whose_profile(both) == carol.email


def test_one_beside_or_all_are_signed_out(acme: Tenant, both: Customer, carol: Account, dora: Account) -> None:
    press(both, sign_out=str(carol.pk))
    assert whose_profile(both) == dora.email
    assert (sessions_of(acme, carol), sessions_of(acme, dora)) == (0, 1)
    add(both, carol)
    press(both, sign_out_all="yes")
    assert "You can close this window." in both.text
    assert (sessions_of(acme, carol), sessions_of(acme, dora)) == (0, 0)


def test_a31_what_ends_one_leaves_the_others(acme: Tenant, both: Customer, carol: Account, dora: Account) -> None:
    with tenant_context(acme):
        disable_account(dora, actor=COMMAND)
    assert people_on(both) == [carol.email]
    press(both, account=str(carol.pk))
    assert whose_profile(both) == carol.email


def test_the_one_not_used_for_longest_makes_way_for_the_ninth(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    for number in range(2, MOST_ACCOUNTS + 1):
        add(customer, make_account(acme, f"Twin{number}"))
    with tenant_context(acme):
        Session.objects.filter(account_id=carol.pk).update(seen_at=timezone.now() - timedelta(hours=1))
    add(customer, make_account(acme, "Newest"))
    emails = people_on(customer)
    assert len(emails) == MOST_ACCOUNTS
    assert emails[0] == "newest@acme.example"
    assert carol.email not in emails
    assert sessions_of(acme, carol) == 0


def test_each_lasts_as_long_as_it_was_promised(acme: Tenant, carol: Account, dora: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD, "stay": "on"})
    add(customer, dora)
    assert customer.browser.cookies["session_acme"]["max-age"] == "", "Dora's goes with the browser"
    press(customer, account=str(carol.pk))
    assert customer.browser.cookies["session_acme"]["max-age"] > 0, "Carol asked to stay"
    with tenant_context(acme):
        late = timedelta(days=2)
        Session.objects.update(seen_at=F("seen_at") - late, expires_at=F("expires_at") - late)
    assert people_on(customer) == [carol.email]


# --- No page mixes two ------------------------------------------------------------------------------------------------


def test_a_form_made_for_another_account_is_kept_and_sent_as_its_owner_by_one_press(
    acme: Tenant, both: Customer, carol: Account, dora: Account
) -> None:
    press(both, account=str(carol.pk))
    typed = {"givenName": "Caroline", "surname": "Carter", "whose-page": str(carol.pk)}
    press(both, account=str(dora.pk))
    both.path = "/profile/"
    answer = both.submit(typed)
    assert answer.status_code == 409
    assert carol.email in both.text
    assert "Caroline" in both.text
    both.submit({**typed, "sent-as": str(carol.pk)})
    assert "Changes saved." in both.text
    assert whose_profile(both) == carol.email
    with tenant_context(acme):
        carol.refresh_from_db()
        dora.refresh_from_db()
        assert (carol.given_name, dora.given_name) == ("Caroline", "Dora")


def test_what_does_not_say_whose_it_is_changes_nothing_where_there_are_several(
    acme: Tenant, both: Customer, dora: Account
) -> None:
    for path in ("/profile/", "/profile/preferences/", "/profile/sessions/end-others/", "/profile/providers/connect/"):
        assert both.browser.post(path, {"givenName": "Nobody"}).status_code == 409
    with tenant_context(acme):
        dora.refresh_from_db()
    assert dora.given_name == "Dora"


def test_every_form_of_the_account_says_whose_it_is(both: Customer, dora: Account) -> None:
    for path in ("/profile/", "/profile/preferences/", "/profile/data/", "/profile/delete/", "/profile/email/"):
        both.visit(path)
        forms = re.findall(r"<form[^>]* method=\"post\".*?</form>", both.text, re.DOTALL)
        own = [form for form in forms if "in-language" not in form and "/accounts/" not in form]
        assert own, path
        assert all(f'name="whose-page" value="{dora.pk}"' in form for form in own), path


def test_no_template_of_the_accounts_pages_has_a_form_that_says_nothing_of_whose_it_is() -> None:
    """A link from a mail says whose it is by itself; the page that asks hands on what it was sent."""
    pages = (settings.BASE_DIR / "templates/customer/account").glob("*.html")
    bare = {page.name for page in pages if "{% csrf_token %}" in page.read_text(encoding="utf-8")}
    assert bare == {"another.html", "undo_email.html"}


def test_a_tab_of_the_first_account_can_still_be_sent_after_a_second_has_signed_in(
    acme: Tenant, carol: Account, dora: Account
) -> None:
    customer = Customer(acme, Browser(acme, checks_csrf=True))

    def send(fields: dict[str, str]) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', customer.text)
        customer.submit({**fields, "csrfmiddlewaretoken": token[1] if token else ""})

    customer.visit("/sign-in/")
    send({"email": carol.email})
    send({"password": PASSWORD})
    customer.visit("/profile/")
    old_tab = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', customer.text)
    assert old_tab
    customer.visit("/accounts/")
    send({"account": "another"})
    send({"email": dora.email})
    send({"password": PASSWORD})
    typed = {"givenName": "Caroline", "whose-page": str(carol.pk), "csrfmiddlewaretoken": old_tab[1]}
    answer = customer.browser.post("/profile/", typed)
    assert answer.status_code == 409
    assert "Caroline" in answer.content.decode()


def test_who_confirms_it_for_the_first_account_is_that_account_afterwards(
    both: Customer, carol: Account, dora: Account
) -> None:
    press(both, account=str(carol.pk))
    both.visit("/sign-in/again/?next=/t/acme/profile/")
    journey = both.path
    press(both, account=str(dora.pk))
    both.path = journey
    both.submit({"password": PASSWORD})
    assert whose_profile(both) == carol.email
    assert people_on(both) == [carol.email, dora.email]


# --- Who has one account, and who may not have several ----------------------------------------------------------------


def test_one_account_alone_costs_no_cookie_and_no_statement(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert [name for name in customer.browser.cookies if name.startswith("session")] == ["session_acme"]
    customer.visit("/accounts/")
    with statements(2):
        customer.browser.get("/accounts/")


def test_where_the_tenant_offers_one_account_the_next_signs_the_former_out(
    acme: Tenant, both: Customer, carol: Account, dora: Account
) -> None:
    with tenant_context(acme):
        change_session_rules(offers_several=False, actor=COMMAND)
    assert whose_profile(both) == dora.email
    assert "Switch account" not in both.text
    assert "Use another account" not in both.text
    both.visit("/accounts/")
    assert both.path == "/t/acme/profile/"
    fresh = Customer(acme)
    fresh.sign_in(carol.email)
    fresh.visit("/reset/")
    assert whose_profile(fresh) == carol.email


def test_administrators_have_one_account_in_a_browser(home: Tenant) -> None:
    from common.problems import Refused

    with tenant_context(home), pytest.raises(Refused):
        change_session_rules(offers_several=True, actor=COMMAND)
