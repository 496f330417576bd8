"""When more passwords wait than can be looked at: nobody is blamed, nothing typed is lost, and who waits gets in."""

import re
from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.credentials import hashers
from accounts.credentials.hashers import Busy
from accounts.models import Account
from audit.models import Event
from common.web.limits import Limit
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.screens import PHONE
from tests.userflows.customer import Customer
from userflows.forms import pages as form_pages
from userflows.journeys.attempts import limits
from userflows.journeys.attempts.limits import PASSWORDS_FROM_HERE

Crowd = Callable[[int], None]
SENTENCE = "very busy right now, so nothing was checked or saved yet"


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    """So many passwords from now on come too late to be looked at."""
    left = [0]
    look_at = hashers.in_turn

    def in_turn(hashing: Callable[[], object]) -> object:
        if left[0]:
            left[0] -= 1
            raise Busy
        return look_at(hashing)

    monkeypatch.setattr(hashers, "in_turn", in_turn)
    return lambda passwords: left.__setitem__(0, passwords)


@pytest.mark.django_db
def test_a35_a_password_that_nobody_looked_at_is_no_try(acme: Tenant, carol: Account, crowd: Crowd) -> None:
    crowd(2 * PASSWORDS_FROM_HERE.attempts)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    for _ in range(2 * PASSWORDS_FROM_HERE.attempts):
        answer = customer.submit({"password": PASSWORD, "stay": "on"})
        assert answer.status_code == 503
        assert 0 < int(answer["Retry-After"]) < 15

    assert SENTENCE in customer.text
    assert "<h1>Enter your password</h1>" in customer.text
    assert carol.email in customer.text
    assert 'id="stay" aria-describedby="stay-hint" checked' in customer.text
    assert PASSWORD not in customer.text
    with tenant_context(acme):
        assert not Event.objects.failures().exists()
    assert customer.submit({"password": PASSWORD}).status_code == 200
    assert customer.is_signed_in


@pytest.mark.django_db
@pytest.mark.usefixtures("many_kinds")
def test_a_sign_up_among_too_many_keeps_what_was_typed(
    acme: Tenant, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SIGN_UPS", Limit("sign-ups in this test", 1, 60))
    customer = Customer(acme)
    customer.sign_up_to_code("new@acme.example")
    customer.submit({"code": customer.code_from_mail("new@acme.example")})
    typed = {"password": PASSWORD, "shoeSize": "43", "terms": "on", "plan": "paid"}
    crowd(2)

    assert [customer.submit(typed).status_code for _ in range(2)] == [503, 503]

    assert SENTENCE in customer.text
    assert 'value="43"' in customer.text
    assert re.search(r'value="paid"[^>]* checked', customer.text)
    assert PASSWORD not in customer.text
    customer.submit(typed)
    assert customer.is_signed_in


@pytest.mark.django_db
def test_a_new_password_among_too_many_is_asked_for_again(acme: Tenant, carol: Account, crowd: Crowd) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    customer.visit("/profile/password/")
    customer.submit({"password": PASSWORD})
    crowd(1)
    assert customer.submit({"password": "a wholly different password"}).status_code == 503
    assert "Choose a new password" in customer.text
    customer.submit({"password": "a wholly different password"})
    assert "Your new password is saved" in customer.text


@pytest.mark.django_db
@pytest.mark.parametrize("press", ["", "x" * 33, "a.b", "a; Domain=evil.example", "<script>"])
def test_only_a_name_that_a_page_of_ours_gives_a_press_is_answered_in_a_cookie(
    acme: Tenant, carol: Account, crowd: Crowd, press: str
) -> None:
    crowd(1)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    answer = customer.submit({"password": PASSWORD, "this-press": press})
    assert answer.status_code == 503
    assert not any("busy" in name for name in answer.cookies)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("carol")
def test_the_page_waits_with_what_was_typed_and_tries_again_by_itself(
    acme: Tenant, open_page: Callable[..., Page], crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("/t/acme/sign-in/", viewport=PHONE)
    page.fill("#email", "carol@acme.example")
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    crowd(4)
    monkeypatch.setattr(form_pages, "cookie_for", lambda press: f"{press}.3600")
    page.locator("#password").press("Enter")

    button = page.get_by_role("button", name="Sign in", exact=True)
    expect(page.get_by_role("status")).to_contain_text("Keep this page open")
    expect(button).to_have_attribute("aria-busy", "true")
    expect(page.locator("#password")).to_have_value(PASSWORD)

    # Whoever changes what they typed presses again themselves.
    page.locator("#password").press_sequentially("x")
    expect(page.get_by_text("Keep this page open")).to_have_count(0)
    page.locator("#password").fill(PASSWORD)
    monkeypatch.setattr(form_pages, "cookie_for", lambda press: f"{press}.0")
    button.click()
    expect(page).to_have_url(re.compile("/profile/"))
    with tenant_context(acme):
        assert not Event.objects.failures().exists()
