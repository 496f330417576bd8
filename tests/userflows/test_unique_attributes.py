"""Attributes of which no two customers have the same: C-14, wherever a value comes from."""

import unicodedata

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services import uniqueness
from accounts.identity.services.accounts import delete_account, purge_account, update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.identity.services.uniqueness import compared
from accounts.models import Account, CustomAttribute, UniqueValue
from audit.services import Actor
from bulk.imports.services import bring_in
from common.problems import Refused
from providers.services import mappable_attributes
from tenants.models import Tenant
from tests.bulk.files import ACTOR, checked, csv_of, work
from tests.cast import PASSWORD
from tests.userflows.customer import Customer
from tests.userflows.several import make_account
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.removal import delete_attribute_everywhere
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
NEW = "new@acme.example"
LEFT_OUT = {"Cc", "Cs"}
NOT_FREE = "This isn&#x27;t available. Check what you entered."


@pytest.fixture
def card(acme: Tenant, carol: Account) -> CustomAttribute:
    """The number of a card, which Carol has: acme's flow asks for it."""
    with tenant_context(acme):
        card = define_custom_attribute(name="card", data_type="String", is_unique=True, actor=COMMAND)
        flow = UserFlow.objects.get(is_default=True)
        set_page_layout(flow, layout=[AttributeLayout("card"), AttributeLayout("givenName")], actor=COMMAND)
        update_profile(carol, attributes={"card": "Straße 1"}, actor=COMMAND)
    return card


def test_c14_what_somebody_has_is_refused_in_words_that_tell_nothing_of_whom(
    acme: Tenant, carol: Account, card: CustomAttribute
) -> None:
    """At sign-up and on the profile, in whichever capitals; also if they are deleted, until they are purged."""
    with tenant_context(acme):
        delete_account(carol, actor=COMMAND)
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    refused = customer.submit({"password": PASSWORD, "givenName": "Nora", "card": "STRASSE １"})
    assert refused.status_code == 400
    assert NOT_FREE in customer.text
    assert "Nora" in customer.text
    assert carol.email not in customer.text
    customer.submit({"givenName": "Nora", "card": "2"})
    assert customer.is_signed_in
    assert NOT_FREE in customer.browser.post("/profile/", {"card": "strasse 1"}).content.decode()
    with tenant_context(acme):
        purge_account(carol, actor=COMMAND)
    assert customer.browser.post("/profile/", {"card": "strasse 1"}).status_code == 303
    assert customer.browser.post("/profile/", {"card": ""}).status_code == 303
    with tenant_context(acme):
        assert not UniqueValue.objects.exists()


def test_a02_eve_cannot_ask_for_all_there_are_where_she_signs_in_nor_on_her_profile(
    acme: Tenant, carol: Account, card: CustomAttribute
) -> None:
    with tenant_context(acme):
        rows = [AttributeLayout("card", is_required=True, asked="missing"), AttributeLayout("preferred_username")]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=rows, actor=COMMAND)
    eve = Customer(acme)
    eve.sign_in(make_account(acme, "Eve").email)
    assert [eve.submit({"card": "strasse 1"}).status_code for _ in range(21)] == [400] * 20 + [429]
    assert "Try again in" in eve.text
    assert 'value="strasse 1"' in eve.text
    carols = Customer(acme)
    carols.sign_in(carol.email)
    # What stays as it is asks for nothing, and one count is that of both.
    tried = [{"card": "STRASSE 1"}] * 2 + [{"card": str(number)} for number in range(10)]
    tried += [{"preferred_username": f"carol{number}", "card": "9"} for number in range(11)]
    answers = [carols.browser.post("/profile/", sent).status_code for sent in tried]
    assert answers == [303] * 22 + [429]


def test_c14_of_two_at_once_the_database_lets_one_have_it(acme: Tenant, carol: Account, card: CustomAttribute) -> None:
    with tenant_context(acme):
        dan = Account.objects.get(email="dan@acme.example")
        with pytest.raises(Refused, match="available"):
            update_profile(dan, attributes={"card": "strasse 1", "givenName": "Daniel"}, actor=COMMAND)
        dan.refresh_from_db()
        assert (dan.given_name, dan.custom_attributes) == ("Dan", {})
        update_profile(carol, attributes={"card": "3"}, actor=COMMAND)
        update_profile(dan, attributes={"card": "strasse 1"}, actor=COMMAND)


