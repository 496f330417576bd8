"""Tenants as the people of the portal see them: listed, created, renamed, switched off and brought back."""

import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account
from figures.installation.models import TenantSize
from operations.figures import Count
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent, Tenant, new_schema_name
from tenants.schema.upgrade import migration_state
from tests.browser import Browser
from tests.cast import tenant_named

REFERENCE = r"Reference: <bdi>[0-9A-F]{4}-[0-9A-F]{4}</bdi>"


STATEMENTS = 7


def text(response: Any) -> str:
    return response.content.decode()


def _counted(tenant: Tenant, *, customers: int) -> None:
    with schema_context(PUBLIC):
        TenantSize.objects.create(tenant_id=tenant.pk, customers=customers, counted_at=timezone.now())


def _rows(names: Iterable[str]) -> list[Tenant]:
    """Tenants in their list alone: to found one takes a tenth of a second."""
    state = migration_state()
    with schema_context(PUBLIC):
        return Tenant.objects.bulk_create(
            Tenant(name=name, slug=f"many{number}", schema_name=new_schema_name(), migration_state=state)
            for number, name in enumerate(names)
        )


class TestTheList:
    def test_an_administrator_sees_only_the_tenants_they_manage(self, ada_portal: Browser) -> None:
        page = text(ada_portal.get("/tenants/"))

        assert "Acme" in page
        assert "Globex" not in page
        assert "Create tenant" not in page

    def test_the_operator_sees_all_of_them(self, olga_portal: Browser) -> None:
        page = text(olga_portal.get("/tenants/"))

        assert "Acme" in page
        assert "Globex" in page
        assert "Create tenant" in page

    def test_a_stranger_is_told_whom_to_ask(self, stranger_portal: Browser) -> None:
        page = text(stranger_portal.get("/tenants/"))

        assert "Ask the people who run this installation" in page
        assert "Acme" not in page

    def test_it_is_searched_by_name_and_by_domain(self, olga_portal: Browser) -> None:
        page = text(olga_portal.get("/tenants/", {"q": "GLOB"}))

        assert "/tenants/globex/" in page
        assert 'class="row-link" href="/tenants/acme/"' not in page

    def test_it_says_how_many_customers_each_has_as_the_worker_has_counted(
        self, ada_portal: Browser, acme: Tenant
    ) -> None:
        assert '<td class="number">–' in text(ada_portal.get("/tenants/"))
        _counted(acme, customers=12_345)

        assert '<td class="number">12,345' in text(ada_portal.get("/tenants/"))

    def test_it_asks_the_database_as_often_for_many_tenants_as_for_few(self, olga_portal: Browser) -> None:
        def cost() -> int:
            olga_portal.get("/tenants/")
            with CaptureQueriesContext(connection) as asked:
                assert olga_portal.get("/tenants/").status_code == 200
            # A connection that serves the tenant already needn't be told.
            return len([query for query in asked if "set_config" not in query["sql"]])

        before = cost()
        for tenant in _rows(f"Shop {number}" for number in range(20)):
            _counted(tenant, customers=1)

        assert cost() == before <= STATEMENTS

    def test_it_goes_on_page_by_page_without_losing_anybody(self, olga_portal: Browser) -> None:
        _rows(f"Same name {number % 3}" for number in range(30))
        url, seen = "/tenants/", []
        while url:
            context = olga_portal.get(url).context
            seen += [row.tenant.slug for row in context["rows"]]
            url = context["page"].next_url

        assert len(seen) == len(set(seen)) == 33

    @pytest.mark.parametrize("after", ["x", "1' OR '1'='1", "00000000-0000-0000-0000-000000000000"])
    def test_a_made_up_place_in_it_does_not_exist(self, olga_portal: Browser, after: str) -> None:
        assert olga_portal.get("/tenants/", {"after": after}).status_code == 404

    def test_the_portal_begins_there_for_whoever_has_to_choose(
        self, olga_portal: Browser, ada_portal: Browser, acme: Tenant
    ) -> None:
        assert olga_portal.get("/").headers["Location"] == "/tenants/"
        assert ada_portal.get("/").headers["Location"] == "/tenants/acme/"


