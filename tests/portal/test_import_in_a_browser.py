"""An import in a browser, which sends the file in pieces and looks by itself how far it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from bulk.imports.pieces import PIECE_BYTES
from tenants.models import Tenant
from tenants.work.jobs import run_waiting_jobs
from tests.bulk.hashes import BCRYPT
from tests.screens import check_in_every_look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Window = Callable[..., Page]


def test_a_file_with_errors_from_its_choice_to_its_customers(window: Window, acme: Tenant, tmp_path: Path) -> None:
    # More than a piece; most of it is a column that is left out.
    lines = [f"person{number}@acme.example;{BCRYPT};{'x' * 4000}\n" for number in range(2 * PIECE_BYTES // 4000)]
    file = tmp_path / "people.csv"
    file.write_text("E-Mail;Kennwort;Notiz\nbroken;;\n" + "".join(lines))
    page = window()
    page.goto("/tenants/acme/imports/")
    check_in_every_look(page)

    # The file is there, so the browser has no question before it goes on: whoever is asked stays here.
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and continue").click()
    expect(page.get_by_label("E-Mail")).to_have_value("email")
    page.get_by_label("Kennwort").select_option("passwordHash")
    check_in_every_look(page)
    assert BCRYPT not in page.content()

    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("heading", name="Checking the file")).to_be_visible()
    run_waiting_jobs()
    expect(page.get_by_text("E-Mail: Enter one plain email address.")).to_be_visible()
    check_in_every_look(page)

    page.get_by_role("button", name=f"Import {len(lines)} customers").click()
    expect(page.get_by_role("heading", name="Importing")).to_be_visible()
    run_waiting_jobs()
    expect(page.get_by_role("button", name="Undo import")).to_be_visible()
    with tenant_context(acme):
        assert Account.objects.filter(email__startswith="person").count() == len(lines)


def test_an_upload_that_broke_off_goes_on_where_it_was(window: Window, acme: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,note\n" + f"zoe@acme.example,{'x' * 4000}\n" * (2 * PIECE_BYTES // 4000))
    page = window()
    page.goto("/tenants/acme/imports/")
    page.route("**/pieces/1", lambda route: route.fulfill(status=409, json={"problem": "The line is cut."}))
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and continue").click()
    expect(page.get_by_text("The line is cut.")).to_be_visible()
    page.unroute("**/pieces/1")

    page.reload()
    page.get_by_role("link", name="people.csv").click()
    expect(page.get_by_text("Choose the same file again")).to_be_visible()
    other = tmp_path / "other.csv"
    other.write_text("email\n")
    page.get_by_label("File").set_input_files(other)
    page.get_by_role("button", name="Continue uploading").click()
    expect(page.get_by_text("This is another file")).to_be_visible()
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Continue uploading").click()
    expect(page.get_by_role("button", name="Check the file")).to_be_visible()
