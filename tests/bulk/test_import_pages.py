"""The pages of an import: with a script the file comes in pieces, without one whole; one may leave and come back."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.services import Actor
from bulk.imports.sample_files import HASH, sample_csv, sample_json_lines
from bulk.models import Operation, State
from tenants.models import Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership
from tests.browser import Browser
from tests.bulk.files import imported, uploaded, work
from tests.bulk.hashes import BCRYPT

IMPORTS = "/tenants/acme/imports/"
CONTENT = f"email,Nr,passwordHash\nzoe@acme.example,C-7,{BCRYPT}\nbroken,C-8,\ncarol@acme.example,C-9,\n"
CHOSEN = {
    "column0": "email",
    "column1": "custom:loyaltyNumber",
    "column2": "passwordHash",
    "existing": "skip",
    "verified": "no",
}


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def send(portal: Browser, content: str) -> str:
    """Send the file whole. Returns the address of the import."""
    file = SimpleUploadedFile("people.csv", content.encode())
    return str(portal.post(IMPORTS, {"file": file}).headers["Location"])


def test_an_import_without_a_script_from_the_file_to_the_report(ada_portal: Browser, acme: Tenant) -> None:
    url = send(ada_portal, CONTENT)
    columns = ada_portal.get(url)
    assert "C-7" in text(columns)
    assert BCRYPT not in columns.content.decode()
    assert re.search(r'<option value="passwordHash" selected', columns.content.decode())

    assert ada_portal.post(url, CHOSEN).headers["Location"] == url
    assert "Checking the file" in text(ada_portal.get(url))
    work()
    told = text(ada_portal.get(url))
    assert "Import 1 customer" in told
    assert "email: Enter one plain email address. Line 3 1" in told

    refused = ada_portal.get(f"{url}refused.csv")
    assert refused.headers["Content-Disposition"].startswith("attachment")
    assert refused.getvalue().decode().splitlines()[1] == (
        '"3","email: Enter one plain email address.","broken","C-8",""'
    )

    assert ada_portal.post(f"{url}start").headers["Location"] == url
    work()
    done = ada_portal.get(url)
    assert "Imported 1" in text(done)
    [shown] = re.findall(r'href="(/tenants/acme/customers/[?]operation=[^"]+)"', done.content.decode())
    listed = text(ada_portal.get(shown))
    assert "1 customer matches" in listed
    assert "Bulk operation: Import: people.csv" in listed
    assert "zoe@acme.example" in listed
    with tenant_context(acme):
        assert Account.objects.get(email="zoe@acme.example").attribute("loyaltyNumber") == "C-7"
    assert "people.csv" in text(ada_portal.get("/tenants/acme/operations/"))
    with tenant_context(acme):
        Operation.objects.all().delete()
    assert "can’t be read and was left out: Bulk operation" in text(ada_portal.get(shown))


def test_a_script_sends_the_file_in_pieces(ada_portal: Browser, acme: Tenant) -> None:
    begun = ada_portal.post(f"{IMPORTS}begin", {"name": "people.csv", "size": str(len(CONTENT))})
    url = begun.json()["url"]
    assert begun.status_code == 201
    assert "isn’t here whole" in text(ada_portal.get(url))

    wrong = ada_portal.post(f"{url}pieces/0", b"short", content_type="application/octet-stream")
    assert (wrong.status_code, wrong.json()) == (409, {"problem": "This isn’t the next piece of the file."})
    sent = ada_portal.post(f"{url}pieces/0", CONTENT.encode(), content_type="application/octet-stream")
    assert sent.json() == {"is_whole": True}
    assert "Check the file" in text(ada_portal.get(url))


@pytest.mark.parametrize("size", ["", "-1", "٣", "1e3", "99999999999999999999", str(2**31)])
def test_a_size_that_is_none_or_too_much_is_refused(ada_portal: Browser, size: str) -> None:
    answer = ada_portal.post(f"{IMPORTS}begin", {"name": "people.csv", "size": size})
    assert answer.status_code == 400
    assert answer.json()["problem"]


def test_what_is_wrong_with_the_columns_stands_at_them_and_nothing_is_lost(ada_portal: Browser) -> None:
    url = send(ada_portal, CONTENT)

    answer = ada_portal.post(url, {**CHOSEN, "column1": "email", "verified": "file"})
    assert "“email” is already Email address." in text(answer)
    assert "Say which column tells whether an address is verified." in text(answer)
    assert len(re.findall(r'<option value="email" selected', answer.content.decode())) == 2

    assert "Choose one of those shown" in text(ada_portal.post(url, {**CHOSEN, "column1": "password"}))
    assert "Choose one of those shown" in text(ada_portal.post(url, {**CHOSEN, "group": "not a group"}))


@pytest.mark.parametrize(
    ("verified", "told"), [("no", "no address counts"), ("yes", "every address counts"), ("file", "")]
)
def test_a_column_that_the_choice_for_all_goes_over_is_named(ada_portal: Browser, verified: str, told: str) -> None:
    url = send(ada_portal, '{"email": "zoe@acme.example", "email_verified": true}\n')
    columns = ada_portal.get(url)
    assert "True" not in text(columns), "JSON is shown as JSON"
    assert re.search(r'value="file"[^>]* checked', columns.content.decode())
    ada_portal.post(url, {**CHOSEN, "column1": "emailVerified", "verified": verified})
    work()
    checked = text(ada_portal.get(url))
    ada_portal.post(f"{url}start")
    work()
    for page in (checked, text(ada_portal.get(url))):
        assert ("The column email_verified isn’t used" in page) == bool(told)
        assert told in page


def test_columns_may_be_changed_after_the_check(ada_portal: Browser, acme: Tenant) -> None:
    url = send(ada_portal, CONTENT)
    ada_portal.post(url, {**CHOSEN, "column0": "", "column1": "email"})
    work()
    assert "Nothing to import" in text(ada_portal.get(url))

    ada_portal.post(f"{url}columns")
    ada_portal.post(url, CHOSEN)
    work()
    with tenant_context(acme):
        operation = Operation.objects.get()
        assert (operation.state, operation.total, operation.good) == (State.CHECKED, 3, 2)


def test_an_import_may_be_stopped_and_what_came_in_stays(ada_portal: Browser, acme: Tenant) -> None:
    url = send(ada_portal, CONTENT)
    ada_portal.post(url, CHOSEN)
    number = url.rstrip("/").rpartition("/")[2]

    ada_portal.post(f"/tenants/acme/operations/{number}/cancel")
    work()
    assert "Cancelled" in text(ada_portal.get(url))
    assert "has already ended" in text(ada_portal.post(f"/tenants/acme/operations/{number}/cancel", follow=True))
    assert "continued in the meantime" in text(ada_portal.post(f"{url}start", follow=True))


def test_a_page_that_looks_again_is_told_when_there_is_more_to_see(ada_portal: Browser, acme: Tenant) -> None:
    url = send(ada_portal, CONTENT)
    ada_portal.post(url, CHOSEN)
    asks_again = {"HX-Request": "true"}

    assert 'hx-trigger="every 1s"' in ada_portal.get(url, headers=asks_again).content.decode()
    work()
    assert ada_portal.get(url, headers=asks_again).headers["HX-Refresh"] == "true"


def test_a_job_that_failed_is_told_at_once_with_a_way_on(
    ada_portal: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = send(ada_portal, '[{"email": "zoe@acme.example"}, 5]')
    with monkeypatch.context() as broken:
        broken.setattr("bulk.imports.steps.plan_of", None)
        ada_portal.post(url, {"column0": "email", "existing": "skip", "verified": "no"})
        work()
    shown = text(ada_portal.get(url))
    assert "The job failed." in shown
    assert "work continues" not in shown

    ada_portal.post(url.replace("imports", "operations") + "continue")
    resumed = text(ada_portal.get(url))
    assert "0 entries read, 0 with problems." in resumed
    assert "work continues" in resumed
    work()
    told = text(ada_portal.get(url))
    assert "Entries 2" in told
    assert "Entry 2" in told
    assert "Line" not in told


def test_an_undo_asks_first_and_names_whom_it_is_about(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        operation = imported(CONTENT)
    page = ada_portal.post(f"/tenants/acme/operations/{operation.pk}/undo", follow=True)
    assert "Delete: 1 customer" in text(page)
    assert "zoe@acme.example" in text(page)
    with tenant_context(acme):
        assert Account.objects.kept().filter(email="zoe@acme.example").exists()

    undoing = page.redirect_chain[-1][0]
    assert "Deleted 1" in text(_after_work(ada_portal, ada_portal.post(f"{undoing}start").headers["Location"]))
    with tenant_context(acme):
        assert not Account.objects.kept().filter(email="zoe@acme.example").exists()


def _after_work(portal: Browser, url: str) -> Any:
    work()
    return portal.get(url)


def test_the_samples_can_be_imported_as_they_are(ada_portal: Browser, acme: Tenant) -> None:
    assert ada_portal.get(f"{IMPORTS}sample.csv").content == sample_csv()
    assert ada_portal.get(f"{IMPORTS}sample.jsonl").content.decode() == sample_json_lines()
    with tenant_context(acme):
        for content in (sample_csv(), sample_json_lines()):
            assert imported(content, existing="update").failed == 0
        assert Account.objects.get(email="jonas@customer.example").password == f"crypt{HASH}"


def test_there_is_no_import_of_administrators(olga_portal: Browser) -> None:
    assert olga_portal.get("/tenants/home/imports/").status_code == 404
    assert olga_portal.post("/tenants/home/imports/begin", {"name": "a", "size": "1"}).status_code == 404


def test_p02_an_import_isnt_reached_by_the_address_of_another_thing(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        operation = uploaded(CONTENT)
    assert (
        ada_portal.get(f"/tenants/acme/operations/{operation.pk}/").headers["Location"] == f"{IMPORTS}{operation.pk}/"
    )
    assert ada_portal.post(f"/tenants/acme/operations/{operation.pk}/start").status_code in {302, 404}
    with tenant_context(acme):
        operation.refresh_from_db()
        assert operation.state == State.UPLOADED


@pytest.mark.parametrize("role", [AdministratorRole.READER, AdministratorRole.SUPPORT])
def test_whoever_may_not_see_imports_is_not_told_of_them_by_the_list_of_customers(
    stranger_portal: Browser, stranger: Account, acme: Tenant, role: AdministratorRole
) -> None:
    add_membership(tenant=acme, account_id=stranger.pk, role=role, actor=Actor.command())
    with tenant_context(acme):
        operation = imported(CONTENT)

    told = text(stranger_portal.get(f"/tenants/acme/customers/?operation={operation.pk}"))

    assert f"was left out: Bulk operation: {operation.pk}" in told
    assert operation.subject not in told
