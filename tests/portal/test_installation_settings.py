"""Olga looks after the installation: its mail, what tenants may have, and which domains they lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from django_tenants.utils import schema_context

from tenants.limits import Limits, limits_of_installation
from tenants.lookup import PUBLIC
from tenants.models import DomainClaim, Tenant
from tests.browser import Browser
from tests.mail_server import mail_servers

PAGE, BELOW = "/installation/settings/", "/installation/"


@pytest.fixture
def mail_server() -> Iterator[Any]:
    with mail_servers() as start:
        yield start


def shown(portal: Browser, path: str = PAGE) -> str:
    return portal.get(path).content.decode()


def test_olga_reads_that_a_tenant_has_lost_a_domain(olga_portal: Browser, acme: Tenant) -> None:
    assert "no longer set up correctly" not in shown(olga_portal, "/installation/")
    with schema_context(PUBLIC):
        claim = DomainClaim(tenant=acme, domain="auth.acme.example", token="t", state=DomainClaim.State.LIVE)
        claim.failing_since = acme.created_at
        claim.save()
    assert "1 tenant domain is no longer set up correctly" in shown(olga_portal, "/installation/")


def test_olga_limits_all_tenants_and_one(olga_portal: Browser, acme: Tenant) -> None:
    typed = {"customers": "0", "applications": "50", "administrators": "", "domains": "3"}
    saved = olga_portal.post(PAGE, typed, follow=True)
    assert "Saved." in saved.content.decode()
    assert limits_of_installation() == Limits(applications=50, domains=3)
    wrong = olga_portal.post(PAGE, {"applications": "many", "domains": "-1"}).content.decode()
    assert wrong.count("Enter a whole number from 0 to 100000000") == 4
    assert 'value="many"' in wrong

    assert "no tenant with this domain" in olga_portal.post(f"{BELOW}limits/find", {"domain": "no"}).content.decode()
    assert "Null characters" in olga_portal.post(f"{BELOW}limits/find", {"domain": "a\0b"}).content.decode()
    found = olga_portal.post(f"{BELOW}limits/find", {"domain": " ACME "}, follow=True)
    assert "Limits of <bdi>Acme</bdi>" in found.content.decode()
    assert "Empty: 50, as for all. 0: no limit." in found.content.decode()
    olga_portal.post(f"{BELOW}limits/{acme.pk}/", {"applications": "4", "domains": "0"})
    acme.refresh_from_db()
    assert acme.limits == {"applications": 4, "domains": None}
    kept = shown(olga_portal, f"{BELOW}limits/{acme.pk}/")
    assert 'value="4"' in kept
    assert 'value="0"' in kept


def test_olga_tries_the_installations_mail_server(olga_portal: Browser, settings: Any, mail_server: Any) -> None:
    test = {"to": "olga@portal.example"}
    assert "There is no mail server to test" in olga_portal.post(f"{BELOW}mail/test", test).content.decode()
    mailbox, port = mail_server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    piece = olga_portal.post(f"{BELOW}mail/test", test, headers={"HX-Request": "true"}).content.decode()
    assert "accepted the test for olga@portal.example" in piece
    assert mailbox.mail()["From"] == "CIAM Portal <no-reply@localhost>"
    assert "Enter one plain email address" in olga_portal.post(f"{BELOW}mail/test", {"to": "x"}).content.decode()


def test_nobody_but_operators_sees_the_installation(ada_portal: Browser, acme: Tenant) -> None:
    for path in (PAGE, f"{BELOW}limits/{acme.pk}/"):
        assert ada_portal.get(path).status_code == ada_portal.post(path).status_code == 404
    for path in (f"{BELOW}limits/find", f"{BELOW}mail/test"):
        assert ada_portal.post(path, {"domain": "acme"}).status_code == 404
    assert "Installation" not in ada_portal.get("/tenants/").content.decode()


def test_the_menu_marks_one_page_though_one_lies_below_the_other(olga_portal: Browser) -> None:
    for url, name in ((PAGE, "Installation settings"), ("/installation/", "Installation")):
        menu = olga_portal.get(url).context["navigation"]
        assert [entry.name for entry in menu if entry.is_current] == [name]
