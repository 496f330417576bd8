"""Ada takes a sample application with her application's values in it."""

import io
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.policies.grants import DEVICE_CODE
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import BOOKSHOP_CALLBACK, allow
from tests.environment import ROOT

FLASK_CALLBACK = "http://localhost:3000/callback"


def page_of(application: Application, rest: Any) -> str:
    return f"/tenants/acme/applications/{application.client_id}/{rest}"


def unpacked(answer: Any) -> Any:
    return zipfile.ZipFile(io.BytesIO(answer.content))


def values_in(archive: Any, folder: Any, tmp_path: Path) -> Any:
    """What a shell makes of the settings, as `run.sh` has it read them."""
    archive.extractall(tmp_path)
    command = ["sh", "-c", "set -a; . ./settings.env; env"]
    said = subprocess.run(command, cwd=tmp_path / folder, env={}, capture_output=True, text=True, check=True)
    return dict(line.split("=", 1) for line in said.stdout.splitlines())


@pytest.mark.parametrize("folder", ["flask", "express"])
def test_a_web_application_gets_a_sample_with_its_values(
    ada_portal: Browser, bookshop: Application, folder: str, tmp_path: Path
) -> None:
    assert f"samples/{folder}.zip" in ada_portal.get(page_of(bookshop, "quick-start/")).content.decode()
    answer = ada_portal.get(page_of(bookshop, f"samples/{folder}.zip"))
    assert answer["Content-Type"] == "application/zip"
    archive = unpacked(answer)
    assert {f"{folder}/README.md", f"{folder}/run.sh", f"{folder}/settings.env"} <= set(archive.namelist())
    values = values_in(archive, folder, tmp_path)
    assert values["CLIENT_ID"] == bookshop.client_id
    assert values["ISSUER"].endswith("/t/acme/oidc")
    assert values["CLIENT_SECRET"] == ""


def test_examples_and_samples_name_the_origin_that_people_see_and_no_port_of_their_own(
    ada: Account, home: Tenant, bookshop: Application, settings: Any, tmp_path: Path
) -> None:
    settings.CIAM_BASE_URL, settings.ALLOWED_HOSTS = "https://id.example:9443", ["id.example"]
    portal = Browser(home)
    portal.sign_in(ada)
    issuer = f"{settings.CIAM_BASE_URL}/t/acme/oidc"

    page = portal.get(page_of(bookshop, "quick-start/"))
    assert issuer in page.context["code"]
    assert issuer in page.content.decode()
    assert "localhost:8000" not in page.content.decode()
    archive = unpacked(portal.get(page_of(bookshop, "samples/flask.zip")))
    assert values_in(archive, "flask", tmp_path)["ISSUER"] == issuer


def test_neither_tutorial_nor_samples_fix_the_port_of_the_product() -> None:
    pages = [*(ROOT / "docs/tutorial").glob("*.md"), *(ROOT / "templates/portal/applications").rglob("*.*")]
    pages += [path for path in (ROOT / "examples").rglob("*.*") if "node_modules" not in path.parts]
    assert [str(path) for path in pages if path.is_file() and b":8000" in path.read_bytes()] == []


def test_each_other_type_gets_its_own(
    ada_portal: Browser, acme: Tenant, mobile: Application, reports: Application
) -> None:
    assert "Sample applications" not in ada_portal.get(page_of(mobile, "quick-start/")).content.decode()
    with tenant_context(acme):
        allow(mobile, DEVICE_CODE)
    assert "device/device.py" in unpacked(ada_portal.get(page_of(mobile, "samples/device.zip"))).namelist()
    packed = unpacked(ada_portal.get(page_of(reports, "samples/service-and-api.zip")))
    assert b"API=https://orders.example" in packed.read("service-and-api/settings.env")
    assert ada_portal.get(page_of(reports, "samples/flask.zip")).status_code == 404
    assert ada_portal.get(page_of(reports, "samples/nothing.zip")).status_code == 404


def test_ada_registers_the_addresses_of_a_sample_with_one_press(
    ada_portal: Browser, acme: Tenant, bookshop: Application
) -> None:
    assert "Register the addresses" in ada_portal.get(page_of(bookshop, "quick-start/")).content.decode()
    ada_portal.post(page_of(bookshop, "samples/flask/addresses"))
    with tenant_context(acme):
        bookshop.refresh_from_db()
    assert bookshop.redirect_uri_list == [BOOKSHOP_CALLBACK, FLASK_CALLBACK]
    assert "http://localhost:3000/" in bookshop.post_logout_redirect_uri_list
    page = ada_portal.get(page_of(bookshop, "quick-start/")).content.decode()
    assert "Register the addresses" not in page
    assert f"{FLASK_CALLBACK}</code>, which is registered" in page


def test_grace_gets_no_sample_of_acme(grace_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    assert grace_portal.get(page_of(bookshop, "samples/flask.zip")).status_code == 404
    assert grace_portal.post(page_of(bookshop, "samples/flask/addresses")).status_code == 404
    with tenant_context(acme):
        bookshop.refresh_from_db()
    assert bookshop.redirect_uri_list == [BOOKSHOP_CALLBACK]


def test_a_sample_at_the_command_line(acme: Tenant, bookshop: Application, mobile: Application, tmp_path: Path) -> None:
    where = {"tenant": "acme", "to": tmp_path / "sample.zip", "sample": "flask"}
    call_command("application", "sample", client_id=bookshop.client_id, **where)
    with zipfile.ZipFile(tmp_path / "sample.zip") as archive:
        assert bookshop.client_id.encode() in archive.read("flask/settings.env")
    with pytest.raises(CommandError, match="doesn't fit"):
        call_command("application", "sample", client_id=mobile.client_id, **where)
    with pytest.raises(CommandError, match="can't be written"):
        call_command("application", "sample", client_id=bookshop.client_id, **where | {"to": tmp_path / "no" / "x"})