class TestCreating:
    def test_the_operator_gets_a_tenant_that_works(self, olga_portal: Browser) -> None:
        created = olga_portal.post("/tenants/new/", {"name": "Initech", "slug": " INITECH ", "country": "US"})

        assert created.headers["Location"] == "/tenants/initech/start/?step=method"
        page = text(olga_portal.get("/tenants/initech/"))
        assert "Initech is ready" in page
        assert "/t/initech/oidc/.well-known/openid-configuration" in page
        assert "0 of 4 done" in page
        assert (
            InstallationEvent.objects.get(action="tenant.created", target_name="Initech").actor_name
            == "olga@portal.example"
        )

    @pytest.mark.parametrize(
        ("slug", "sentence"),
        [
            ("acme", "is taken"),
            ("portal", "is reserved"),
            ("not a domain", "Use 1 to 26 letters or digits"),
            ("b\u00fccher", "Use 1 to 26 letters or digits"),
            ("a" * 27, "Use 1 to 26 letters or digits"),
            ("", "Enter a domain"),
        ],
    )
    def test_a_domain_that_will_not_do_is_explained(self, olga_portal: Browser, slug: str, sentence: str) -> None:
        answer = olga_portal.post("/tenants/new/", {"name": "Kept as typed", "slug": slug})

        assert answer.status_code == 200
        assert sentence in text(answer)
        assert "Kept as typed" in text(answer)
        assert not Tenant.objects.filter(name="Kept as typed").exists()

    def test_the_domain_is_checked_while_it_is_typed(self, olga_portal: Browser) -> None:
        assert "is taken" in text(olga_portal.get("/tenants/new/domain", {"slug": "ACME"}))
        assert "is free" in text(olga_portal.get("/tenants/new/domain", {"slug": "initech"}))
        assert text(olga_portal.get("/tenants/new/domain")).strip() == ""

    def test_an_administrator_creates_none(self, ada_portal: Browser) -> None:
        assert ada_portal.get("/tenants/new/").status_code == 404
        assert ada_portal.post("/tenants/new/", {"name": "Mine", "slug": "mine"}).status_code == 404
        assert ada_portal.get("/tenants/new/domain", {"slug": "acme"}).status_code == 404

    @pytest.mark.parametrize("name", ["<script>alert(1)</script>", "'; DROP TABLE x; --", "public", "\U0001f600" * 40])
    def test_any_name_is_only_text(self, olga_portal: Browser, name: str) -> None:
        olga_portal.post("/tenants/new/", {"name": name, "slug": "odd"})

        page = text(olga_portal.get("/tenants/odd/"))
        assert "<script>alert" not in page
        assert tenant_named("odd").name == name


class TestTheOverview:
    def test_it_tells_what_is_set_up_and_where_the_tenant_answers(self, ada_portal: Browser) -> None:
        answer = ada_portal.get("/tenants/acme/")

        done = {to_do.title: to_do.is_done for to_do in answer.context["to_dos"]}
        assert done == {
            "Register an application": True,
            "Adapt the user flow": True,
            "Make the pages yours": False,
            "Try it as a customer": True,
        }
        assert str(tenant_named("acme").pk) in text(answer)
        assert answer.headers["Cache-Control"] == "no-store, private"

    def test_nobody_else_can_tell_it_from_a_tenant_that_does_not_exist(self, grace_portal: Browser) -> None:
        foreign, unknown = grace_portal.get("/tenants/acme/"), grace_portal.get("/tenants/nowhere/")

        assert foreign.status_code == unknown.status_code == 404
        # Each page bears the reference of its own request.
        assert re.search(REFERENCE, foreign.content.decode())
        assert re.sub(REFERENCE, "", foreign.content.decode()) == re.sub(REFERENCE, "", unknown.content.decode())


class TestSettings:
    def test_the_name_changes_and_the_domain_stays(self, ada_portal: Browser, acme: Tenant) -> None:
        changes = {"name": "Acme Books", "country": "AT", "time_zone": "Europe/Vienna", "slug": "other"}
        ada_portal.post("/tenants/acme/settings/", changes)

        acme.refresh_from_db()
        assert (acme.name, acme.country, acme.slug) == ("Acme Books", "AT", "acme")
        assert acme.time_zone == "Europe/Vienna"
        assert "Name, country and time zone are saved." in text(ada_portal.get("/tenants/acme/settings/"))

    def test_letters_of_no_country_from_earlier_may_stay(self, ada_portal: Browser, acme: Tenant) -> None:
        """The command line took any two letters once."""
        with schema_context(PUBLIC):
            Tenant.objects.filter(pk=acme.pk).update(country="UK")
        assert '<option value="UK" selected>UK</option>' in text(ada_portal.get("/tenants/acme/settings/"))
        assert ada_portal.post("/tenants/acme/settings/", {"name": "Acme Books", "country": "UK"}).status_code == 302
        acme.refresh_from_db()
        assert (acme.name, acme.country) == ("Acme Books", "UK")

    def test_a_country_that_does_not_exist_is_refused(self, ada_portal: Browser, acme: Tenant) -> None:
        answer = ada_portal.post("/tenants/acme/settings/", {"name": "Acme", "country": "XX"})

        assert "Choose one of those shown for “Country or region”." in text(answer)

    def test_a_time_zone_that_does_not_exist_is_refused(self, ada_portal: Browser, acme: Tenant) -> None:
        answer = ada_portal.post("/tenants/acme/settings/", {"name": "Acme", "country": "", "time_zone": "Mars/Base"})

        assert "Choose one of those shown for “Time zone”." in text(answer)

    def test_what_stops_the_tenant_stands_apart(self, ada_portal: Browser, olga_portal: Browser) -> None:
        assert "Delete tenant" not in text(ada_portal.get("/tenants/acme/settings/"))
        assert "Delete tenant" in text(ada_portal.get("/tenants/acme/settings/danger/"))
        assert olga_portal.get("/tenants/home/settings/danger/").status_code == 404

    def test_rules_that_hold_for_everybody_are_told(self, ada_portal: Browser) -> None:
        page = text(ada_portal.get("/tenants/acme/settings/sessions/"))
        assert "20 an hour from everywhere" in page

    def test_the_home_tenant_can_not_be_switched_off(self, olga_portal: Browser, home: Tenant) -> None:
        assert olga_portal.post("/tenants/home/settings/suspend").status_code == 404
        assert olga_portal.post("/tenants/home/settings/delete", {"typed_name": home.name}).status_code == 404
        assert "Delete tenant" not in text(olga_portal.get("/tenants/home/settings/"))


