"""A run of a user flow as an administrator goes through it, and what its page shows."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings as configured

from applications.models import Application
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.customer import leads_to

CALLBACK = "/tenants/acme/user-flows/runs/callback"


class Run:
    """A run as an administrator goes through it: the portal in one browser, the customer pages in the same person's."""

    def __init__(self, portal: Browser, pages: Browser, application: Application) -> None:
        self.portal, self.pages, self.application = portal, pages, application
        self.form_url = f"/tenants/acme/user-flows/{application.user_flow_id}/run/"

    def begin(self, **choices: Any) -> str:
        """The address that the browser is sent to."""
        usual = {"application": self.application.client_id, "scopes": ["profile", "email"]}
        answer = self.portal.post(self.form_url, {**usual, **choices})
        assert answer.status_code == 303, answer.content.decode()
        return answer["Location"]

    def authorize(self, address: str) -> Any:
        """Follow the pages to the step that answers by itself."""
        answer = self.pages.get(path_of(address))
        while answer.status_code in {302, 303} and not is_callback(answer):
            answer = self.pages.get(path_of(answer["Location"]))
        return answer

    def try_password(self, address: str, password: str, email: str = "carol@acme.example") -> Any:
        """Go through the pages as a customer with this password; returns where that leads."""
        page = self.authorize(address)
        for field in ({"email": email}, {"password": password}):
            page = self.pages.post(leads_to(page) or page.request["PATH_INFO"], field)
            while page.status_code in {302, 303} and not is_callback(page):
                page = self.pages.get(path_of(page["Location"]))
        return page

    def sign_in(self, address: str, email: str = "carol@acme.example") -> str:
        """Go through the pages as a customer; returns the callback's address."""
        page = self.try_password(address, PASSWORD, email)
        assert is_callback(page), page.content.decode()
        return str(page["Location"])

    def come_back(self, address: str) -> Any:
        """The viewer, after the callback."""
        answer = self.portal.get(address.removeprefix(configured.CIAM_BASE_URL))
        assert answer.status_code == 303, answer.content.decode()
        return self.portal.get(answer["Location"])

    def claims(self, page: Any, part: str) -> dict[str, Any]:
        """The rows of one part of the viewer, by name."""
        place = self.portal.get(page.request["PATH_INFO"], {"part": part}).context["place"]
        return {row.name: row for row in place.claims}


def path_of(address: str) -> str:
    return address.removeprefix(configured.CIAM_BASE_URL).removeprefix("/t/acme")


def is_callback(answer: Any) -> bool:
    return answer.status_code == 303 and answer["Location"].startswith(configured.CIAM_BASE_URL + CALLBACK)


def members_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def with_members(address: str, **changed: str) -> str:
    """The address with other members in its query."""
    return f"{address.partition('?')[0]}?{urlencode({**members_of(address), **changed})}"


def names_of_tabs(page: Any) -> list[str]:
    return [tab.name for tab in page.context["tabs"]]


def checks_of(page: Any) -> dict[tuple[str, str], str]:
    groups = page.context["check_groups"]
    return {(about, row.check.name): row.check.verdict for about, rows in groups for row in rows}
