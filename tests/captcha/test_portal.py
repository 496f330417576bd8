"""Which CAPTCHA provider a tenant has, chosen and tried in the portal and by command."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from audit.models import Event
from audit.services import Actor
from captcha.description import CaptchaDescription, describe, secret_of
from captcha.models import CaptchaSettings
from captcha.services import choose_captcha
from common.problems import Refused
from operations.resealing import reseal_tenant
from tenants.models import Tenant
from tests.browser import Browser
from tests.captcha.provider import SECRET, SITE_KEY, Provider, captcha_provider
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
PAGE = "/tenants/acme/settings/captcha/"
COMMAND = Actor.command()


def form(provider: Provider, **others: str) -> dict[str, str]:
    described = {**vars(provider.description), "origins": "https://*.captcha.example\nhttps://cdn.example"}
    return {**described, "secret": SECRET, **others}


def test_p04_the_secret_goes_to_the_server_it_was_saved_for_and_to_no_page(
    acme: Tenant, ada_portal: Browser, provider: Provider
) -> None:
    assert ada_portal.post(PAGE, form(provider)).status_code == 302
    page = ada_portal.get(PAGE).content.decode()
    assert SITE_KEY in page
    assert SECRET not in page
    with tenant_context(acme):
        assert SECRET not in str(Event.objects.get(action="captcha.changed").details)
        kept = CaptchaSettings.objects.get()
        assert SECRET not in kept.sealed_secret
        assert describe().widget.origins == (provider.url, "https://*.captcha.example", "https://cdn.example")
    # Eve, at Ada's browser for a moment, has it sent to a server of hers.
    with captcha_provider() as eves:
        tried = ada_portal.post(f"{PAGE}test", form(eves, secret=""), headers={"HX-Request": "true"})
        assert "Paste it as your provider shows it." in tried.content.decode()
        assert eves.asked == []
    assert ada_portal.post(PAGE, form(provider, secret="", site_key="another")).status_code == 302
    reseal_tenant(acme, actor=COMMAND)
    with tenant_context(acme):
        assert secret_of(CaptchaSettings.objects.get()) == SECRET


def test_c12_no_address_leads_inside_and_what_was_typed_stays(
    acme: Tenant, ada_portal: Browser, provider: Provider
) -> None:
    wrong = {
        "script_url": "https://10.0.0.1/api.js",
        "verify_url": "https://169.254.169.254/latest",
        "css_class": "a b",
        "response_field": '"><script>',
        "origins": "https://example.com/; script-src *",
    }
    page = ada_portal.post(PAGE, form(provider, **wrong)).content.decode()
    assert page.count("The address is internal; only public ones are called.") >= 2
    for sentence in ("Write one CSS class", "Write the name of one field", "isn’t an origin"):
        assert sentence in page
    assert "169.254.169.254" in page
    with tenant_context(acme):
        assert describe() == CaptchaDescription()


def test_a_test_says_whether_the_provider_knows_the_secret(
    acme: Tenant, ada_portal: Browser, provider: Provider
) -> None:
    def tried(**others: str) -> str:
        answer = ada_portal.post(f"{PAGE}test", form(provider, **others), headers={"HX-Request": "true"})
        return answer.content.decode()

    assert "A Captcha answers and accepts the secret" in tried()
    assert "doesn’t accept the secret (invalid-input-secret)" in tried(secret="another")
    provider.said = {"success": True}
    assert "No one would be kept out." in tried()
    with tenant_context(acme):
        assert describe() == CaptchaDescription()


def test_a_known_provider_needs_its_two_keys_alone(acme: Tenant) -> None:
    with tenant_context(acme):
        with pytest.raises(Refused) as refused:
            choose_captcha(CaptchaDescription(provider="turnstile"), actor=COMMAND)
        assert [problem.field for problem in refused.value.problems] == ["site_key", "secret"]
        wished = CaptchaDescription(provider="turnstile", site_key=SITE_KEY, script_url="https://left.example/over.js")
        choose_captcha(wished, secret=SECRET, actor=COMMAND)
        assert describe().script_url == ""
        assert describe().widget.name == "Cloudflare Turnstile"


def test_what_is_typed_for_no_provider_is_not_kept(acme: Tenant, ada_portal: Browser, provider: Provider) -> None:
    answer = ada_portal.post(PAGE, form(provider) | {"provider": "", "site_key": "k" * 20_000}, follow=True)

    assert answer.status_code == 200
    with tenant_context(acme):
        assert describe() == CaptchaDescription()


def test_a_flow_asks_it_once_there_is_one(acme: Tenant, ada_portal: Browser, provider: Provider) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
    page = f"/tenants/acme/user-flows/{flow.pk}/sign-up/"
    chosen = {"invited_only": "everybody", "verifies_last": "before", "minimum_age": "0"}
    chosen |= {"human_check": "always", "human_by": "captcha"}
    refused = ada_portal.post(page, chosen).content.decode()
    assert "Set a CAPTCHA up first" in refused
    with tenant_context(acme):
        choose_captcha(provider.description, secret=SECRET, actor=COMMAND)
    assert ada_portal.post(page, chosen).status_code == 302
    with tenant_context(acme):
        assert UserFlow.objects.get(pk=flow.pk).sign_up_rules["human_by"] == "captcha"


def test_eve_finds_no_page_of_acmes(acme: Tenant, grace_portal: Browser) -> None:
    assert grace_portal.get(PAGE).status_code == 404


def test_the_command_chooses_shows_and_tries(
    acme: Tenant, provider: Provider, run: Callable[..., dict[str, Any]]
) -> None:
    described = provider.description
    chosen = ["--provider", "other", "--site-key", SITE_KEY, "--name", "A Captcha", "--secret-stdin"]
    chosen += ["--script-url", described.script_url, "--css-class", described.css_class]
    chosen += ["--response-field", described.response_field, "--verify-url", described.verify_url]
    shown = run("tenant", "captcha", "--tenant", "acme", *chosen, "--origin", provider.url, typed=f"{SECRET}\n")
    assert (shown["name"], shown["has_secret"], shown["origins"]) == ("A Captcha", True, [provider.url])
    assert run("tenant", "captcha", "--tenant", "acme", "--test") == {"name": "A Captcha"}
    which = ["--tenant", "acme", "--name", "Sign up and sign in"]
    flow = run("userflow", "sign-up", *which, "--human-check", "always", "--human-by", "captcha")
    assert flow["human_by"] == "captcha"
    assert run("tenant", "captcha", "--tenant", "acme", "--provider", "none")["has_secret"] is False
