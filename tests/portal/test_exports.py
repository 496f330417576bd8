"""Taking customers away as a file, at the portal."""

from codecs import BOM_UTF8
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.accounts import disable_account
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from portal_frame import downloads
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tests.browser import Browser
from userflows.links.services import invite_customer

EXPORTS = "/tenants/acme/exports/"


def test_ada_takes_the_columns_she_chose_and_it_is_noted(ada_portal: Browser, acme: Tenant, ada: Account) -> None:
    page = ada_portal.get(EXPORTS).content.decode()
    assert "loyaltyNumber" in page

    answer = ada_portal.post(EXPORTS, {"kind": "csv", "columns": ["email", "loyaltyNumber"]})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="acme-customers-20')
    assert answer.headers["Cache-Control"] == "no-store, private"
    content = answer.getvalue()
    # What spreadsheets tell UTF-8 by.
    assert content.startswith(BOM_UTF8)
    assert content.decode("utf-8-sig").splitlines() == [
        '"email","loyaltyNumber"',
        '"carol@acme.example","C-1001"',
        '"dan@acme.example",""',
    ]
    with tenant_context(acme):
        assert Event.objects.get(action="customers.exported").actor_id == str(ada.pk)


def test_the_file_has_those_whom_the_list_shows(ada_portal: Browser, acme: Tenant) -> None:
    page = ada_portal.get(f"{EXPORTS}?state=blocked")
    assert "State" in page.content.decode()
    answer = ada_portal.post(f"{EXPORTS}?state=blocked", {"kind": "csv", "columns": ["email"]})
    assert answer.getvalue().decode("utf-8-sig").splitlines() == ['"email"', '"dan@acme.example"']
    nobody = ada_portal.post(f"{EXPORTS}?state=locked", {"kind": "csv", "columns": ["email"]})
    assert nobody.getvalue().decode("utf-8-sig").splitlines() == ['"email"']
    with tenant_context(acme):
        noted = Event.objects.filter(action="customers.exported").order_by("pk")
        assert [event.details["filter"] for event in noted] == ["state=blocked", "state=locked"]


def test_p43_hashes_leave_to_owners_alone_and_in_json_lines(
    ada_portal: Browser, acme: Tenant, ada: Account, globex: Tenant
) -> None:
    sent = {"columns": ["email"], "with_hashes": "on"}
    owned = ada_portal.post(EXPORTS, {**sent, "kind": "jsonl"}).getvalue().decode()
    assert "argon2$argon2id$" in owned
    assert "as JSON lines only" in ada_portal.post(EXPORTS, {**sent, "kind": "csv"}).content.decode()

    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk).update(role=AdministratorRole.USER_ADMINISTRATOR)
    assert "With password hashes" not in ada_portal.get(EXPORTS).content.decode()
    assert "argon2" not in ada_portal.post(EXPORTS, {**sent, "kind": "jsonl"}).getvalue().decode()


def test_p43_no_column_is_a_way_to_hashes(ada_portal: Browser, acme: Tenant) -> None:
    for columns in (["email", "passwordHash"], ["password"], []):
        answer = ada_portal.post(EXPORTS, {"kind": "jsonl", "columns": columns})
        assert answer.headers["Content-Type"].startswith("text/html")
    with tenant_context(acme):
        assert not Event.objects.filter(action="customers.exported").exists()


def test_administrators_arent_exported(olga_portal: Browser) -> None:
    assert olga_portal.get("/tenants/home/exports/").status_code == 404


def begun(tenant: Tenant) -> downloads.Download:
    download = downloads.streamed(tenant, iter([b"1", b"2"]), file_name="x.csv")
    assert isinstance(download, downloads.Download)
    return download


def test_a_place_is_given_back_when_a_download_ends_or_breaks_off(acme: Tenant) -> None:

    for _ in range(downloads.AT_ONCE + 1):
        assert begun(acme).getvalue() == b"12"
    held = [iter(begun(acme)) for _ in range(downloads.OF_ONE_TENANT)]
    assert [next(each) for each in held] == [b"1"] * downloads.OF_ONE_TENANT
    try:
        next(iter(begun(acme)))
    except downloads.TooManyDownloads:
        held.pop()
    else:
        raise AssertionError("One more than there may be was begun.")
    assert begun(acme).getvalue() == b"12"


def test_one_tenants_downloads_leave_a_place_to_others(acme: Tenant, globex: Tenant) -> None:
    held = [iter(begun(acme)) for _ in range(downloads.OF_ONE_TENANT)]
    assert {next(each) for each in held} == {b"1"}
    with pytest.raises(downloads.TooManyDownloads):
        next(iter(begun(acme)))
    assert begun(globex).getvalue() == b"12"


@pytest.mark.parametrize("filters", ["group=00000000-0000-4000-8000-000000000000", "state=zzz", "up_from=garbage"])
def test_p21_a_filter_that_can_not_be_read_takes_nobody_along(
    ada_portal: Browser, acme: Tenant, carol: Account, filters: str
) -> None:
    answer = ada_portal.post(f"{EXPORTS}?{filters}", {"kind": "csv", "columns": ["email"]})
    assert "A filter can’t be read" in answer.content.decode()
    with tenant_context(acme):
        assert not Event.objects.filter(action__endswith="exported").exists()


def test_the_state_of_an_account_is_not_the_state_somebody_lives_in(
    ada_portal: Browser, acme: Tenant, carol: Account
) -> None:
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(state="Kansas")
    answer = ada_portal.post(f"{EXPORTS}?q=carol", {"kind": "csv", "columns": ["accountState", "state"]})
    assert answer.getvalue().decode("utf-8-sig").splitlines() == ['"accountState","state"', '"active","Kansas"']


def test_the_state_of_an_account_is_the_one_that_the_list_shows(
    ada_portal: Browser, acme: Tenant, carol: Account, dan: Account
) -> None:
    with tenant_context(acme):
        disable_account(dan, until=timezone.now() + timedelta(days=1), actor=Actor.command())
        Account.objects.filter(pk=dan.pk).update(blocked_until=timezone.now() - timedelta(days=1))
        invite_customer(email="fay@acme.example", attributes={}, actor=Actor.command())
    shown = {"active": {carol.email, dan.email}, "invited": {"fay@acme.example"}, "blocked": set[str]()}
    for state, expected in shown.items():
        answer = ada_portal.post(f"{EXPORTS}?state={state}", {"kind": "csv", "columns": ["email", "accountState"]})
        [_, *lines] = answer.getvalue().decode("utf-8-sig").splitlines()
        assert set(lines) == {f'"{email}","{state}"' for email in expected}
