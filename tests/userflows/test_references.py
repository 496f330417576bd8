"""Whoever is shown an error can tell whom they ask by what it is found: the reference of their request."""

import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from audit.models import Event
from audit.search import Requests, Sought
from audit.services import Actor
from common.web.current_request import reference_of
from tenants.models import Tenant
from tenants.services import suspend_tenant
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty
from tests.userflows.customer import Customer

pytestmark = pytest.mark.django_db
REFERENCE = re.compile(r"<bdi>([0-9A-F]{4}-[0-9A-F]{4})</bdi>")


def reference_on(answer: Any) -> str:
    """What stands on the page; it is that of the answer's own request."""
    found = REFERENCE.search(answer.content.decode())
    assert found is not None
    assert answer.headers["X-Request-ID"].replace("-", "").upper().startswith(found[1].replace("-", ""))
    return found[1]


def events_of(tenant: Tenant, reference: str) -> list[str]:
    with tenant_context(tenant):
        sought = Sought(requests=Requests.read(reference))
        return [event.reason for event in sought.among(Event.objects.all())]


def test_what_was_refused_is_found_by_the_reference_on_its_page(
    acme: Tenant, carol: Account, bookshop: Application
) -> None:
    elsewhere = Browser(acme).get(f"/go/{carol.pk}/address/")
    assert events_of(acme, reference_on(elsewhere)) == ["journey_unknown"]
    wrong = RelyingParty(Browser(acme), bookshop, "").authorize(redirect_uri="https://evil.example/")
    assert events_of(acme, reference_on(wrong)) == ["redirect_uri_wrong"]
    customer = Customer(acme)
    for number in range(6):
        answer = customer.sign_in(carol.email, f"wrong {number}")
    assert answer.status_code == 429
    assert events_of(acme, reference_on(answer)) == ["too_many_attempts"]


def test_a_form_that_says_what_is_wrong_with_it_has_none(acme: Tenant, carol: Account) -> None:
    answer = Customer(acme).sign_in(carol.email, "wrong")
    assert answer.status_code == 400
    assert REFERENCE.search(answer.content.decode()) is None
    assert REFERENCE.search(Browser(acme).get("/sign-out/").content.decode()) is None


def test_pages_that_no_app_has_bear_one_too(acme: Tenant, ada_portal: Browser) -> None:
    assert reference_on(Browser(acme).get("/no-such-page/"))
    assert reference_on(Browser(acme, checks_csrf=True).post("/sign-out/"))
    assert reference_on(ada_portal.get("/tenants/acme/applications/00000000-0000-4000-8000-000000000000/"))
    assert reference_on(ada_portal.get("/no-such-page/"))
    suspend_tenant(acme, actor=Actor.command())
    assert reference_on(Browser(acme).get("/sign-in/"))


def test_what_broke_bears_one(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("userflows.views.customer.start.default_flow", broken)
    browser = Browser(acme)
    browser.raise_request_exception = False
    answer = browser.get("/sign-in/")
    assert answer.status_code == 500
    assert reference_on(answer)


@pytest.mark.parametrize("text", ["7d9bf051", "7D9B-F051", " 7d9b f051 ", "7d9bf051-3e69-4602-8cbb-7c11f5b426b1"])
def test_a_reference_is_read_as_people_write_it(text: str) -> None:
    requests = Requests.read(text)
    assert requests is not None
    assert reference_of(requests.first) == "7D9B-F051"


@pytest.mark.parametrize("text", ["", "7d9b", "7d9bf05g", "7d9bf051" * 5, "--------"])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert Requests.read(text) is None