def test_c14_a_file_brings_none_in_twice(acme: Tenant, carol: Account, card: CustomAttribute) -> None:
    with tenant_context(acme):
        rows = [["zoe@acme.example", "7"], ["yan@acme.example", "7"], ["xia@acme.example", "STRASSE 1"]]
        rows += [["wim@acme.example", "8"], [carol.email, "9"]]
        operation = checked(csv_of(["email", "card"], *rows), existing="update")
        assert {sentence.partition(" ")[0] for sentence, _ in operation.problems} == {"Another", "Further"}
        update_profile(Account.objects.get(email="dan@acme.example"), attributes={"card": "8"}, actor=COMMAND)
        bring_in(operation, actor=ACTOR)
        work()
        cards = {each.email: each.custom_attributes.get("card") for each in Account.objects.all()}
        assert (cards["zoe@acme.example"], cards["wim@acme.example"], cards["dan@acme.example"]) == ("7", None, "8")
        # What somebody has here already no file changes.
        assert cards[carol.email] == "Straße 1"
        kept = dict(UniqueValue.objects.values_list("value", "account_id"))
        assert set(kept) == {"7", "8", "strasse 1"}
        assert kept["7"] == Account.objects.get(email="zoe@acme.example").pk


def test_nobody_is_given_such_a_value_without_being_asked(acme: Tenant, card: CustomAttribute) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        for row in (AttributeLayout("card", default="1"), AttributeLayout("preferred_username", default="cc.1")):
            with pytest.raises(Refused, match="neither hidden nor the same for everyone"):
                set_page_layout(flow, layout=[row], actor=COMMAND)
        assert "card" not in mappable_attributes("openid")
        with pytest.raises(Refused, match="Many customers"):
            define_custom_attribute(name="member", data_type="Boolean", is_unique=True, actor=COMMAND)


def test_c14_eve_cannot_have_more_of_one_than_an_index_holds(
    acme: Tenant, carol: Account, card: CustomAttribute
) -> None:
    """A letter of hers may be compared as eighteen: all of them stay within what PostgreSQL takes into an index."""
    characters = [
        character for character in map(chr, range(0x2FFFF)) if unicodedata.category(character) not in LEFT_OUT
    ]
    longest = "".join(sorted(characters, key=lambda each: len(compared(each).encode()))[-250:])
    with tenant_context(acme):
        for number in (longest, "\ufdfa" * 250):
            update_profile(carol, attributes={"card": number}, actor=COMMAND)
        with pytest.raises(Refused, match="250 characters or fewer"):
            update_profile(carol, attributes={"card": "x" * 251}, actor=COMMAND)


def test_an_attribute_that_comes_again_keeps_whose_its_values_are(
    acme: Tenant, carol: Account, card: CustomAttribute, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uniqueness, "AT_ONCE", 1)
    with tenant_context(acme):
        delete_attribute_everywhere(card, actor=COMMAND)
        assert not UniqueValue.objects.exists()
        define_custom_attribute(name="card", data_type="String", is_unique=True, actor=COMMAND)
        assert UniqueValue.objects.get().account_id == carol.pk
        delete_attribute_everywhere(CustomAttribute.objects.get(name="card"), actor=COMMAND)
        Account.objects.filter(email="dan@acme.example").update(custom_attributes={"card": "STRASSE 1"})
        with pytest.raises(Refused, match="some of them alike"):
            define_custom_attribute(name="card", data_type="String", is_unique=True, actor=COMMAND)
        Account.objects.filter(email="dan@acme.example").update(custom_attributes={"card": "x" * 1000})
        with pytest.raises(Refused, match="some of them too long"):
            define_custom_attribute(name="card", data_type="String", is_unique=True, actor=COMMAND)
