"""Customers are found by any part of what one would type, whoever has written their account, and nobody else is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.factors.phones import remove_phone, set_phone
from accounts.finding import policies
from accounts.finding.in_order import how_many
from accounts.finding.lookup import NO_FACTOR, CustomerFilter, customers_found, telling_keys, with_factor
from accounts.finding.services import catch_up
from accounts.identity.lookup import unique_attributes
from accounts.identity.services.accounts import (
    create_account,
    delete_account,
    disable_account,
    keep_language,
    update_profile,
)
from accounts.models import Account, Activity, CustomerEntry, Factor, Standing
from audit.services import Actor
from common.database.keyset import page_of
from operations.housekeeping import run_housekeeping
from tenants.limits import limits_of_installation
from tenants.models import Tenant
from tests.statements import statements

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
THOUSANDS_OF_ENTRIES = """
    INSERT INTO accounts_customerentry (account_id, created_at, standing, haystack, facts, keys)
    SELECT gen_random_uuid(), now() - i * interval '1 minute', 'active', 'customer' || i, '', '{}'
    FROM generate_series(1, 5000) i;
    ANALYZE accounts_customerentry
"""


@pytest.fixture
def served(acme: Tenant) -> Iterator[Tenant]:
    with tenant_context(acme):
        yield acme


@pytest.fixture
def jorg(served: Tenant) -> Account:
    return customer("joerg@hoch.example", givenName="Jörg", surname="Åkesson", city="Graz", country="AT")


def customer(email: str, **attributes: Any) -> Account:
    return create_account(email=email, password=None, attributes=attributes, email_verified=True, actor=COMMAND)


def found(**asked: Any) -> set[str]:
    return {entry.account.email for entry in customers_found(CustomerFilter(**asked))}


@pytest.mark.parametrize(
    "typed", ["jörg", "JORG", "kesso", "akesson jorg", "@hoch.example", "rg@ho", "h", "ak", "joerg@hoch.example"]
)
def test_a_customer_is_found_by_any_part_of_name_and_address(jorg: Account, typed: str) -> None:
    assert found(search=typed) == {jorg.email}


@pytest.mark.parametrize("keys", [None, []])
def test_each_of_many_words_has_to_be_found(jorg: Account, keys: list[int] | None) -> None:
    words = "jo joe joer joerg ho hoch akesson"
    asked = [CustomerFilter(search=words), CustomerFilter(search=f"{words} graz"), CustomerFilter(search=f"{words} x")]
    assert [customers_found(each, keys).count() for each in asked] == [1, 0, 0]


@pytest.mark.parametrize("typed", [" ", "\u3000", "\u0301"])
def test_a_search_for_no_word_asks_for_everybody(typed: str) -> None:
    assert CustomerFilter(search=typed).is_empty
    assert not CustomerFilter(search=typed, country="AT").is_empty


@pytest.mark.parametrize("typed", ["jörgen", "graz", "og", "akesson carol", "rg akessonx"])
def test_nobody_is_found_by_what_they_are_not(jorg: Account, typed: str) -> None:
    assert found(search=typed) == set()


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "\\", "\\m", ".*", "j%g", "(", "[a-z]"])
def test_p21_what_is_searched_for_is_text_and_no_pattern(jorg: Account, typed: str) -> None:
    assert found(search=typed) == set()


def test_two_texts_that_share_a_key_are_not_taken_for_each_other(
    jorg: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "crc32", lambda _text: 7)
    update_profile(jorg, attributes={"jobTitle": "Smith"}, actor=COMMAND)

    assert found(search="zzz") == found(country="DE") == found(attribute="jobTitle", value="Baker") == set()
    assert found(search="joerg", country="AT", attribute="jobTitle", value="smith") == {jorg.email}


def test_signing_up_and_changing_a_profile_cost_no_statement_for_it(served: Tenant, carol: Account) -> None:
    # Known before the transaction, as on the way through a user flow.
    limits_of_installation()
    unique_attributes()
    with statements(5):  # the account and its event, in a savepoint; and whether somebody may take its address back
        customer("kim@acme.example")
    with statements(5):  # the row is held, so that nobody writes it meanwhile
        update_profile(carol, attributes={"surname": "Cooper"}, actor=COMMAND)
    with statements(1):
        keep_language(carol, "de")


def test_a_new_name_is_found_and_the_old_one_no_more(jorg: Account) -> None:
    update_profile(jorg, attributes={"surname": "Berg", "country": "SE"}, actor=COMMAND)

    assert found(search="berg") == found(country="SE") == {jorg.email}
    assert found(search="akesson") == found(country="AT") == set()


def test_an_account_that_an_older_release_made_is_found_after_housekeeping(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        CustomerEntry.objects.all().delete()
    run_housekeeping(actor=COMMAND)
    with tenant_context(acme):
        assert found(search="carol") == {carol.email}
        assert CustomerEntry.objects.get(pk=carol.pk).created_at == carol.created_at
        assert catch_up() == 0


def test_what_an_older_release_changed_is_found_after_housekeeping(
    served: Tenant, carol: Account, dan: Account
) -> None:
    Account.objects.filter(pk=carol.pk).update(surname="Cooper", updated_at=timezone.now())
    Account.objects.filter(pk=dan.pk).update(is_active=True)

    assert catch_up() == 2
    assert found(search="cooper") == {carol.email}
    assert found(standing=Standing.BLOCKED) == set()


def test_whoever_has_confirmed_a_phone_has_a_factor_also_by_the_hand_of_an_older_release(
    served: Tenant, carol: Account, dan: Account
) -> None:
    set_phone(carol, number="+441632960001", actor=COMMAND)
    assert found(**with_factor(Factor.PHONE)) == {carol.email}
    assert found(**with_factor(NO_FACTOR)) == {dan.email}

    CustomerEntry.objects.filter(pk=carol.pk).update(facts="", keys=[])
    assert catch_up() == 1
    assert catch_up() == 0
    assert found(**with_factor(Factor.PHONE)) == {carol.email}
    remove_phone(carol, actor=COMMAND)
    assert found(**with_factor(Factor.PHONE)) == set()


def test_a_block_that_has_ended_is_none(served: Tenant, carol: Account, dan: Account) -> None:
    assert found(standing=Standing.BLOCKED) == {dan.email}
    Account.objects.filter(pk=dan.pk).update(blocked_until=timezone.now() - timedelta(seconds=1))

    assert found(standing=Standing.BLOCKED) == set()
    assert found(standing=Standing.ACTIVE) == {carol.email, dan.email}
    assert Account.objects.get(pk=dan.pk).is_active


def test_deleted_customers_are_shown_to_who_asks_for_them(served: Tenant, carol: Account, dan: Account) -> None:
    delete_account(carol, actor=COMMAND)

    assert found() == {dan.email}
    assert found(standing=Standing.DELETED) == {carol.email}
    disable_account(carol, actor=COMMAND)
    assert found(standing=Standing.DELETED) == {carol.email}


def test_customers_are_found_by_what_is_kept_about_them(jorg: Account, carol: Account) -> None:
    keep_language(jorg, "sv")

    assert found(attribute="loyaltyNumber", value="c-1001") == {carol.email}
    assert found(attribute="city", value="GRAZ") == found(language="sv") == {jorg.email}
    assert found(is_verified=False) == set()
    assert found(attribute="loyaltyNumber", value="graz") == set()


def test_customers_are_found_by_when_they_came(jorg: Account, carol: Account, dan: Account) -> None:
    now = timezone.now()
    Activity.objects.create(account=carol, last_sign_in_at=now - timedelta(days=3), client_id="shop")

    assert found(signed_in_from=now - timedelta(days=4)) == found(client_id="shop") == {carol.email}
    assert found(signed_in_from=now - timedelta(days=2)) == set()
    assert found(never_signed_in=True) == {jorg.email, dan.email}
    assert found(signed_up_before=now - timedelta(days=1)) == set()


def test_a_page_is_left_by_the_way_one_came(served: Tenant) -> None:
    everybody = [customer(f"c{number}@acme.example").email for number in range(7)]
    asked = customers_found(CustomerFilter(search="@acme.example c"))

    def page(cursor: str = "", *, backwards: bool = False) -> Any:
        return page_of(asked, by="-created_at", cursor=cursor, size=3, backwards=backwards)

    first, second = page(), page(page().next_cursor)
    third = page(second.next_cursor)
    read = [entry.account.email for each in (first, second, third) for entry in each.rows]
    assert read[:7] == everybody[::-1]
    assert [each.pk for each in page(second.previous_cursor, backwards=True).rows] == [each.pk for each in first.rows]
    assert first.previous_cursor == page(second.previous_cursor, backwards=True).previous_cursor == ""
    assert page(third.previous_cursor, backwards=True).next_cursor


def test_what_many_have_is_not_looked_up(jorg: Account, carol: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = CustomerFilter(search="joerg", country="AT")
    keys, are_few = telling_keys(asked)
    assert len(keys) > 2
    assert are_few
    for share, told in [(0.1, keys), (0.9, [])]:
        counted = f"SELECT key, {share}, 1000000 FROM unnest(%s) key"
        monkeypatch.setattr("accounts.finding.lookup.COMMON_KEYS", counted)
        assert telling_keys(asked) == (told, False)
        assert customers_found(asked).get().pk == jorg.pk


def test_what_many_have_is_looked_for_in_order_whatever_the_database_believes(acme: Tenant) -> None:
    """A long word is nobody's to it, and everybody would be read and sorted for it."""
    asked = CustomerFilter(search="never-seen-before")
    with tenant_context(acme), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(THOUSANDS_OF_ENTRIES)
        found = customers_found(asked, keys=()).order_by("-created_at", "-pk")[:51]
        assert "accounts_entry_newest" in found.explain()


def test_what_everybody_has_is_not_looked_up_for_a_long_word(jorg: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """All addresses of a shop end alike: among a million that end alone took longer than all the rest of a page."""
    asked = CustomerFilter(search="joerg@hoch.example akesson")
    end = [key for part in ("xam", "ple") for key in policies.keys_of_term(part)]
    assert all(str(key) in str(customers_found(asked).query) for key in end)
    counted = f"SELECT key, 1, 100 FROM unnest(%s) key WHERE key IN ({', '.join(map(str, end))})"
    monkeypatch.setattr("accounts.finding.lookup.COMMON_KEYS", counted)

    assert not any(str(key) in str(customers_found(asked).query) for key in end)
    assert customers_found(asked).get().pk == jorg.pk


def test_a_count_says_when_it_stops_counting(served: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(how_many(CustomerFilter())) == "2"
    monkeypatch.setattr("accounts.finding.in_order.COUNTED_UP_TO", 1)
    assert str(how_many(CustomerFilter(search="acme"))) == "1+"
