"""A user flow asks the tenant's CAPTCHA provider whether a person signs up, and believes nobody else."""

from dataclasses import replace

import pytest
from django_tenants.utils import tenant_context
from pytest_django.fixtures import Settings

from audit.models import Event
from audit.services import Actor
from captcha.description import CaptchaDescription
from captcha.services import choose_captcha
from captcha.verifying import Verdict, judged
from common.web.limits import Limit
from tenants.models import Tenant
from tests.browser import Browser
from tests.captcha.provider import FOUND, SECRET, Provider
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.journeys.attempts import limits
from userflows.models import UserFlow
from userflows.state import ALWAYS, CAPTCHA
from userflows.steps.human import puzzle

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
EVE, NORA = "eve@acme.example", "nora@acme.example"
FIELD = "a-captcha-response"
CODE = "<h1>Enter the code</h1>"


@pytest.fixture
def checked(acme: Tenant, provider: Provider) -> Provider:
    """Acme's flow asks this provider of everybody."""
    with tenant_context(acme):
        choose_captcha(provider.description, secret=SECRET, actor=COMMAND)
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, human_check=ALWAYS, human_by=CAPTCHA, actor=COMMAND)
    return provider


def at_check(acme: Tenant, email: str) -> Customer:
    customer = Customer(acme)
    customer.visit("/sign-up/")
    customer.submit({"email": email})
    assert "<h1>One moment</h1>" in customer.text
    return customer


def is_mailed(acme: Tenant, email: str) -> bool:
    run_jobs()
    with tenant_context(acme):
        return bool(mails_to(email))


def test_eves_program_gets_no_code_mailed_without_what_the_widget_finds(acme: Tenant, checked: Provider) -> None:
    """A-28: neither by nothing, nor by what the provider hasn't given."""
    eve = at_check(acme, EVE)
    for wrong in (
        {},
        {"answer": "1"},
        {FIELD: ""},
        {FIELD: "made up"},
        {FIELD: "x" * 9000},
        {FIELD: "<script>"},
        {FIELD: "guessed"},
    ):
        assert eve.submit(wrong).status_code == 400
    with tenant_context(acme):
        assert set(Event.objects.filter(action="customer.sign_up_failed").values_list("reason")) == {
            ("captcha_failed",)
        }
    # Of what isn't even a response, the provider isn't asked.
    assert [form["response"] for form in checked.asked] == ["guessed"]
    # Found by a widget of hers, with another site key.
    checked.said = {"success": False, "error-codes": ["sitekey-secret-mismatch", "invalid-keys"]}
    assert eve.submit({FIELD: "found elsewhere"}).status_code == 400
    assert not is_mailed(acme, EVE)


def test_what_eve_has_had_found_on_a_page_of_hers_is_worth_nothing(provider: Provider, settings: Settings) -> None:
    settings.IS_LOCAL = False
    widget, found = provider.description.widget, {"success": True, "hostname": "eves.example"}
    assert judged(found, widget, host="acme.example").verdict is Verdict.WRONG
    assert judged({**found, "hostname": "acme.example"}, widget, host="acme.example").verdict is Verdict.GOOD


def test_a_provider_that_names_no_host_while_it_is_attacked_is_believed(provider: Provider, settings: Settings) -> None:
    settings.IS_LOCAL = False
    for found in ({"success": True}, {"success": True, "hostname": "not-provided"}):
        assert judged(found, provider.description.widget, host="acme.example").verdict is Verdict.GOOD


def test_only_wrong_answers_use_up_what_a_network_may_send(
    acme: Tenant, checked: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TRIES_EVERYWHERE", Limit("tries from everywhere", 1, 60, everywhere=True))
    for email in (NORA, "nina@acme.example"):
        nora = at_check(acme, email)
        nora.submit({FIELD: FOUND})
        assert CODE in nora.text
    eve = at_check(acme, EVE)
    assert [eve.submit({FIELD: "guessed"}).status_code for _ in range(2)] == [400, 429]


def test_nora_goes_on_once_the_provider_has_seen_her(acme: Tenant, checked: Provider) -> None:
    nora = at_check(acme, NORA)
    assert 'data-sitekey="the-site-key"' in nora.text
    assert "A Captcha" in nora.text
    nora.submit({FIELD: FOUND})
    assert CODE in nora.text
    assert checked.asked == [{"secret": SECRET, "response": FOUND}]
    assert is_mailed(acme, NORA)


def test_that_page_alone_loads_from_the_provider(acme: Tenant, checked: Provider) -> None:
    customer = Customer(acme)
    assert checked.url not in customer.visit("/sign-up/")["Content-Security-Policy"]
    page = customer.submit({"email": NORA})
    policy = dict(part.strip().partition(" ")[::2] for part in page["Content-Security-Policy"].split(";"))
    for directive in ("script-src", "frame-src", "connect-src"):
        assert policy[directive].split() == ["'self'", checked.url]
    assert policy["object-src"] == "'none'"
    assert checked.url not in customer.submit({FIELD: FOUND})["Content-Security-Policy"]


def test_without_the_widget_a_few_sign_up_all_the_same(
    acme: Tenant, checked: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WITHOUT_SCRIPT", Limit("sign-ups without a script by address", 1, 3600))
    nora, eve = at_check(acme, NORA), at_check(acme, EVE)
    nora.submit({"without": "1"})
    assert CODE in nora.text
    assert eve.submit({"without": "1"}).status_code == 429
    assert checked.asked == []


@pytest.mark.parametrize("silence", [500, "not json", {"success": False, "error-codes": ["invalid-input-secret"]}])
def test_a_provider_without_an_answer_gives_way_to_the_puzzle_and_ada_is_told(
    acme: Tenant, checked: Provider, ada_portal: Browser, monkeypatch: pytest.MonkeyPatch, silence: object
) -> None:
    monkeypatch.setattr(puzzle, "LEAST", 300)
    checked.status, checked.said = (silence, {}) if isinstance(silence, int) else (200, silence)
    nora = at_check(acme, NORA)
    nora.submit({FIELD: FOUND})
    assert "data-puzzle" in nora.text
    told = "A Captcha isn’t working, so browsers solve a puzzle instead"
    assert told in ada_portal.get("/tenants/acme/").content.decode()
    checked.status, checked.said = 200, None
    at_check(acme, "nina@acme.example").submit({FIELD: FOUND})
    assert told not in ada_portal.get("/tenants/acme/").content.decode()


def test_where_it_is_wished_so_nobody_goes_on_without_an_answer(acme: Tenant, checked: Provider) -> None:
    with tenant_context(acme):
        choose_captcha(replace(checked.description, on_failure="stop"), actor=COMMAND)
    checked.status = 500
    nora = at_check(acme, NORA)
    refused = nora.submit({FIELD: FOUND})
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    assert "isn't available right now" in nora.text.replace("&#x27;", "'")
    checked.status = 200
    nora.submit({FIELD: FOUND})
    assert CODE in nora.text


def test_a_tenant_that_drops_its_provider_has_browsers_solve_the_puzzle(acme: Tenant, checked: Provider) -> None:
    nora = at_check(acme, NORA)
    with tenant_context(acme):
        choose_captcha(CaptchaDescription(), actor=COMMAND)
    nora.visit(nora.path)
    assert "data-puzzle" in nora.text