class TestOutOfService:
    def test_a_suspended_tenant_says_so_until_it_is_resumed(self, ada_portal: Browser, acme_browser: Browser) -> None:
        assert "3</strong> applications" in text(ada_portal.get("/tenants/acme/settings/suspend"))

        ada_portal.post("/tenants/acme/settings/suspend")

        for path in ("/", "/sign-in/", "/oidc/authorize", "/nowhere"):
            answer = acme_browser.get(path, headers={"accept": "text/html"})
            assert answer.status_code == 503, path
            assert "Acme has paused sign-in" in text(answer), path
            assert answer.headers["Retry-After"]
        ada_portal.post("/tenants/acme/settings/resume")
        assert acme_browser.get("/sign-in/").status_code != 503

    def test_its_issuer_answers_in_json(self, ada_portal: Browser, acme: Tenant) -> None:
        ada_portal.post("/tenants/acme/settings/suspend")

        for answer in (
            Browser(acme, checks_csrf=True).post("/oidc/token", {"grant_type": "client_credentials"}),
            Browser(acme).get("/oidc/.well-known/openid-configuration", headers={"accept": "*/*"}),
        ):
            assert answer.status_code == 503
            assert answer.json()["error"] == "temporarily_unavailable"

    def test_a_deleted_tenant_is_gone_and_can_be_restored(
        self, ada_portal: Browser, acme_browser: Browser, carol: Account
    ) -> None:
        deleted = ada_portal.post("/tenants/acme/settings/delete", {"typed_name": "Acme"})

        assert deleted.headers["Location"] == "/tenants/"
        assert acme_browser.get("/sign-in/", headers={"accept": "text/html"}).status_code == 410
        listed = text(ada_portal.get("/tenants/", {"state": "deleted"}))
        assert "Acme" in listed
        assert "until" in listed
        ada_portal.post("/tenants/acme/settings/restore")
        assert tenant_named("acme").state == Tenant.State.ACTIVE
        with tenant_context(tenant_named("acme")):
            assert Account.objects.kept().filter(pk=carol.pk).exists()

    def test_a_deleted_tenant_offers_only_to_be_restored(self, ada_portal: Browser) -> None:
        ada_portal.post("/tenants/acme/settings/delete", {"typed_name": "Acme"})

        overview = text(ada_portal.get("/tenants/acme/"))

        assert "This tenant is deleted" in overview
        assert "Restore tenant" in overview
        assert "Register an application" not in overview
        assert "User flows</a>" not in overview
        for page in ("settings/", "settings/sessions/", "applications/new/", "branding/default/"):
            assert ada_portal.get(f"/tenants/acme/{page}").headers["Location"] == "/tenants/acme/"
        answer = ada_portal.post("/tenants/acme/settings/", {"name": "Changed", "country": ""})
        assert answer.headers["Location"] == "/tenants/acme/"
        assert tenant_named("acme").name == "Acme"

    @pytest.mark.parametrize("typed", ["", "acme", "Globex", "Acme."])
    def test_a_tenant_is_deleted_only_by_its_exact_name(self, ada_portal: Browser, typed: str) -> None:
        answer = ada_portal.post("/tenants/acme/settings/delete", {"typed_name": typed})

        assert answer.status_code == 200
        assert 'role="alert"' in text(answer)
        assert tenant_named("acme").state == Tenant.State.ACTIVE

    def test_doing_it_twice_is_told_and_harmless(self, ada_portal: Browser) -> None:
        ada_portal.post("/tenants/acme/settings/suspend")

        ada_portal.post("/tenants/acme/settings/suspend")

        assert "The tenant is already suspended." in text(ada_portal.get("/tenants/acme/settings/"))

    def test_the_neighbour_can_do_none_of_it(self, grace_portal: Browser) -> None:
        for action in ("suspend", "resume", "delete", "restore"):
            answer = grace_portal.post(f"/tenants/acme/settings/{action}", {"typed_name": "Acme"})
            assert answer.status_code == 404
        assert tenant_named("acme").state == Tenant.State.ACTIVE


def test_a_number_of_many_is_written_as_its_reader_does() -> None:
    assert [str(Count(number)) for number in (7, 9_999, 10_001)] == ["7", "9,999", "10,000+"]
    with override("de"):
        assert [str(Count(number)) for number in (9_999, 10_001)] == ["9.999", "10.000+"]
