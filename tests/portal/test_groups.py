"""Groups of customers: found while typing, added by the list, as many as there are."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import delete_account
from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account, DeletedGroup, Group, GroupMember
from audit.models import Event
from audit.services import Actor
from operations.groups import delete_group
from portal.views import groups
from tenants.models import Tenant
from tests.browser import Browser
from tests.bulk.files import ACTOR, csv_of, imported, work


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.fixture
def wholesale(acme: Tenant) -> Group:
    with tenant_context(acme):
        return create_group(name="Wholesale", actor=ACTOR)


@pytest.fixture
def page(wholesale: Group, settings: Any) -> str:
    return reverse("portal:group", urlconf=settings.HOME_URLCONF, args=["acme", wholesale.pk])


def members(acme: Tenant) -> set[str]:
    with tenant_context(acme):
        return set(GroupMember.objects.values_list("account__email", flat=True))


def test_a_name_is_anothers_whatever_its_capitals(ada_portal: Browser, wholesale: Group) -> None:
    answer = ada_portal.post("/tenants/acme/groups/", {"name": "WHOLESALE"})
    assert "There is already a group with this name." in text(answer)


def test_a_description_that_is_too_long_is_told_so_in_the_readers_language(ada_portal: Browser, acme: Tenant) -> None:
    long = {"name": "Retail", "description": "x" * 501}
    told = text(ada_portal.post("/tenants/acme/groups/", long, headers={"accept-language": "de"}))
    assert "Verwenden Sie höchstens 500 Zeichen." in told


def test_customers_are_found_while_typing_and_added_by_a_press(ada_portal: Browser, acme: Tenant, page: str) -> None:
    found = ada_portal.get(page, {"find": "arol"})
    assert "Carol Carter carol@acme.example" in text(found)
    assert "dan@acme.example" not in text(found)
    assert "No one matches" in text(ada_portal.get(page, {"find": "nobody\0at all"}))

    ada_portal.post(f"{page}add", {"email": "carol@acme.example"})
    assert members(acme) == {"carol@acme.example"}
    assert "In the group" in text(ada_portal.get(page, {"find": "carol"}))


def test_a_pasted_list_tells_what_became_of_each_line(ada_portal: Browser, acme: Tenant, page: str) -> None:
    with tenant_context(acme):
        add_to_group(Group.objects.get(), account=Account.objects.get(email="dan@acme.example"), actor=ACTOR)
    pasted = " CAROL@acme.example\r\ndan@acme.example\r\n\r\nnobody@acme.example\r\nCAROL@acme.example\r\n"

    operation = ada_portal.post(f"{page}add-many", {"addresses": pasted}).headers["Location"]
    work()
    told = text(ada_portal.get(operation))
    assert "Chosen 3 Added 1 No change needed 1 Failed 1" in told
    assert "nobody@acme.example No customer has this address." in told
    assert members(acme) == {"carol@acme.example", "dan@acme.example"}
    failed = ada_portal.get(f"{operation}failed.csv").getvalue().decode("utf-8-sig").splitlines()
    assert failed[1:] == ['"nobody@acme.example","No customer has this address."']
    with tenant_context(acme):
        assert Event.objects.filter(action="group.member_added", actor_kind="administrator").count() == 1


def test_a_group_deleted_twice_at_once_is_told_as_gone(
    ada_portal: Browser, wholesale: Group, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_is_faster(group: Group, *, actor: Actor) -> DeletedGroup:
        assert delete_group(group, actor=ACTOR).get_deferred_fields() == {"members", "since"}
        return delete_group(group, actor=actor)

    monkeypatch.setattr(groups, "delete_group", somebody_is_faster)
    told = text(ada_portal.post(f"{page}delete/", {"typed_name": "Wholesale"}, follow=True))

    assert "This group no longer exists." in told
    assert told.count("Wholesale") == 1, "restorable, once"


def test_nobody_is_added_to_a_group_while_it_is_deleted(
    ada_portal: Browser, acme: Tenant, carol: Account, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_is_faster(group: Group, **given: Any) -> None:
        delete_group(group, actor=ACTOR)
        add_to_group(group, **given)

    monkeypatch.setattr(groups, "add_to_group", somebody_is_faster)
    told = text(ada_portal.post(f"{page}add", {"email": carol.email}, follow=True))

    assert "This group no longer exists." in told
    assert members(acme) == set()


def test_of_many_deleted_groups_the_newest_are_listed(
    ada_portal: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MOST_DELETED", 2)
    with tenant_context(acme):
        for name in ("First", "Second"):
            delete_group(create_group(name=name, actor=ACTOR), actor=ACTOR)
    listed = "/tenants/acme/groups/"
    assert "deleted last" not in text(ada_portal.get(listed))
    with tenant_context(acme):
        delete_group(create_group(name="Third", actor=ACTOR), actor=ACTOR)
    told = text(ada_portal.get(listed))
    assert "Only the 2 groups deleted last are listed." in told
    assert "Second" in told
    assert "First" not in told


def test_an_empty_list_or_an_endless_one_is_refused(ada_portal: Browser, page: str) -> None:
    assert "Enter an email address." in text(ada_portal.post(f"{page}add-many", {"addresses": " \n "}))
    many = "\n".join(f"person{number}@acme.example" for number in range(5001))
    assert "Enter 5,000 addresses at most." in text(ada_portal.post(f"{page}add-many", {"addresses": many}))


def test_members_by_hundreds_are_read_page_by_page_and_searched(
    ada_portal: Browser, acme: Tenant, wholesale: Group, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "COUNTED_UP_TO", 100)
    with tenant_context(acme):
        lines = ([f"person{number}@acme.example"] for number in range(120))
        imported(csv_of(["email"], *lines), group_id=wholesale.pk)
    first = ada_portal.get(page)
    assert "More than 100 customers" in text(first)
    assert "100+" in text(ada_portal.get("/tenants/acme/groups/"))

    seen, url = set(), page
    for _ in range(3):
        answer = ada_portal.get(url)
        seen |= set(re.findall(r"person\d+@acme\.example", text(answer)))
        following = re.search(r'rel="next" href="([^"]+)"', answer.content.decode())
        url = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == 120
    assert not url
    assert set(re.findall(r"person\d+@acme", text(ada_portal.get(page, {"q": "person77"})))) == {"person77@acme"}


def test_a_group_that_was_looked_through_to_its_end_isnt_called_empty(
    ada_portal: Browser, acme: Tenant, carol: Account, dan: Account, wholesale: Group, page: str, monkeypatch: Any
) -> None:
    """Dan came last and is a member; Carol came before him and is none."""
    with tenant_context(acme):
        add_to_group(wholesale, account=dan, actor=ACTOR)
        order = list(Account.objects.order_by("-created_at").values_list("email", flat=True))
    assert order[0] == dan.email
    monkeypatch.setattr("accounts.finding.in_order.MOST_TOLD", -1)
    monkeypatch.setattr("common.database.strides.STRIDE", 1)
    monkeypatch.setattr("common.database.strides.SECONDS", -1)
    seen = ada_portal.get(page)
    assert dan.email in text(seen)
    while further := seen.context["page"].next_url:
        seen = ada_portal.get(further)
    assert "No one else found" in text(seen)
    assert "No one is in this group yet" not in text(seen)


def test_a_deleted_customer_isnt_offered(ada_portal: Browser, acme: Tenant, page: str) -> None:
    with tenant_context(acme):
        delete_account(Account.objects.get(email="carol@acme.example"), actor=ACTOR)
    assert "carol@acme.example" not in text(ada_portal.get(page, {"find": "carol"}))


def test_p02_a_list_for_a_group_of_another_tenant_adds_nobody(
    ada_portal: Browser, acme: Tenant, globex: Tenant, page: str, wholesale: Group
) -> None:
    with tenant_context(globex):
        foreign = create_group(name="Foreign", actor=ACTOR)
    answer = ada_portal.post(
        page.replace(str(wholesale.pk), str(foreign.pk)) + "add-many", {"addresses": "a@b.example"}
    )
    assert answer.status_code == 404
