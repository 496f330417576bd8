"""Taking customers away as a file, at the portal."""

from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.models import Event
from frame import downloads
from tenants.models import Tenant
from tests.browser import Browser

EXPORTS = "/tenants/acme/exports/"


def test_ada_takes_the_columns_she_chose_and_it_is_noted(ada_portal: Browser, acme: Tenant, ada: Account) -> None:
    page = ada_portal.get(EXPORTS).content.decode()
    assert "loyaltyNumber" in page
    assert "passwordHash" not in page

    answer = ada_portal.post(EXPORTS, {"kind": "csv", "columns": ["email", "loyaltyNumber"]})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="acme-customers-20')
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.getvalue().decode().splitlines() == [
        '"email","loyaltyNumber"',
        '"carol@acme.example","C-1001"',
        '"dan@acme.example",""',
    ]
    with tenant_context(acme):
        assert Event.objects.get(action="customers.exported").actor_id == str(ada.pk)


def test_p43_nobody_gets_hashes_at_the_portal(ada_portal: Browser, acme: Tenant) -> None:
    for columns in (["email", "passwordHash"], ["password"], []):
        answer = ada_portal.post(EXPORTS, {"kind": "jsonl", "columns": columns})
        assert answer.headers["Content-Type"].startswith("text/html")
    with tenant_context(acme):
        assert not Event.objects.filter(action="customers.exported").exists()


def test_administrators_arent_exported(olga_portal: Browser) -> None:
    assert olga_portal.get("/tenants/home/exports/").status_code == 404


def test_a_place_is_given_back_when_a_download_ends_or_breaks_off(acme: Tenant) -> None:
    def begun() -> downloads.Download:
        download = downloads.streamed(acme, iter([b"1", b"2"]), file_name="x.csv")
        assert isinstance(download, downloads.Download)
        return download

    for _ in range(downloads.AT_ONCE + 1):
        assert begun().getvalue() == b"12"
    held = [iter(begun()) for _ in range(downloads.AT_ONCE)]
    assert [next(each) for each in held] == [b"1"] * downloads.AT_ONCE
    try:
        next(iter(begun()))
    except downloads.TooManyDownloads:
        held.pop()
    else:
        raise AssertionError("One more than there may be was begun.")
    assert begun().getvalue() == b"12"
