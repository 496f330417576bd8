"""Values of attributes are judged once, in the service: whoever writes them, no door has rules of its own."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account, update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.identity.services.groups import create_group, update_group
from accounts.models import Account, Group
from audit.services import Actor
from tenants.models import Tenant

pytestmark = pytest.mark.django_db
ZERO_WIDTH_SPACE, SOFT_HYPHEN, BRAILLE_BLANK, HANGUL_FILLER = "\u200b", "\u00ad", "\u2800", "\u3164"
JOINER, NON_JOINER = "\u200d", "\u200c"
COMMAND = Actor.command()


@pytest.fixture
def served(acme: Tenant) -> Any:
    """acme, with an attribute of each type."""
    with tenant_context(acme):
        for name, data_type in (("age", "Int"), ("likesMail", "Boolean"), ("shoe", "String")):
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
    with pytest.raises(ValidationError, match="characters that can’t be seen"):
        kept(f"Kim{turning}gnikcah")


def test_joiners_stay_where_scripts_need_them_and_other_invisible_signs_go(served: Tenant) -> None:
    persian, family = f"می{NON_JOINER}خواهم", f"👩{JOINER}👧"
    assert kept(f"{ZERO_WIDTH_SPACE}{persian}{SOFT_HYPHEN} {family}") == f"{persian} {family}"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("givenName", "x" * 65, "64 characters or fewer"),
        ("shoe", "x" * 251, "250 characters or fewer"),
        ("givenName", 7, "characters that can't be used"),
        ("givenName", ["Kim"], "characters that can't be used"),
        ("age", "forty", "whole number"),
        ("age", "4_1", "whole number"),
        ("age", True, "whole number"),
        ("age", 2**53, "smaller number"),
        ("age", str(-(2**53)), "larger number"),
        ("likesMail", "yes", "one of the options"),
        ("shoeSize", 42, "no attribute named"),
        ("email", "eve@acme.example", "no attribute named"),
        ("is_active", False, "no attribute named"),
    ],
)
def test_what_an_attribute_cannot_hold_is_refused_at_its_name(
    served: Tenant, name: str, value: Any, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        kept(value, name)
    assert list(refusal.value.message_dict) == [name]
    assert sentence in refusal.value.message_dict[name][0]
    assert not Account.objects.filter(canonical_email="kim@acme.example").exists()


@pytest.mark.parametrize(("name", "value", "stored"), [("age", "٤١", 41), ("age", 41, 41), ("likesMail", False, False)])
def test_a_value_is_kept_in_the_type_of_its_attribute(served: Tenant, name: str, value: Any, stored: Any) -> None:
    assert kept(value, name) == stored


def test_a_refused_profile_changes_nothing(served: Tenant, carol: Account) -> None:
    with pytest.raises(ValidationError):
        update_profile(carol, attributes={"givenName": "Caroline", "age": "old"}, actor=COMMAND)
    assert Account.objects.get(pk=carol.pk).given_name == "Carol"
    assert carol.given_name == "Carol"


def test_groups_differ_by_more_than_capitals(served: Tenant) -> None:
    wholesale = create_group(name="Wholesale", actor=COMMAND)
    retail = create_group(name="Retail", actor=COMMAND)
    with pytest.raises(ValidationError, match="a group of this name"):
        create_group(name="wholesale", actor=COMMAND)
    with pytest.raises(ValidationError, match="a group of this name"):
        update_group(retail, name="WHOLESALE", description="", actor=COMMAND)
    update_group(wholesale, name="wholesale", description="", actor=COMMAND)
    assert {group.name for group in Group.objects.all()} == {"wholesale", "Retail"}
