"""Values of attributes are judged once, in the service: whoever writes them, no door has rules of its own."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import override
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account, update_profile
from accounts.identity.services.attributes import define_custom_attribute, describe_custom_attribute
from accounts.identity.services.groups import create_group, update_group
from accounts.identity.services.terms import accept_terms
from accounts.models import Account, CustomAttribute, Group
from audit.models import Event
from audit.services import Actor, Circumstances
from bulk.columns import LABELS
from bulk.exports.columns import known_columns
from common.problems import Code, Refused
from common.text.phone_numbers import NOT_A_PHONE_NUMBER, is_mobile_number, phone_number
from tenants.models import Tenant
from userflows.own_account.copies import copy_of

pytestmark = pytest.mark.django_db
ZERO_WIDTH_SPACE, SOFT_HYPHEN, BRAILLE_BLANK, HANGUL_FILLER = "\u200b", "\u00ad", "\u2800", "\u3164"
JOINER, NON_JOINER = "\u200d", "\u200c"
COMMAND = Actor.command()
NAMES = ["Зоя", "Νίκος", "Nguyễn Thị", "李小龍 Bruce", "ゆうこ Yuko", "Ａｄａ", "Ann-Łucja O’Δέλτα"]


@pytest.fixture
def served(acme: Tenant) -> Any:
    """acme, with an attribute of each type."""
    with tenant_context(acme):
        for name, data_type in (
            ("age", "Int"),
            ("likesMail", "Boolean"),
            ("shoe", "String"),
            ("born", "Date"),
            ("mobile", "Phone"),
            ("passport", "Country"),
        ):
            define_custom_attribute(name=name, data_type=data_type, actor=COMMAND)
        yield acme


def kept(value: Any, name: str = "givenName") -> Any:
    account = create_account(
        email="kim@acme.example", password=None, attributes={name: value}, email_verified=True, actor=COMMAND
    )
    return Account.objects.get(pk=account.pk).attribute(name)


@pytest.mark.parametrize("nothing", [ZERO_WIDTH_SPACE, SOFT_HYPHEN, BRAILLE_BLANK, HANGUL_FILLER, JOINER, " \u3000 "])
def test_a_name_that_shows_nothing_is_no_name(served: Tenant, nothing: str) -> None:
    assert kept(nothing) is None


@pytest.mark.parametrize("turning", ["\u202e", "\u2066", "\u200f"])
def test_a_name_may_not_turn_the_direction_of_reading_round(served: Tenant, turning: str) -> None:
    with pytest.raises(Refused, match="invisible characters"):
        kept(f"Kim{turning}gnikcah")


@pytest.mark.parametrize("unseen", [HANGUL_FILLER, BRAILLE_BLANK, JOINER, "\U000e0041", "\ue000", "\ufff9", "\u206a"])
def test_eve_is_called_like_carol_by_nothing_that_cannot_be_seen(served: Tenant, unseen: str) -> None:
    for name in (f"Carol{unseen}", f"Ca{unseen}rol"):
        with pytest.raises(Refused, match="invisible characters"):
            kept(name)


@pytest.mark.parametrize("name", ["Аdmin", "Ρaul", "Kim Lеe", "ΑΒC"])
def test_a_name_in_letters_of_several_alphabets_passes_for_no_other(served: Tenant, name: str) -> None:
    """Each has a letter of another alphabet that looks the same; outside of names it harms nobody."""
    with pytest.raises(Refused, match="different alphabets"):
        kept(name)
    assert kept(name, "shoe") == name


def test_a_letter_under_a_heap_of_accents_is_refused(served: Tenant) -> None:
    with pytest.raises(Refused, match="too many accents"):
        kept("K" + "\u0301" * 9 + "im")


@pytest.mark.parametrize("name", NAMES)
def test_names_of_all_the_world_stay_as_they_are(served: Tenant, name: str) -> None:
    assert kept(name) == name


def test_joiners_stay_where_scripts_need_them_and_other_invisible_signs_go(served: Tenant) -> None:
    persian, family = f"می{NON_JOINER}خواهم", f"👩{JOINER}👧"
    assert kept(f"{ZERO_WIDTH_SPACE}{persian}{SOFT_HYPHEN} {family}") == f"{persian} {family}"


@pytest.mark.parametrize(
    ("name", "value", "code", "sentence"),
    [
        ("givenName", "x" * 65, Code.TOO_LONG, "64 characters or fewer"),
        ("shoe", "x" * 1025, Code.TOO_LONG, "1024 characters or fewer"),
        ("givenName", 7, Code.INVALID, "characters that aren't allowed"),
        ("givenName", ["Kim"], Code.INVALID, "characters that aren't allowed"),
        ("age", "forty", Code.INVALID, "whole number"),
        ("age", "4_1", Code.INVALID, "whole number"),
        ("age", True, Code.INVALID, "whole number"),
        ("age", 2**53, Code.OUT_OF_RANGE, "smaller number"),
        ("age", str(-(2**53)), Code.OUT_OF_RANGE, "larger number"),
        ("likesMail", "yes", Code.INVALID, "one of the options"),
        ("born", "1990-02-30", Code.INVALID, "year, month and day"),
        ("born", 19900230, Code.INVALID, "characters that aren't allowed"),
        ("mobile", "030 901820", Code.INVALID, "country code"),
        ("mobile", "9" * 300, Code.TOO_LONG, "250 characters or fewer"),
        ("passport", "Utopia", Code.INVALID, "two letters"),
        ("givenName", "Kim\nLee", Code.INVALID, "invisible characters"),
        ("shoeSize", 42, Code.UNKNOWN, "no attribute named"),
        ("email", "eve@acme.example", Code.UNKNOWN, "no attribute named"),
        ("is_active", False, Code.UNKNOWN, "no attribute named"),
    ],
)
def test_what_an_attribute_cannot_hold_is_refused_at_its_name(
    served: Tenant, name: str, value: Any, code: Code, sentence: str
) -> None:
    with pytest.raises(Refused) as refusal:
        kept(value, name)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.field) == (code, name)
    assert sentence in problem.sentence
    assert not Account.objects.filter(canonical_email="kim@acme.example").exists()


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("age", "٤١", 41),
        ("age", 41, 41),
        ("likesMail", False, False),
        ("born", "1990-12-31", "1990-12-31"),
        ("mobile", "+49 30 901820", "+4930901820"),
        ("passport", "Deutschland", "DE"),
        ("shoe", "two\r\nlines", "two\nlines"),
        ("shoe", "two\u2028lines", "two\nlines"),
        ("streetAddress", "1 Main St\nFlat 2", "1 Main St\nFlat 2"),
    ],
)
def test_a_value_is_kept_in_the_type_of_its_attribute(served: Tenant, name: str, value: Any, stored: Any) -> None:
    assert kept(value, name) == stored


def test_an_attribute_is_called_like_nothing_that_files_tell_of_an_account(served: Tenant, carol: Account) -> None:
    """In the files of customers and in the copy that they take along, one would stand in the place of the other."""
    (told,) = json.loads(copy_of(carol))["account"]
    for name in {*known_columns(()), *LABELS, *told} - {*carol.custom_attributes}:
        with pytest.raises(Refused, match="has a meaning of its own"):
            define_custom_attribute(name=name, data_type="String", actor=COMMAND)


@pytest.mark.parametrize(
    ("data_type", "fitting", "misfits"),
    [
        ("String", "abc", [5, True]),
        ("Int", 5, ["5", False]),
        ("Boolean", False, ["true", 1]),
        ("Date", "1990-12-31", ["abc", 19901231]),
        ("Phone", "+4930901820", ["030 901820", 4930901820]),
        ("Country", "DE", ["Deutschland", 49]),
    ],
)
def test_c13_a_name_is_taken_again_only_with_a_type_that_fits_what_customers_have_by_it(
    served: Tenant, carol: Account, data_type: str, fitting: Any, misfits: list[Any]
) -> None:
    for misfit in misfits:
        Account.objects.filter(pk=carol.pk).update(custom_attributes={"points": misfit})
        with pytest.raises(Refused, match="Choose another name") as refusal:
            define_custom_attribute(name="points", data_type=data_type, actor=COMMAND)
        assert refusal.value.problems[0].field == "name"
    Account.objects.filter(pk=carol.pk).update(custom_attributes={"points": fitting})
    define_custom_attribute(name="points", data_type=data_type, actor=COMMAND)


def test_a_number_that_is_named_as_an_example_could_be_a_phones_in_each_language() -> None:
    for language, _ in settings.LANGUAGES:
        with override(language):
            example = re.search(r"\+[\d\s\-]+\d", str(NOT_A_PHONE_NUMBER))
        assert example, language
        assert is_mobile_number(phone_number(example[0])), language


def test_a_refused_profile_changes_nothing(served: Tenant, carol: Account) -> None:
    with pytest.raises(Refused):
        update_profile(carol, attributes={"givenName": "Caroline", "age": "old"}, actor=COMMAND)
    assert Account.objects.get(pk=carol.pk).given_name == "Carol"
    assert carol.given_name == "Carol"


def test_a_profile_that_stays_as_it_was_is_not_noted(served: Tenant, carol: Account) -> None:
    update_profile(carol, attributes={"givenName": "Carol", "age": None}, actor=COMMAND)
    assert not Event.objects.filter(action="customer.profile_changed").exists()
    update_profile(carol, attributes={"givenName": "Carol", "age": 41}, actor=COMMAND)
    assert Event.objects.get(action="customer.profile_changed").details == {"attributes": ["age"]}


def test_two_who_change_a_profile_at_once_both_have_their_way(served: Tenant, carol: Account) -> None:
    read_before = Account.objects.get(pk=carol.pk)
    update_profile(carol, attributes={"age": 41, "surname": "Cooper"}, language="de", actor=COMMAND)
    update_profile(read_before, attributes={"likesMail": True}, actor=COMMAND)
    now = Account.objects.get(pk=carol.pk)
    assert (now.surname, now.language) == ("Cooper", "de")
    assert now.custom_attributes == {"loyaltyNumber": "C-1001", "age": 41, "likesMail": True}
    assert "cooper" in now.entry.haystack


def test_terms_that_are_accepted_in_two_tabs_are_both_kept(served: Tenant, carol: Account) -> None:
    read_before = Account.objects.get(pk=carol.pk)
    for account, version in ((carol, "1"), (read_before, "2"), (read_before, "1")):
        accept_terms(account, version=version, circumstances=Circumstances())
    assert list(Account.objects.get(pk=carol.pk).accepted_terms) == ["1", "2"]
    assert Event.objects.filter(action="customer.terms_accepted").count() == 2


def test_groups_differ_by_more_than_capitals(served: Tenant) -> None:
    wholesale = create_group(name="Wholesale", actor=COMMAND)
    retail = create_group(name="Retail", actor=COMMAND)
    with pytest.raises(Refused, match="a group with this name"):
        create_group(name="wholesale", actor=COMMAND)
    with pytest.raises(Refused, match="a group with this name"):
        update_group(retail, name="WHOLESALE", description="", actor=COMMAND)
    update_group(wholesale, name="wholesale", description="", actor=COMMAND)
    assert {group.name for group in Group.objects.all()} == {"wholesale", "Retail"}


def test_all_that_is_wrong_with_an_account_is_said_in_one_shape(served: Tenant) -> None:
    def problems(**asked: Any) -> list[tuple[str, str]]:
        with pytest.raises(Refused) as refusal:
            create_account(**{"email": "kim@acme.example", "password": None, "email_verified": True, **asked})
        return [(problem.code, problem.field) for problem in refusal.value.problems]

    assert problems(email="kim") == [(Code.INVALID, "email")]
    assert problems(email="kim@-") == [(Code.INVALID, "email")]
    assert problems(password="short") == [(Code.TOO_SHORT, "password")]
    assert problems(password="kim@acme.example") == [(Code.NOT_ALLOWED, "password")]
    assert problems(attributes={"age": "old", "shoeSize": 42}) == [(Code.INVALID, "age"), (Code.UNKNOWN, "shoeSize")]


def test_what_stays_as_it_was_is_not_noted_as_changed(served: Tenant) -> None:
    group = create_group(name="Wholesale", description="Who buys much", actor=COMMAND)
    shoe = CustomAttribute.objects.get(name="shoe")
    update_group(group, name="Wholesale ", description="Who buys much", actor=COMMAND)
    describe_custom_attribute(shoe, description="", actor=COMMAND)
    assert not Event.objects.filter(action__in=["group.changed", "attribute.changed"]).exists()
    update_group(group, name="Wholesale", description="Who buys most", actor=COMMAND)
    describe_custom_attribute(shoe, description="In European sizes", actor=COMMAND)
    assert Event.objects.filter(action__in=["group.changed", "attribute.changed"]).count() == 2
