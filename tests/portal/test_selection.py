"""Several customers of the list at once: those marked, or all that it finds, however many pages they fill."""

import html
import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.groups import create_group
from accounts.models import Account, Group
from bulk.models import Item, Operation, State
from tenants.models import Tenant
from tests.browser import Browser
from tests.bulk.files import ACTOR, csv_of, imported, work

SELECTION = "/tenants/acme/customers/selection"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def people(acme: Tenant) -> None:
    countries = ["FR"] * 60 + ["DE"] * 2
    with tenant_context(acme):
        lines = ([f"person{number}@acme.example", country] for number, country in enumerate(countries))
        imported(csv_of(["email", "country"], *lines))


def meant(acme: Tenant, operation_url: str) -> set[str]:
    number = operation_url.rstrip("/").rpartition("/")[2]
    with tenant_context(acme):
        ids = Item.objects.filter(operation_id=number).values("account_id")
        return set(Account.objects.filter(pk__in=ids).values_list("email", flat=True))


def test_those_marked_are_blocked_after_a_look_at_them(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    assert f'value="{carol.pk}" form="selection"' in ada_portal.get("/tenants/acme/customers/").content.decode()

    sent = {"action": "block", "whom": "marked", "account": [str(carol.pk), "no id"]}
    operation = ada_portal.post(SELECTION, sent).headers["Location"]
    assert "Block: 1 customer" in text(ada_portal.get(operation))
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).is_active

    ada_portal.post(f"{operation}start")
    work()
    assert "Blocked 1" in text(ada_portal.get(operation))
    with tenant_context(acme):
        assert not Account.objects.get(pk=carol.pk).is_active


def test_all_that_match_are_those_of_every_page_and_nobody_else(ada_portal: Browser, acme: Tenant) -> None:
    people(acme)
    marked = {"action": "end_sessions", "whom": "found"}

    operation = ada_portal.post(f"{SELECTION}?country=FR", marked).headers["Location"]
    assert meant(acme, operation) == {f"person{number}@acme.example" for number in range(60)}
    assert "Country or region: France" in text(ada_portal.get(operation))
    everybody = ada_portal.post(SELECTION, marked).headers["Location"]
    assert len(meant(acme, everybody)) == 64
    assert "All customers" in text(ada_portal.get(everybody))


@pytest.mark.parametrize("query", ["country=Atlantis", "q=%CC%81"])
def test_a_filter_that_cant_be_read_chooses_nobody(ada_portal: Browser, acme: Tenant, query: str) -> None:
    answer = ada_portal.post(f"{SELECTION}?{query}", {"action": "delete", "whom": "found"}, follow=True)
    assert "it isn’t clear which customers you mean" in text(answer)
    with tenant_context(acme):
        assert not Operation.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"action": "block", "whom": "marked"}, "No customer is chosen."),
        ({"action": "", "whom": "found"}, "Choose what to do with them."),
        ({"action": "import", "whom": "found"}, "Choose what to do with them."),
        ({"action": "add_to_group", "whom": "found"}, "Choose the group."),
        ({"action": "add_to_group", "whom": "found", "group": "x"}, "Choose the group."),
    ],
)
def test_what_is_missing_is_said(ada_portal: Browser, sent: dict[str, str], sentence: str) -> None:
    assert sentence in text(ada_portal.post(SELECTION, sent, follow=True))


def test_a_deletion_of_many_is_undone(ada_portal: Browser, acme: Tenant) -> None:
    people(acme)
    operation = ada_portal.post(f"{SELECTION}?country=DE", {"action": "delete", "whom": "found"}).headers["Location"]
    ada_portal.post(f"{operation}start")
    work()
    with tenant_context(acme):
        assert Account.objects.exclude(deleted_at=None).count() == 2

    page = ada_portal.get(operation).content.decode()
    [deleted] = re.findall(r'href="(/tenants/acme/customers/[^"]+operation=[^"]+)"', page)
    assert "2 customers match" in text(ada_portal.get(html.unescape(deleted)))

    undoing = ada_portal.post(f"{operation}undo").headers["Location"]
    assert "Restore: 2 customers" in text(ada_portal.get(undoing))
    ada_portal.post(f"{undoing}start")
    work()
    with tenant_context(acme):
        assert not Account.objects.exclude(deleted_at=None).exists()


def test_no_one_reads_that_links_were_sent_while_nothing_leaves(
    ada_portal: Browser, acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"action": "send_link", "whom": "marked", "account": [str(carol.pk)]}
    operation = ada_portal.post(SELECTION, sent).headers["Location"]
    assert "so these emails aren’t delivered" in text(ada_portal.get(operation))
    with monkeypatch.context() as a_server:
        a_server.setattr("bulk.views.operation_page.keeps_messages", lambda: False)
        assert "so these emails aren’t delivered" not in text(ada_portal.get(operation))
    ada_portal.post(f"{operation}start")
    work()
    assert "so these emails aren’t delivered" not in text(ada_portal.get(operation)), "they may have left"


def test_p02_customers_of_another_tenant_are_nobody(ada_portal: Browser, acme: Tenant, eve: Account) -> None:
    answer = ada_portal.post(SELECTION, {"action": "block", "whom": "marked", "account": str(eve.pk)}, follow=True)
    assert "No customer is chosen." in text(answer)


def test_a_group_is_chosen_beside_its_action(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        group = create_group(name="Wholesale", actor=ACTOR)
    sent = {"action": "add_to_group", "group": str(group.pk), "whom": "marked", "account": str(carol.pk)}
    operation = ada_portal.post(SELECTION, sent).headers["Location"]
    ada_portal.post(f"{operation}start")
    work()
    with tenant_context(acme):
        assert Group.objects.get().members.get().account_id == carol.pk
        assert Operation.objects.get().state == State.DONE
