"""Programs are kept from making accounts by what their browsers have to compute; customers hardly notice."""

import hashlib
import re

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.services import Actor
from common.web.limits import Limit
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.providers.conftest import come_back
from tests.providers.conftest import elsewhere as elsewhere  # noqa: PLC0414 - a fixture
from tests.providers.conftest import provider as provider  # noqa: PLC0414 - a fixture
from tests.providers.elsewhere import Elsewhere
from tests.providers.people import NINA
from tests.userflows.customer import Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.journeys.attempts import limits
from userflows.models import UserFlow
from userflows.state import ALWAYS, WHEN_MANY
from userflows.steps.human import actions, puzzle
from userflows.steps.human.actions import level_at

pytestmark = pytest.mark.django_db
EVE, NORA = "eve@acme.example", "nora@acme.example"


@pytest.fixture(autouse=True)
def _easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As hard as a test can afford."""
    monkeypatch.setattr(puzzle, "LEAST", 300)


def check(acme: Tenant, when: str, **values: object) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), human_check=when, **values, actor=Actor.command())


def asked(customer: Customer) -> dict[str, str]:
    """The puzzle on the page; empty if there is none."""
    return dict(re.findall(r'data-(salt|digest|most)="([^"]+)"', customer.text))


def solution(customer: Customer) -> str:
    told = asked(customer)
    for number in range(int(told["most"]) + 1):
        if hashlib.sha256(f"{told['salt']}{number}".encode()).hexdigest() == told["digest"]:
            return str(number)
    raise AssertionError(told)


def at_puzzle(acme: Tenant, email: str) -> Customer:
    customer = Customer(acme)
    customer.visit("/sign-up/")
    customer.submit({"email": email})
    assert "<h1>One moment</h1>" in customer.text
    return customer


def is_mailed(acme: Tenant, email: str) -> bool:
    run_jobs()
    with tenant_context(acme):
        return bool(mails_to(email))


def test_eves_program_gets_no_code_mailed_without_the_number(acme: Tenant) -> None:
    """A-28: neither by a wrong one, nor by an old one, another's, or one for another address; nor by the next page."""
    check(acme, ALWAYS)
    eve, nora = at_puzzle(acme, EVE), at_puzzle(acme, NORA)
    of_nora = solution(nora)
    for wrong in ("0" * 9, "-1", "x" * 21, "\u0663", of_nora + " "):
        before = asked(eve)
        assert eve.submit({"answer": wrong}).status_code == 400
        assert asked(eve)["salt"] != before["salt"]
    eve.submit({"code": "000000"}, to="code")
    eve.submit({}, to="send")
    assert not is_mailed(acme, EVE)
    good = solution(eve)
    eve.submit({"answer": good})
    assert "<h1>Enter the code</h1>" in eve.text
    assert is_mailed(acme, EVE)
    eve.visit(eve.path.replace("/code/", "/address/"))
    eve.submit({"email": "eve2@acme.example"})
    assert eve.submit({"answer": good}).status_code == 400
    assert not is_mailed(acme, "eve2@acme.example")


def test_eve_comes_around_it_by_no_other_beginning(acme: Tenant) -> None:
    check(acme, ALWAYS, methods=("code",))
    eve = Customer(acme)
    eve.visit("/sign-in/")
    eve.submit({"email": EVE})
    eve.submit({"code": new_code(acme, EVE)})
    assert "<h1>One moment</h1>" in eve.text
    eve.submit({"givenName": "Eve"}, to="details")
    with tenant_context(acme):
        assert not Account.objects.with_email(EVE).exists()
    eve.submit({"answer": solution(eve)})
    assert "<h1>Complete your account</h1>" in eve.text


def test_a_customer_signs_up_in_as_many_steps_as_before(acme: Tenant, carol: Account) -> None:
    check(acme, ALWAYS)
    nora = at_puzzle(acme, NORA)
    nora.submit({"answer": solution(nora)})
    assert "Step 2 of 3" in nora.text
    nora.submit({"code": new_code(acme, NORA)})
    nora.submit({"password": PASSWORD, "givenName": "Nora"})
    assert nora.is_signed_in
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert customer.is_signed_in


def test_without_a_script_a_few_sign_up_all_the_same(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WITHOUT_SCRIPT", Limit("sign-ups without a script by address", 1, 3600))
    check(acme, ALWAYS)
    nora, eve = at_puzzle(acme, NORA), at_puzzle(acme, EVE)
    nora.submit({"answer": ""})
    assert "<h1>Enter the code</h1>" in nora.text
    assert eve.submit({"answer": ""}).status_code == 429
    assert "Too many attempts." in eve.text
    assert not asked(eve)
    assert not is_mailed(acme, EVE)


def test_few_are_asked_for_nothing_and_many_for_more_and_more(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    monkeypatch.setattr(actions, "MANY", 1)
    check(acme, WHEN_MANY)
    first = Customer(acme)
    first.visit("/sign-up/")
    first.submit({"email": NORA})
    assert "<h1>Enter the code</h1>" in first.text
    assert is_mailed(acme, NORA)
    easy = at_puzzle(acme, EVE)
    for number in range(3):
        hard = at_puzzle(acme, f"eve{number}@acme.example")
    assert int(asked(hard)["most"]) == 4 * int(asked(easy)["most"])
    elsewhere.person = NINA
    nina = Customer(acme)
    come_back(nina, provider, elsewhere)
    assert "<h1>Complete your account</h1>" in nina.text


def test_it_gets_as_hard_as_a_phone_can_bear_and_no_harder() -> None:
    assert [level_at(begun) for begun in (1, 60, 61, 240, 241, 960, 961, 10**6)] == [-1, -1, 0, 0, 1, 1, 2, 2]
