"""Before something dangerous an administrator shows once more that it is still they who sit there."""

from collections.abc import Iterator

import pytest
from django_tenants.utils import tenant_context
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account
from applications.models import Application
from audit.models import Event
from portal_frame.access import needed
from portal_frame.pages import PROOF_COUNTS_FOR
from tenants.models import Tenant
from tests import database
from tests.browser import Browser
from tests.cast import PASSWORD, grow_old, tenant_named
from tests.portal.doors import DOORS, Door, Things, things_of
from tests.portal.registrations import page_of
from tests.userflows.customer import Customer

ASKING = {
    *("tenant-suspend", "tenant-delete"),
    *("signing-keys", "signing-keys-rotate", "signing-key-withdraw"),
    *("application-credentials", "application-authentication", "client-secret-delete", "registration"),
    *("administrator-invite", "administrator", "administrator-suspend", "administrator-resume"),
    *("administrator-remove", "invitation-resend", "person-remove", "person-remove-factors", "profile-password"),
    *(
        "tenant-mail",
        "tenant-mail-drop",
        "text-sender",
        "text-country",
        "captcha",
        "tenant-domain-remove",
        "tenant-domain-issuer",
        "log-settings",
    ),
    *("log-destination-create", "log-destination-secret", "log-destination-delete", "log-destination-change"),
    *("hook-create", "hook", "hook-secret", "hook-delete"),
    *("application-sample-with-secret", "logs-export", "logs-audit-export", "installation-logs-export"),
    *("userflow-second-factor", "tenant-recovery"),
    *("userflow-applications", "userflow-instead-of", "userflow-make-default"),
    *("tenant-default-issuer", "customer-purge", "customer-email", "import-start"),
    *("customer-passkey-remove", "customer-lost-phone", "customer-recovery-hasten", "customer-factors-return"),
}
AGAIN = "/sign-in/again/"
TOO_LONG = PROOF_COUNTS_FOR.total_seconds() + 1


@pytest.fixture(scope="module")
def made_things(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Things]:
    with database.made_once(django_db_blocker):
        yield things_of(tenant_named("acme"))


def test_p13_what_is_dangerous_asks() -> None:
    assert {door.name for door in DOORS if door.asks_for_proof} >= ASKING


@pytest.mark.parametrize("door", [door for door in DOORS if door.asks_for_proof], ids=str)
def test_p13_a_session_left_alone_does_nothing_dangerous(
    door: Door, olga_portal: Browser, olga: Account, home: Tenant, made_things: Things, db: None
) -> None:
    grow_old(olga, home=home, seconds=TOO_LONG)
    url = made_things.url(door)
    is_for_that_alone = door.needs == needed(door.needs, sends_a_form=True)

    sent = olga_portal.post(url, {"typed_name": "Acme", "role": "owner", "email": "eve@globex.example"})
    looked = olga_portal.get(url)

    assert sent["Location"].startswith(AGAIN)
    assert (looked.status_code == 302 and looked["Location"].startswith(AGAIN)) == is_for_that_alone


def test_p13_five_minutes_are_enough_to_read_what_one_is_about_to_do(
    ada_portal: Browser, ada: Account, home: Tenant, acme: Tenant
) -> None:
    grow_old(ada, home=home, seconds=TOO_LONG - 10)

    assert ada_portal.get("/tenants/acme/settings/delete").status_code == 200


def test_p13_whoever_proves_themselves_is_back_at_the_page_and_may_go_on(
    ada_portal: Browser, ada: Account, home: Tenant, acme: Tenant
) -> None:
    grow_old(ada, home=home, seconds=TOO_LONG)
    customer = Customer(home, ada_portal)
    customer.visit("/tenants/acme/settings/delete")
    assert "Confirm it&#x27;s you" in customer.text or "Confirm it's you" in customer.text
    assert "protects your account from anyone who finds this browser open" in customer.text
    customer.submit({"password": "not hers"})
    assert "/go/" in customer.path
    assert ada_portal.get("/tenants/acme/settings/delete")["Location"].startswith(AGAIN)

    customer.submit({"password": PASSWORD})

    assert customer.path == "/tenants/acme/settings/delete"
    assert "Delete <bdi>Acme</bdi>?" in customer.text


def test_p13_a_proof_leads_to_no_page_of_somebody_elses(ada_portal: Browser, home: Tenant) -> None:
    customer = Customer(home, ada_portal)
    customer.visit(f"{AGAIN}?next=https://evil.example/")
    customer.submit({"password": PASSWORD})

    assert customer.path == "/profile/"


@pytest.mark.parametrize(
    ("changed", "is_dangerous"),
    [
        ({"name": "Bookstore"}, False),
        ({"framework": "flask"}, False),
        ({"redirect_uris": "https://eve.example/callback"}, True),
        ({"requires_pkce": ""}, True),
    ],
)
def test_p13_an_application_asks_only_where_somebody_would_get_further(
    ada_portal: Browser, ada: Account, home: Tenant, bookshop: Application, changed: dict[str, str], is_dangerous: bool
) -> None:
    grow_old(ada, home=home, seconds=TOO_LONG)
    url = page_of(bookshop, "")
    shown = ada_portal.get(url).context["form"]
    before = {name: shown[name].value() for name in shown.fields}
    sent = {name: value for name, value in {**before, **changed}.items() if value}

    answer = ada_portal.post(url, sent)

    assert answer["Location"].startswith(AGAIN) == is_dangerous
    with tenant_context(tenant_named("acme")):
        assert Event.objects.filter(action="application.changed", actor_kind="administrator").exists() != is_dangerous


@pytest.mark.parametrize(
    ("place", "sent", "is_dangerous"),
    [
        ("samples/flask/addresses", {}, True),
        ("fapi/", {"off": "1"}, True),
        ("fapi/", {"on": "1"}, False),
        ("quick-start/flask", {}, False),
    ],
)
def test_p13_no_press_loosens_an_application_for_whoever_finds_the_browser_open(
    ada_portal: Browser,
    ada: Account,
    home: Tenant,
    bookshop: Application,
    place: str,
    sent: dict[str, str],
    is_dangerous: bool,
) -> None:
    grow_old(ada, home=home, seconds=TOO_LONG)
    answer = ada_portal.post(page_of(bookshop, place), sent)

    assert answer.headers.get("Location", "").startswith(AGAIN) == is_dangerous
    with tenant_context(tenant_named("acme")):
        assert Application.objects.get(pk=bookshop.pk).redirect_uris == bookshop.redirect_uris


def test_where_a_browser_names_no_page_the_proof_leads_to_the_one_above_an_address_that_only_takes_forms(
    ada_portal: Browser, ada: Account, home: Tenant, bookshop: Application
) -> None:
    grow_old(ada, home=home, seconds=TOO_LONG)
    customer = Customer(home, ada_portal)
    customer.visit(ada_portal.post(page_of(bookshop, "samples/flask/addresses"))["Location"])
    customer.submit({"password": PASSWORD})

    assert customer.path.partition("?")[0] == page_of(bookshop, "")
    assert ada_portal.get(page_of(bookshop, "samples/flask/addresses")).status_code == 405


def test_nobody_signed_in_is_led_to_the_usual_sign_in(home: Tenant) -> None:
    assert Browser(home).get(f"{AGAIN}?next=/tenants/")["Location"] == "/sign-in/?next=%2Ftenants%2F"
