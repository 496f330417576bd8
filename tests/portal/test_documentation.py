"""Ada reads the documentation in the portal."""

import pytest

from tenants.models import Tenant
from tests.browser import Browser


def test_she_finds_a_page_and_reads_it(ada_portal: Browser) -> None:
    found = ada_portal.get("/documentation/", {"q": "rotate signing"}).content.decode()
    assert "/documentation/how-to/signing-keys/" in found

    page = ada_portal.get("/documentation/how-to/signing-keys/").content.decode()

    assert "Signing keys</span></h1>" in page
    assert "<h1 id" not in page
    assert 'href="/documentation/' in page


@pytest.mark.parametrize(
    ("path", "key"), [("/tenants/acme/user-flows/", "how-to/user-flows"), ("/jobs/", "how-to/an-unlucky-day")]
)
def test_a_page_leads_to_what_is_written_about_it(olga_portal: Browser, path: str, key: str) -> None:
    assert f'<a class="learn-more" href="/documentation/{key}/">' in olga_portal.get(path).content.decode()


def test_pictures_are_served_and_nothing_else_of_the_disk(ada_portal: Browser) -> None:
    answer = ada_portal.get("/documentation/images/portal.png")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")

    for path in (
        "images/../how-to/deploy.md",
        "images/..%2f..%2fmanage.py",
        "images/.env",
        "../manage.py/",
        "how-to/../../README/",
        "how-to/deploy.md/",
        "/etc/passwd/",
        "how-to/nothing/",
    ):
        # A name without its slash is led to the one with it.
        answer = ada_portal.get(f"/documentation/{path.rstrip('/')}/")
        assert answer.status_code == 404, path


def test_customers_and_strangers_read_nothing(home: Tenant, acme_browser: Browser) -> None:
    assert Browser(home).get("/documentation/").status_code == 302
    assert acme_browser.get("/documentation/").status_code == 404
