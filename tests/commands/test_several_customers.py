"""`manage.py customer bulk`: what the portal does to a selection of customers, from a shell."""

from pathlib import Path

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from accounts.factors.phones import set_phone
from accounts.identity.services.accounts import delete_account
from accounts.identity.services.groups import create_group
from accounts.models import Account, Block, GroupMember
from applications.models import Application
from audit.models import Event
from bulk.models import Operation
from oidc.consents.services import give_consent
from tenants.models import Tenant
from tests.browser import Browser
from tests.bulk.files import ACTOR, csv_of, imported
from tests.commands.conftest import Run


def bulk(action: str, *more: str, tenant: str = "acme") -> tuple[str, ...]:
    return ("customer", "bulk", action, "--tenant", tenant, *more)


@pytest.fixture
def people(acme: Tenant) -> None:
    with tenant_context(acme):
        imported(csv_of(["email", "country"], *([f"person{each}@acme.example", "FR"] for each in range(3))))


def test_p29_no_selection_has_administrators_in_it(run: Run, home: Tenant, ada: Account) -> None:
    with pytest.raises(CommandError, match="administrators"):
        run(*bulk("delete", "--everybody", tenant="home"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("block",), "Say whom it is about"),
        (("block", "--everybody", "--country", "FR"), "Say whom it is about"),
        (("block", "--country", "IT"), "No customer is chosen"),
        (("block", "--search", " "), "--search: enter a word"),
        (("block", "--search", "\u3000", "--country", "FR"), "--search: enter a word"),
        (("block", "--search", "\u0301"), "--search: enter a word"),
        (("remove-factors", "--everybody"), "--second-factor: Choose what to take away"),
        (("add-to-group", "--everybody"), "--this-group: name the group"),
        (("delete", "--everybody", "--number", "2"), "It is about 5 customers, so nothing was done"),
        (("block", "--everybody", "--failed", "/nowhere/failed.csv"), "can't be written"),
        (("block", "--search", "per\0son"), "--search: There is a NUL character in it"),
    ],
)
def test_what_isnt_clear_is_done_to_nobody(
    run: Run, acme: Tenant, people: None, words: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*bulk(*words))
    with tenant_context(acme):
        assert Account.objects.filter(is_active=True, deleted_at=None).count() == 4
        assert Operation.objects.actions().count() == 0


def test_a_filter_is_tried_acted_upon_and_undone(run: Run, acme: Tenant, people: None) -> None:
    tried = run(*bulk("block", "--country", "FR", "--check"))
    assert (tried["customers"], sorted(tried["first"])) == (3, [f"person{each}@acme.example" for each in range(3)])
    with tenant_context(acme):
        assert not Operation.objects.actions().exists()

    done = run(*bulk("block", "--country", "FR", "--reason", "Chargebacks", "--for", "1d", "--number", "3"))
    assert (done["state"], done["done"], done["failed"]) == ("done", 3, 0)
    with tenant_context(acme):
        assert Block.objects.filter(reason="Chargebacks").count() == 3
        assert Account.objects.filter(blocked_until__isnull=False).count() == 3
        assert Event.objects.filter(action="customer.disabled", details__reason="Chargebacks").count() == 3

    listed = run("customer", "operations", "--tenant", "acme")["operations"]
    assert [(each["id"], each["subject"]) for each in listed][:1] == [(done["id"], "country=FR")]
    again = run("customer", "undo", "--tenant", "acme", "--operation", done["id"])
    assert (again["kind"], again["done"]) == ("unblock", 3)
    with pytest.raises(CommandError, match="There is no bulk operation with this ID"):
        run("customer", "undo", "--tenant", "acme", "--operation", "x")


def test_those_named_on_standard_input_are_meant_and_whoever_is_nobody_is_told(
    run: Run, acme: Tenant, carol: Account, dan: Account, eve: Account, tmp_path: Path
) -> None:
    with tenant_context(acme):
        set_phone(carol, number="+441632960001", actor=ACTOR)
    typed = f"{carol.pk}\nDAN@acme.example\n\n{eve.pk}\nnobody@acme.example\n"
    failed = tmp_path / "failed.csv"

    done = run(*bulk("remove-factors", "--second-factor", "all", "--stdin", "--failed", str(failed)), typed=typed)

    assert (done["done"], done["unchanged"], done["failed"]) == (1, 1, 2)
    assert [each["customer"] for each in done["failures"]] == [str(eve.pk), "nobody@acme.example"]
    assert "nobody@acme.example" in failed.read_text()
    with tenant_context(acme):
        assert not Account.objects.get(pk=carol.pk).phone_number


def test_names_that_are_no_text_are_refused(run: Run, acme: Tenant) -> None:
    with pytest.raises(CommandError, match="NUL"):
        run(*bulk("block", "--stdin"), typed="carol@acme.example\ncarol\0@acme.example\n")


def test_a_group_is_filled_by_a_filter_and_the_deleted_are_purged_by_their_number(
    run: Run, acme: Tenant, people: None
) -> None:
    with tenant_context(acme):
        create_group(name="French", actor=ACTOR)
    assert run(*bulk("add-to-group", "--this-group", "french", "--country", "France"))["done"] == 3
    with tenant_context(acme):
        assert GroupMember.objects.count() == 3
        for account in Account.objects.filter(email__in=["person0@acme.example", "person1@acme.example"]):
            delete_account(account, actor=ACTOR)

    with pytest.raises(CommandError, match="can't be undone"):
        run(*bulk("purge", "--state", "deleted"))
    assert run(*bulk("purge", "--state", "deleted", "--number", "2"))["done"] == 2
    with tenant_context(acme):
        assert Account.objects.filter(email__startswith="person").count() == 1


def test_one_session_ends_and_an_application_loses_its_access(
    run: Run, acme: Tenant, carol: Account, bookshop: Application
) -> None:
    with tenant_context(acme):
        give_consent(carol, bookshop, scopes=["profile"])
    browsers = [Browser(acme), Browser(acme)]
    for browser in browsers:
        browser.sign_in(carol)
    about = ("--tenant", "acme", "--email", carol.email)
    shown = run("customer", "show", *about)
    assert len(shown["sessions"]) == 2
    assert [each["client_id"] for each in shown["applications"]] == [bookshop.client_id]

    run("customer", "end-session", *about, "--session", shown["sessions"][0]["id"])
    run("customer", "withdraw-consent", *about, "--client-id", bookshop.client_id)

    left = run("customer", "show", *about)
    assert (left["sessions"], left["applications"]) == (shown["sessions"][1:], [])
    with pytest.raises(CommandError, match="has no such session"):
        run("customer", "end-session", *about, "--session", shown["sessions"][0]["id"])
    with pytest.raises(CommandError, match="has no access to this account"):
        run("customer", "withdraw-consent", *about, "--client-id", bookshop.client_id)
