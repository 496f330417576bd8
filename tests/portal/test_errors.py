"""What people see when there is no page, no tenant, no database, or a form that is too old."""

import re

import pytest
from django.template.loader import render_to_string

from tests.browser import Browser

ERRORS = ("not_found", "no_tenant", "unavailable", "expired_form")


@pytest.mark.parametrize("name", ERRORS)
def test_each_page_stands_alone(name: str) -> None:
    page = render_to_string(f"errors/{name}.html")

    assert re.search(r"<h1>\w", page)
    assert "<script" not in page
    assert "style=" not in page
    assert all(address.startswith("/static/") for address in re.findall(r'<link [^>]*href="([^"]*)"', page))


def test_an_address_nobody_has_says_so_without_naming_anybody(acme_browser: Browser) -> None:
    answer = acme_browser.get("/no/such/page")

    assert answer.status_code == 404
    assert "There is no page here" in answer.content.decode()
    assert 'href="/t/acme/"' in answer.content.decode()


def test_a_tenant_nobody_has_says_so(olga_portal: Browser) -> None:
    answer = olga_portal.get("/t/nobody/sign-in/")

    assert answer.status_code == 404
    assert "Nobody answers at this address" in answer.content.decode()


def test_a_form_that_is_too_old_says_how_to_go_on(home, olga_portal: Browser) -> None:
    browser = Browser(home, checks_csrf=True)
    browser.cookies = olga_portal.cookies

    answer = browser.post("/tenants/acme/settings/", {"name": "Changed"})

    assert answer.status_code == 403
    assert "This page was open too long" in answer.content.decode()
    assert 'href="/tenants/acme/settings/"' in answer.content.decode()


def test_the_portal_speaks_one_language_throughout(ada_portal: Browser) -> None:
    german = {"accept-language": "de"}

    listed = ada_portal.get("/tenants/", headers=german).content.decode()
    refused = ada_portal.post("/tenants/acme/settings/", {"name": ""}, headers=german).content.decode()

    assert '<html lang="en">' in listed
    assert "ago</time>" in listed
    assert "Enter a name." in refused
    assert (
        "Select a valid choice"
        in ada_portal.post(
            "/tenants/acme/settings/", {"name": "Acme", "country": "XX"}, headers=german
        ).content.decode()
    )
