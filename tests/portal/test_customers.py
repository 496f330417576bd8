"""An administrator's customers: found in the list, and nobody else's."""

import html
import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.credentials.foreign.reading import read_hash
from accounts.credentials.hashers import kept_hash
from accounts.factors.phones import set_phone
from accounts.finding.services import update_person
from accounts.identity.services.accounts import create_account, update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account, Activity, Block, CustomerView
from audit.services import Actor
from common.database.brief import TookTooLong
from common.database.keyset import PAGE_SIZE
from common.text.email_address import canonical_email
from portal_frame.lists import stretch_page
from providers.description import usual
from providers.models import LinkedIdentity
from providers.services import create_provider
from tenants.models import Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership
from tests.browser import Browser
from tests.portal.customers import LIST, names, page_of, text

pytestmark = pytest.mark.django_db


# --- The list ---------------------------------------------------------------------------------------------------------


def test_the_newest_customers_come_first_and_the_number_is_told(
    ada_portal: Browser, carol: Account, dan: Account
) -> None:
    assert names(ada_portal) == [dan.email, carol.email]
    assert "2 customers" in text(ada_portal, LIST)
    assert names(ada_portal, "?q=cart") == names(ada_portal, "?state=active") == [carol.email]


def test_all_groups_of_which_one_is_chosen_are_read_once(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        group = create_group(name="Wholesale", actor=Actor.command())
        add_to_group(group, account=carol, actor=Actor.command())
    with CaptureQueriesContext(connection) as statements:
        page = ada_portal.get(f"{LIST}?group={group.pk}")

    assert str(page.content).count(f'<option value="{group.pk}"') == 2
    assert sum('FROM "accounts_group"' in each["sql"] for each in statements) == 1


def test_every_customer_is_reached_and_the_way_back_too(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        emails = [f"c{number:03}@acme.example" for number in range(PAGE_SIZE + 5)]
        for account in Account.objects.bulk_create(
            Account(email=e, canonical_email=canonical_email(e)) for e in emails
        ):
            update_person(account, [])
    first = ada_portal.get(f"{LIST}?sort=email&q=acme").context["page"]
    second = ada_portal.get(first.next_url).context["page"]

    read_emails = [entry.account.email for page in (first, second) for entry in page.rows]
    assert read_emails == [*emails, "carol@acme.example", "dan@acme.example"]
    back = ada_portal.get(second.previous_url).context["page"]
    assert [entry.pk for entry in back.rows] == [entry.pk for entry in first.rows]
    assert not back.previous_url


def test_a_phone_number_or_a_country_is_found_however_it_is_written(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    with tenant_context(acme):
        define_custom_attribute(name="mobile", data_type="Phone", actor=Actor.command())
        update_profile(carol, attributes={"mobile": "+4930901820", "country": "DE"}, actor=Actor.command())
    for asked in ("mobile=%2B49 30 90 18 20", "mobile=004930901820", "country=Germany", "country=de"):
        assert carol.email in text(ada_portal, f"{LIST}?attribute={asked}")
    assert carol.email not in text(ada_portal, f"{LIST}?attribute=country=Norway")


def test_a_yes_or_no_is_asked_for_in_the_words_that_the_page_shows(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    with tenant_context(acme):
        define_custom_attribute(name="newsletter", data_type="Boolean", actor=Actor.command())
        update_profile(carol, attributes={"newsletter": True}, actor=Actor.command())
    for asked, language in (("true", "en"), ("Yes", "en"), ("Ja", "de"), ("yes", "de")):
        page = ada_portal.get(f"{LIST}?attribute=newsletter={asked}", headers={"accept-language": language})
        assert carol.email in page.content.decode(), asked
    assert names(ada_portal, "?attribute=newsletter=No") == []


def test_each_filter_is_a_chip_that_can_be_taken_away(ada_portal: Browser, carol: Account) -> None:
    shown = text(ada_portal, f"{LIST}?attribute=LOYALTYnumber=c-1001&verified=yes&q=carol")

    assert carol.email in shown
    assert 'href="/tenants/acme/customers/?q=carol&amp;verified=yes"' in shown
    assert 'href="/tenants/acme/customers/?q=carol&amp;attribute=LOYALTYnumber%3Dc-1001"' in shown


@pytest.mark.parametrize(
    "query",
    [
        "state=owner",
        "verified=1",
        "group=00000000-0000-4000-8000-000000000000",
        "group=x' OR 1=1",
        "country=XX",
        "application=nobody",
        "attribute=password=x",
        "attribute=email=carol@acme.example",
        "up_from=soon",
        "up_from=9999-99-99",
        "sort=password",
        "language=tlh",
        "columns=password,__class__",
        "q=%00",
        "q=%CC%81",
        "password=x",
        "factor=x",
        "provider=x' OR 1=1",
        "account__password__startswith=a",
    ],
)
def test_p21_a_filter_nobody_offers_filters_nothing_and_says_so(
    ada_portal: Browser, carol: Account, query: str
) -> None:
    answer = ada_portal.get(f"{LIST}?{query}")

    assert answer.status_code == 200
    assert carol.email in answer.content.decode()
    is_told = query.partition("=")[0] not in {"columns", "account__password__startswith"} and query != "q=%00"
    assert ("was left out" in answer.content.decode()) == is_told


def test_by_last_sign_in_those_who_never_signed_in_come_last_and_none_is_left_out(
    ada_portal: Browser, carol: Account, dan: Account
) -> None:
    assert names(ada_portal, "?sort=seen") == [dan.email, carol.email]
    with tenant_context(Tenant.objects.get(slug="acme")):
        Activity.objects.create(account=carol, last_sign_in_at=timezone.now())
    assert names(ada_portal, "?q=acme&sort=seen") == [carol.email, dan.email]
    assert "2 customers match" in text(ada_portal, f"{LIST}?q=acme&sort=seen")
    assert names(ada_portal, "?q=acme&sort=seen&seen_from=7d") == [carol.email]


@pytest.mark.parametrize("seen", range(6))
def test_pages_by_last_sign_in_lead_through_both_parts_and_back(
    ada_portal: Browser, acme: Tenant, carol: Account, dan: Account, monkeypatch: pytest.MonkeyPatch, seen: int
) -> None:
    monkeypatch.setattr("portal.views.customers.listing.stretch_page", partial(stretch_page, size=2))
    with tenant_context(acme):
        for number in range(3):
            create_account(email=f"f{number}@acme.example", password=None, email_verified=True, actor=Actor.command())
        everybody = list(Account.objects.order_by("-created_at", "-pk"))
        for days, account in enumerate(everybody[:seen]):
            Activity.objects.create(account=account, last_sign_in_at=timezone.now() - timedelta(days=days))
    way, url = [], f"{LIST}?sort=seen"
    while url:
        way.append(ada_portal.get(url).context["page"])
        url = way[-1].next_url
    pages = [[entry.account.email for entry in page.rows] for page in way]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [email for page in pages for email in page] == [account.email for account in everybody]

    back = [way[-1]]
    while back[-1].previous_url:
        back.append(ada_portal.get(back[-1].previous_url).context["page"])
    assert [[entry.account.email for entry in page.rows] for page in reversed(back)] == pages
    assert ada_portal.get(back[-1].next_url).context["page"].rows == way[1].rows


def test_whoever_wants_to_know_how_many_match_has_them_counted(
    ada_portal: Browser, carol: Account, dan: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Count them all" not in text(ada_portal, f"{LIST}?q=acme")
    monkeypatch.setattr("accounts.finding.in_order.COUNTED_UP_TO", 1)
    monkeypatch.setattr("portal.views.customers.listing.stretch_page", partial(stretch_page, size=1))
    told = text(ada_portal, f"{LIST}?q=acme")
    assert "1+ customer match" in told
    address = re.search(r'href="([^"]+)">Count them all', told)
    assert address

    told = text(ada_portal, html.unescape(address[1]))
    assert "2 customers match" in told
    assert "Count them all" not in told


def test_whoever_is_rare_is_found_on_a_later_page_and_the_way_back_too(
    ada_portal: Browser, acme: Tenant, carol: Account, dan: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Carol came first and is asked for from the newest on: a page that found nobody says how far it has looked."""
    with tenant_context(acme):
        Activity.objects.create(account=dan, last_sign_in_at=timezone.now())
    monkeypatch.setattr("accounts.finding.in_order.MOST_TOLD", -1)
    monkeypatch.setattr("common.database.strides.STRIDE", 1)
    monkeypatch.setattr("common.database.strides.SECONDS", -1)
    answer = ada_portal.get(f"{LIST}?seen=never")
    first, further = answer.content.decode(), answer.context["page"].further_url
    assert "No one found yet" in first
    assert "Looked through as far as" in first
    assert f'href="{html.escape(further)}">Look further' in first
    assert f'hx-get="{html.escape(further)}" hx-trigger="load"' in first

    second = text(ada_portal, further)
    assert carol.email in second
    assert "1+ customer match" in second
    assert "No one found yet" not in second
    page = ada_portal.get(further).context["page"]
    last = text(ada_portal, page.next_url)
    assert "No one else found" in last
    assert "Previous page" in last or "Newer" in last
    back = ada_portal.get(ada_portal.get(page.next_url).context["page"].previous_url).context["page"]
    assert [entry.account.email for entry in back.rows] == [carol.email]


def test_a_list_that_was_walked_through_on_its_only_page_is_counted_by_it(
    ada_portal: Browser, carol: Account, dan: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.finding.in_order.MOST_TOLD", -1)
    monkeypatch.setattr("common.database.strides.STRIDE", 1)
    # However slow the machine is.
    monkeypatch.setattr("common.database.strides.SECONDS", 60)
    shown = text(ada_portal, f"{LIST}?seen=never")
    assert "2 customers match" in shown
    assert "Count them all" not in shown


@pytest.mark.parametrize("cursor", ["after=x", "before=x", "after=" + "A" * 400, "before=%00", "after=0"])
def test_p21_a_forged_place_in_the_list_does_not_exist(ada_portal: Browser, cursor: str) -> None:
    assert ada_portal.get(f"{LIST}?{cursor}").status_code == 404


def test_an_id_leads_straight_to_the_customer(ada_portal: Browser, carol: Account, eve: Account) -> None:
    assert ada_portal.get(f"{LIST}?q={carol.pk}").headers["Location"] == page_of(carol)
    assert (
        ada_portal.get(f"{LIST}?q=loyaltyNumber=C-1001").headers["Location"]
        == f"{LIST}?attribute=loyaltyNumber%3DC-1001"
    )
    assert "No one found" in text(ada_portal, f"{LIST}?q={eve.pk}")


def test_columns_are_remembered_for_each_administrator(ada_portal: Browser, olga_portal: Browser, acme: Tenant) -> None:
    ada_portal.post(f"{LIST}columns", {"column": ["id", "attribute:loyaltyNumber", "password"]})

    assert "C-1001" in text(ada_portal, LIST)
    marked = re.findall(r'name="column" value="([^"]+)"[^>]* checked', text(ada_portal, LIST))
    assert marked == ["id", "attribute:loyaltyNumber"]
    assert "Last sign-in</th>" not in text(ada_portal, LIST)
    assert "C-1001" in text(ada_portal, f"{LIST}?columns=attribute:loyaltyNumber")


def test_columns_are_remembered_for_a_reader_too(stranger_portal: Browser, stranger: Account, acme: Tenant) -> None:
    add_membership(tenant=acme, account_id=stranger.pk, role=AdministratorRole.READER, actor=Actor.command())
    assert f'action="{LIST}columns"' in text(stranger_portal, LIST)

    stranger_portal.post(f"{LIST}columns", {"column": ["attribute:loyaltyNumber"]})

    assert "C-1001" in text(stranger_portal, LIST)


def test_customers_are_found_by_whether_they_have_a_password(
    ada_portal: Browser, acme: Tenant, carol: Account, dan: Account
) -> None:
    with tenant_context(acme):
        dan.set_unusable_password()
        dan.save(update_fields=["password"])
        fay = create_account(email="fay@acme.example", password=None, email_verified=True, actor=Actor.command())
        Account.objects.filter(pk=fay.pk).update(password=kept_hash(read_hash("5f4dcc3b5aa765d61d8327deb882cf99")))

    assert names(ada_portal, "?password=none") == [dan.email]
    assert names(ada_portal, "?password=has") == [fay.email, carol.email]
    assert names(ada_portal, "?password=foreign") == [fay.email]
    assert "Imported and not used yet" in text(ada_portal, f"{LIST}?password=foreign")


def test_customers_are_found_by_the_provider_that_signs_them_in_and_by_a_confirmed_phone(
    ada_portal: Browser, acme: Tenant, carol: Account, dan: Account
) -> None:
    with tenant_context(acme):
        wished = replace(usual("github"), client_id="acme", name="GitHub")
        github = create_provider(wished, secret="s" * 40, actor=Actor.command())
        LinkedIdentity.objects.create(provider=github, issuer=github.issuer, subject="carol", account=carol)
        set_phone(dan, number="+441632960001", actor=Actor.command())

    assert names(ada_portal, f"?provider={github.pk}") == [carol.email]
    assert names(ada_portal, "?factor=phone") == [dan.email]
    assert names(ada_portal, "?factor=none") == [carol.email]
    assert "Identity provider" in text(ada_portal, f"{LIST}?provider={github.pk}")


def test_a_view_is_saved_for_oneself_or_for_all(ada_portal: Browser, grace_portal: Browser, acme: Tenant) -> None:
    query = "state=blocked&columns="
    ada_portal.post(f"{LIST}views/?{query}", {"name": "Trouble", "is_shared": ""})
    assert "There is" not in text(ada_portal, LIST)
    assert "Trouble" in text(ada_portal, LIST)
    again = ada_portal.post(f"{LIST}views/?{query}", {"name": "TROUBLE"}).content.decode()
    assert "You already have a view with this name." in again
    with tenant_context(acme):
        view = CustomerView.objects.get()
    assert "state=blocked" in view.query
    assert "columns=state%2Clast_sign_in" in view.query
    with tenant_context(acme):
        foreign = CustomerView.objects.create(administrator_id=uuid4(), name="Private", query="")
    assert "Private" not in text(ada_portal, LIST)
    assert ada_portal.post(f"{LIST}views/{foreign.pk}/delete").status_code == 404
    ada_portal.post(f"{LIST}views/{view.pk}/delete")
    text(ada_portal, LIST)
    assert "Trouble" not in text(ada_portal, LIST)


def test_of_a_view_is_saved_what_could_be_read_and_has_room(ada_portal: Browser, acme: Tenant) -> None:
    long = "q=" + "漢" * 100 + "&attribute=city%3D" + "漢" * 150
    refused = ada_portal.post(f"{LIST}views/?{long}", {"name": "Long"}).content.decode()
    assert "These filters are too long to be saved." in refused
    assert 'value="Long"' in refused
    ada_portal.post(f"{LIST}views/?state=blocked&country=XX&operation={uuid4()}", {"name": "Trouble"})
    with tenant_context(acme):
        query = CustomerView.objects.get().query
    assert [name.partition("=")[0] for name in query.split("&")] == ["state", "columns"]


def test_a_question_that_takes_too_long_is_given_up_in_a_sentence(
    ada_portal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_slow(*_args: object, **_kwargs: object) -> None:
        raise TookTooLong

    monkeypatch.setattr("portal.views.customers.listing.stretch_page", too_slow)
    shown = text(ada_portal, f"{LIST}?q=carol&verified=yes")

    assert "This would take too long" in shown
    assert "Remove the filter Email address: Verified" in shown


# --- Whose customers --------------------------------------------------------------------------------------------------


def test_p29_the_home_tenant_has_no_customers_to_take_over(olga_portal: Browser, ada: Account) -> None:
    """Operators and owners are accounts of the home tenant: whoever could mail themselves a link would become one."""
    for part in (
        "",
        "invite/",
        "new/",
        f"{ada.pk}/",
        f"{ada.pk}/email/",
        f"{ada.pk}/password/link/",
        f"{ada.pk}/purge/",
    ):
        for send in (olga_portal.get, olga_portal.post):
            assert send(f"/tenants/home/customers/{part}").status_code == 404
    assert "/tenants/home/customers/" not in text(olga_portal, "/tenants/home/")


def test_p02_a_customer_of_another_tenant_is_nobody_here(
    ada_portal: Browser, grace_portal: Browser, carol: Account, eve: Account
) -> None:
    assert ada_portal.get(page_of(eve)).status_code == 404
    assert grace_portal.get(page_of(carol)).status_code == 404
    assert ada_portal.post(page_of(eve, "block/"), {"reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("role", "changes", "purges"), [(AdministratorRole.READER, False, False), (AdministratorRole.SUPPORT, True, False)]
)
def test_nobody_is_offered_what_their_role_does_not_allow(
    stranger_portal: Browser,
    stranger: Account,
    acme: Tenant,
    carol: Account,
    role: AdministratorRole,
    changes: bool,
    purges: bool,
) -> None:
    add_membership(tenant=acme, account_id=stranger.pk, role=role, actor=Actor.command())

    for part in ("", "sign-in/", "applications/", "groups/", "activity/"):
        shown = text(stranger_portal, page_of(carol, part))
        assert carol.email in shown
        forms = re.findall(r'<form[^>]*method="post"[^>]*action="/tenants/[^"]*"', shown)
        assert changes or not forms
        assert ("/block/" in shown) == changes
        assert ("/purge/" in shown) == purges
    assert ("Invite customer" in text(stranger_portal, LIST)) == changes
    assert stranger_portal.get(page_of(carol, "purge/")).status_code == 404
    assert (stranger_portal.get(page_of(carol, "block/")).status_code == 200) == changes


def test_p24_what_a_customer_calls_themselves_is_text(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    script = "<script>alert(1)</script>"
    with tenant_context(acme):
        carol.display_name = carol.surname = carol.city = script
        update_person(carol, ["display_name", "surname", "city"])
        Block.objects.create(account=carol, reason=script, by=script)
    pages = [LIST, f"{LIST}?q=<script", f"{LIST}?attribute=city={script}", f"{LIST}?columns=attribute:city"]
    pages += [page_of(carol, part) for part in ("", "sign-in/", "activity/", "block/", "email/", "purge/")]
    for url in pages:
        assert script not in text(ada_portal, url)
