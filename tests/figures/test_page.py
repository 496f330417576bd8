"""The page of figures, its files, and the command that says the same."""

import csv
import io
from types import SimpleNamespace

import pytest
from django.utils.translation import override
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from figures.services.journeys import count_journeys
from figures.services.keeping import keep_books
from portal import figure_names
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tests.browser import Browser
from tests.commands.conftest import Run, run, say
from tests.figures.days import TODAY, at, failed, happened, journey, signed_in

__all__ = ["run", "say"]


@pytest.fixture(autouse=True)
def _stopped(stopped_clock: SimpleNamespace) -> None:
    pass


@pytest.fixture
def counted(acme: Tenant, carol: Account, bookshop: Application) -> None:
    """A week of acme's: eight days ago one sign-in, two since; two that failed; of two sign-ups one was left."""
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(country="FR", language="fr")
        signed_in(carol, at(8), bookshop)
        signed_in(carol, at(2), bookshop)
        signed_in(carol, at(0, 9), bookshop, method="code")
        happened("customer.signed_up", at(2), carol, client_id=bookshop.client_id)
        failed(at(1), "password_wrong", carol, method="password")
        failed(at(1), "account_unknown", method="password")
        journey(at(2, 9), seconds=30)
        journey(at(2, 10))
        keep_books()
        count_journeys()


def file_of(browser: Browser, name: str, days: str = "7d") -> list[dict[str, str]]:
    answer = browser.get(f"/tenants/acme/figures/{name}.csv?range={days}")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.usefixtures("counted")
def test_t20_grace_finds_no_figures_of_acme(grace_portal: Browser) -> None:
    assert grace_portal.get("/tenants/acme/figures/").status_code == 404
    assert grace_portal.get("/tenants/acme/figures/days.csv").status_code == 404


@pytest.mark.usefixtures("counted")
def test_the_page_says_what_happened_and_how_it_was_before(ada_portal: Browser) -> None:
    page = ada_portal.get("/tenants/acme/figures/?range=7d").content.decode()

    assert "1 of 2 finished, half of them within" in page
    assert "1 left here (50%)" in page
    for said in ("Wrong password", "No such account", "France", "French", "Bookshop"):
        assert said in page, said
    assert f"{TODAY.day} Jun: 1" in page


@pytest.mark.usefixtures("counted")
def test_a_reason_leads_to_the_log_for_those_who_may_read_it(acme: Tenant, ada: Account, ada_portal: Browser) -> None:
    link = "/tenants/acme/logs/?period=7d&amp;reason=password_wrong"
    assert link in ada_portal.get("/tenants/acme/figures/?range=7d").content.decode()

    with schema_context(PUBLIC):
        Membership.objects.filter(tenant=acme, account_id=ada.pk).update(
            role=AdministratorRole.APPLICATION_ADMINISTRATOR
        )
    page = ada_portal.get("/tenants/acme/figures/?range=7d").content.decode()
    assert "Wrong password" in page
    assert "/tenants/acme/logs/" not in page


@pytest.mark.usefixtures("counted")
def test_the_range_stands_in_the_address_and_a_strange_one_is_the_usual(ada_portal: Browser) -> None:
    def current(days: str) -> str:
        page = ada_portal.get(f"/tenants/acme/figures/?range={days}").content.decode()
        return page.partition('aria-current="true">')[2].partition("<")[0]

    assert [current(days) for days in ("7d", "12m", "'; DROP TABLE")] == ["7 days", "12 months", "30 days"]


@pytest.mark.usefixtures("counted")
def test_each_table_is_a_file(ada_portal: Browser, bookshop: Application) -> None:
    [row] = [row for row in file_of(ada_portal, "days") if row["day"] == (TODAY).isoformat()]
    assert (row["sign_ins"], row["sign_ups"], row["active"]) == ("1", "0", "1")
    assert [(row["name"], row["n"], row["before"]) for row in file_of(ada_portal, "applications")] == [
        ("Bookshop", "2", "1")
    ]
    assert {row["reason"] for row in file_of(ada_portal, "reasons")} == {"password_wrong", "account_unknown"}
    first, *_ = file_of(ada_portal, "journeys")
    assert (first["step"], first["left"]) == ("Email address", "1")
    assert ada_portal.get("/tenants/acme/figures/secrets.csv").status_code == 404


@pytest.mark.usefixtures("counted")
def test_eve_writes_no_formula_into_a_spreadsheet(
    acme: Tenant, ada_portal: Browser, bookshop: Application, carol: Account
) -> None:
    formula = '=HYPERLINK("https://eve.example")'
    with tenant_context(acme):
        change_application(bookshop, name=formula, actor=Actor.command())
        Account.objects.filter(pk=carol.pk).update(country="@SUM(1)")
        signed_in(carol, at(0, 15, 29), bookshop)
        keep_books()

    assert [row["name"] for row in file_of(ada_portal, "applications")] == [f"'{formula}"]
    assert "'@SUM(1)" in {row["country"] for row in file_of(ada_portal, "countries")}


def test_days_begin_in_the_tenants_time_zone(acme: Tenant, ada_portal: Browser, run: Run) -> None:
    run("tenant", "change", "--tenant", "acme", "--time-zone", "Asia/Tokyo")
    run("figures", "count", "--tenant", "acme")
    assert "Asia/Tokyo" in ada_portal.get("/tenants/acme/figures/").content.decode()


def test_a_tenant_in_which_nothing_happened_says_so(ada_portal: Browser) -> None:
    page = ada_portal.get("/tenants/acme/figures/").content.decode()
    assert "Nothing was counted in this time" in page


@pytest.mark.usefixtures("counted")
def test_the_command_says_the_same_and_counts_anew(run: Run) -> None:
    said = run("figures", "show", "--tenant", "acme", "--range", "7d")
    assert (said["sign_ins"], said["sign_ups"], said["failures"], said["customers"]) == (2, 1, 2, 2)
    assert said["journeys"][0]["left_at"] == {"address": 1, "code": 0, "details": 0}

    assert run("figures", "rebuild", "--tenant", "acme")["days"] == 8
    assert run("figures", "show", "--tenant", "acme", "--range", "7d") == said
    assert run("figures", "count", "--tenant", "acme") == {"domain": "acme"}


def test_steps_and_methods_are_named_in_the_readers_language() -> None:
    with override("de"):
        assert figure_names.method_name("password+app-code") == "E-Mail mit Passwort + Authenticator-App"
