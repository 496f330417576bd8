"""Ada runs a user flow of acme: the real pages with Carol's credentials, then what Bookshop would have been told."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.description import Claim
from applications.models import Application
from applications.services.application import change_application
from applications.services.claims import choose_claim
from applications.services.registration import register_application
from applications.services.roles import assign_role
from audit.models import Event
from audit.services import Actor
from common.crypto.encryption import unseal
from common.database.caches import forget_everything
from oidc.grants.authorization_code import redeem_authorization_code
from oidc.grants.issuing import Issued
from oidc.grants.request import TokenRequest
from oidc.models import FlowRun, Grant, RefreshToken
from oidc.runs import answers as run_answers
from oidc.runs.records import sealing_context
from operations.housekeeping import forget_what_expired
from tenants.models import Tenant
from tenants.services import suspend_tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.apis import COMMAND, ORDERS, READ, found_orders
from tests.oidc.relying_party import RelyingParty
from tests.portal.runs import CALLBACK, Run, checks_of, members_of, names_of_tabs, path_of, with_members
from userflows.models import Journey, UserFlow


@pytest.fixture
def run(ada_portal: Browser, acme_browser: Browser, bookshop: Application, carol: Account) -> Run:
    return Run(ada_portal, acme_browser, bookshop)


def test_ada_sees_what_bookshop_would_have_been_told(run: Run, acme: Tenant, carol: Account) -> None:
    address = run.begin()
    run.try_password(address, "wrong")
    page = run.come_back(run.sign_in(address))

    assert set(checks_of(page).values()) == {"passed"}
    assert names_of_tabs(page) == ["Result", "ID token", "Access token", "Userinfo", "Requests"]
    told = run.claims(page, "id_token")
    assert told["sub"].value == str(carol.pk)
    assert (told["sid"].kind, told["nonce"].kind) == ("Session", "Request")
    assert told["exp"].moment is not None
    access_token = run.claims(page, "access_token")
    assert access_token["scope"].value == "openid profile email"
    userinfo = run.claims(page, "userinfo")
    assert (userinfo["email"].value, userinfo["email"].kind) == ("carol@acme.example", "Attribute")
    assert (userinfo["loyaltyNumber"].value, userinfo["loyaltyNumber"].kind) == ("C-1001", "Attribute")
    with tenant_context(acme):
        # So that figures leave it out.
        for action in ("customer.signed_in", "customer.sign_in_failed"):
            assert Event.objects.get(action=action).details == {"trial_run": True}
    claims = (*told.values(), *access_token.values(), *userinfo.values())
    for row in (*page.context["request_rows"], *page.context["response_rows"], *claims):
        assert row.meaning, row


# --- What nobody but Ada can do with it, and Ada can't do either ------------------------------------------------------


def test_the_portal_is_no_redirect_uri_of_bookshop(run: Run, mobile: Application) -> None:
    """O-01: an address that isn't registered counts for one request alone, to the letter."""
    address = run.begin()
    sent = members_of(address)
    changed = (
        {**sent, "state": "another"},
        {**sent, "scope": "openid profile email offline_access"},
        {**sent, "code_challenge": "A" * 43},
        {**sent, "nonce": "another"},
        {**sent, "client_id": mobile.client_id},
        {**sent, "redirect_uri": sent["redirect_uri"].replace("acme", "globex")},
        {name: value for name, value in sent.items() if name != "code_challenge"},
    )

    for parameters in changed:
        answer = run.pages.get("/oidc/authorize", parameters)
        assert answer.status_code == 400, parameters
        assert "Location" not in answer
    assert run.pages.get("/oidc/authorize", sent).status_code == 200


def test_a_run_is_answered_once(run: Run) -> None:
    address = run.begin()
    callback = run.sign_in(address)
    first = run.come_back(callback)

    again = run.come_back(callback)

    assert again.context["request_rows"] == first.context["request_rows"]
    assert checks_of(again) == checks_of(first)
    # The link is worth nothing any more either, though Carol is still signed in.
    assert run.pages.get(path_of(address)).status_code == 400


def test_a_run_is_over_after_a_quarter_of_an_hour(run: Run, acme: Tenant) -> None:
    address = run.begin()
    callback = run.sign_in(address)
    with tenant_context(acme):
        FlowRun.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    page = run.come_back(callback)

    assert page.context["check_groups"] == []
    assert "No response yet" in page.content.decode()
    assert run.pages.get(path_of(address)).status_code == 400
    with tenant_context(acme):
        assert Grant.objects.get().redeemed_at is None


def test_a_customer_who_is_led_to_the_link_gives_nothing_away(run: Run, acme: Tenant, home: Tenant) -> None:
    callback = run.sign_in(run.begin())
    hers = Browser(home)

    answer = hers.get(callback.removeprefix(configured.CIAM_BASE_URL))

    assert answer.status_code == 302
    code, state = (members_of(callback)[name] for name in ("code", "state"))
    assert code not in answer["Location"]
    assert state not in answer["Location"]
    assert "no-store" in answer["Cache-Control"]
    hers.get(answer["Location"])
    with tenant_context(home):
        assert not Journey.objects.filter(return_to__contains=code).exists()
    with tenant_context(acme):
        assert Grant.objects.get().redeemed_at is None
        assert FlowRun.objects.get().answered_at is None


def test_a_run_belongs_to_one_administrator_in_one_browser(
    run: Run, home: Tenant, ada: Account, olga_portal: Browser, stranger_portal: Browser, grace_portal: Browser
) -> None:
    callback = run.sign_in(run.begin()).removeprefix(configured.CIAM_BASE_URL)
    elsewhere = Browser(home)
    elsewhere.sign_in(ada)

    for browser in (olga_portal, elsewhere):
        answer = browser.get(callback)
        assert answer["Location"] == "/tenants/acme/user-flows/"
        assert "doesn’t belong to a run" in browser.get(answer["Location"]).content.decode()
    for browser in (stranger_portal, grace_portal):
        assert browser.get(callback).status_code == 404
    page = run.come_back(callback)
    assert set(checks_of(page).values()) == {"passed"}
    for browser in (olga_portal, elsewhere, stranger_portal, grace_portal):
        assert browser.get(page.request["PATH_INFO"]).status_code == 404


def test_the_run_of_one_tenant_is_nothing_at_another(run: Run, olga: Account, olga_portal: Browser) -> None:
    run.portal = olga_portal
    callback = run.sign_in(run.begin()).removeprefix(configured.CIAM_BASE_URL)

    answer = olga_portal.get(callback.replace("/tenants/acme/", "/tenants/globex/"))

    assert answer["Location"] == "/tenants/globex/user-flows/"
    page = run.come_back(callback)
    assert olga_portal.get(page.request["PATH_INFO"].replace("acme", "globex")).status_code == 404


def test_the_code_of_a_run_is_worth_nothing_at_the_token_endpoint(
    run: Run, acme: Tenant, bookshop: Application, bookshop_secret: str
) -> None:
    """Even the application itself, secret and all, lacks the verifier that only the server knows."""
    callback = run.sign_in(run.begin())
    shop = RelyingParty(run.pages, bookshop, bookshop_secret)

    for verifier in ("v" * 43, None):
        answer = shop.exchange(
            members_of(callback)["code"], redirect_uri=callback.partition("?")[0], code_verifier=verifier
        )
        assert answer.status_code == 400
        assert "access_token" not in answer.json()
    assert set(checks_of(run.come_back(callback)).values()) == {"passed"}


def test_the_code_of_an_application_is_worth_nothing_in_a_run(
    run: Run, acme: Tenant, carol: Account, bookshop: Application, bookshop_secret: str
) -> None:
    """Ada got hold of a code that was meant for Bookshop, and slips it into her own run."""
    hers = Browser(acme)
    hers.sign_in(carol)
    shop = RelyingParty(hers, bookshop, bookshop_secret)
    stolen = shop.code()
    callback = with_members(run.sign_in(run.begin()), code=stolen)

    page = run.come_back(callback)

    assert page.context["error"]["code"] == "invalid_grant"
    assert names_of_tabs(page) == ["Result", "Requests"]
    assert shop.exchange(stolen).status_code == 200


def test_the_answer_of_another_issuer_is_not_redeemed(run: Run, acme: Tenant) -> None:
    """RFC 9207: a mixed-up answer is seen by its iss, and the code goes nowhere."""
    callback = with_members(run.sign_in(run.begin()), iss="https://evil.example")

    page = run.come_back(callback)

    assert checks_of(page)["Response", "iss"] == "failed"
    assert "https://evil.example" in page.content.decode()
    with tenant_context(acme):
        assert Grant.objects.get().redeemed_at is None


def test_nothing_of_a_run_can_be_used_afterwards(
    run: Run, acme: Tenant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def redeeming(request: TokenRequest) -> Issued:
        issued = redeem_authorization_code(request)
        seen.append({**issued.members, "code": request.code, "verifier": request.code_verifier})
        return issued

    monkeypatch.setattr(run_answers, "redeem_authorization_code", redeeming)
    caplog.set_level(logging.DEBUG)
    page = run.come_back(run.sign_in(run.begin(scopes=["profile", "offline_access"])))

    [members] = seen
    shop = RelyingParty(run.pages, run.application, None)
    assert shop.userinfo(members["access_token"]).status_code == 401
    with tenant_context(acme):
        assert RefreshToken.objects.get().revoked is not None
        [row] = FlowRun.objects.all()
        kept = unseal(row.sealed, context=sealing_context(row.pk)).decode()
        events = " ".join(str(event.details) for event in Event.objects.all())
    parts = ("result", "id_token", "access_token", "userinfo", "requests")
    pages = "".join(run.portal.get(page.request["PATH_INFO"], {"part": part}).content.decode() for part in parts)
    secrets = [members["access_token"].rpartition(".")[2], members["id_token"].rpartition(".")[2]]
    secrets += [members["refresh_token"], members["code"], members["verifier"]]
    for secret in secrets:
        for place in (kept, pages, caplog.text, events):
            assert secret not in place
    assert page["Cache-Control"] == "no-store, private"
    assert page["Referrer-Policy"] == "same-origin"


def test_one_run_is_one_audit_event(run: Run, acme: Tenant, ada: Account) -> None:
    run.come_back(run.sign_in(run.begin()))

    with tenant_context(acme):
        [event] = Event.objects.filter(actor_kind="administrator")
        others = set(Event.objects.exclude(pk=event.pk).values_list("action", flat=True))
    assert (event.action, event.actor_id) == ("user_flow.run", str(ada.pk))
    assert event.details["application"] == "Bookshop"
    assert not {action for action in others if action.startswith("tokens.")}


def test_time_takes_what_is_kept(run: Run, acme: Tenant) -> None:
    page = run.come_back(run.sign_in(run.begin()))
    with tenant_context(acme):
        FlowRun.objects.update(expires_at=timezone.now() - timedelta(minutes=61))

    assert run.portal.get(page.request["PATH_INFO"]).status_code == 404
    with tenant_context(acme):
        forget_what_expired()
        assert not FlowRun.objects.exists()


# --- APIs, roles and chosen claims ------------------------------------------------------------------------------------


def test_claims_say_which_choice_they_come_from(run: Run, acme: Tenant, carol: Account) -> None:
    orders = found_orders(acme)
    orders.permit(run.application, orders.read)
    with tenant_context(acme):
        choose_claim(
            run.application,
            Claim(name="card", source="attribute", value="loyaltyNumber", in_id_token=True),
            actor=COMMAND,
        )
        choose_claim(
            orders.application, Claim(name="shelf", source="constant", value="7", in_access_token=True), actor=COMMAND
        )
        assign_role(orders.clerk, account=carol, actor=COMMAND)
    forget_everything()
    assert READ in run.portal.get(run.form_url).content.decode()

    page = run.come_back(run.sign_in(run.begin(more_scopes=READ)))

    id_token, access_token = run.claims(page, "id_token"), run.claims(page, "access_token")
    assert (id_token["card"].value, id_token["card"].kind) == ("C-1001", "Claim rule")
    assert "by a claim of this application" in id_token["card"].origin
    assert (access_token["aud"].value, access_token["scope"].value) == (ORDERS, "orders.read")
    assert (access_token["shelf"].value, access_token["shelf"].kind) == ("7", "Claim rule")
    assert "by a claim of the API" in access_token["shelf"].origin
    assert (access_token["roles"].value, access_token["roles"].kind) == ('["clerk"]', "Application")
    checks = checks_of(page)
    assert checks.pop(("Userinfo", "aud")) == "noted"
    assert set(checks.values()) == {"passed"}
    assert "Userinfo" not in names_of_tabs(page)


def test_a_scope_that_nobody_permitted_is_noted(run: Run, acme: Tenant) -> None:
    found_orders(acme)

    page = run.come_back(run.sign_in(run.begin(more_scopes=READ)))

    assert checks_of(page)["Token response", "scope"] == "noted"
    assert f"Not granted: {READ}." in page.content.decode()


def test_all_that_is_permitted_is_asked_for_in_a_word(run: Run, acme: Tenant) -> None:
    orders = found_orders(acme)
    orders.permit(run.application, orders.read, orders.write)

    page = run.come_back(run.sign_in(run.begin(more_scopes=f"{ORDERS}/.default")))

    assert checks_of(page)["Token response", "scope"] == "passed"
    assert run.claims(page, "access_token")["scope"].value == "orders.read orders.write"


def test_an_application_that_nobody_vouches_for_is_run_like_any_other(run: Run, acme: Tenant) -> None:
    """The answer leads to the portal, so no page warns of where it leads."""
    with tenant_context(acme):
        Application.objects.filter(pk=run.application.pk).update(registered_dynamically=True)
    forget_everything()
    page = run.come_back(run.authorize(run.begin(prompt="none"))["Location"])
    assert page.context["error"]["code"] == "login_required"


def test_carol_is_asked_for_her_consent_and_says_no_or_yes(run: Run, acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        change_application(run.application, asks_for_consent=True, actor=COMMAND)
    forget_everything()
    run.pages.sign_in(carol)

    page = run.come_back(run.authorize(run.begin(prompt="none"))["Location"])
    assert page.context["error"]["code"] == "consent_required"

    question = run.authorize(run.begin())
    path = path_of(question.request["PATH_INFO"])
    page = run.come_back(run.pages.post(path, {"answer": "deny", "account": str(carol.pk)})["Location"])
    assert page.context["error"]["code"] == "access_denied"
    assert "The customer said no" in page.content.decode()

    question = run.authorize(run.begin(scopes=["email"]))
    path, seen = path_of(question.request["PATH_INFO"]), {"account": str(carol.pk), "scope": question.context["asked"]}
    page = run.come_back(run.pages.post(path, {"answer": "allow", **seen})["Location"])
    assert set(checks_of(page).values()) == {"passed"}


# --- What can be chosen, and what goes wrong --------------------------------------------------------------------------


def test_the_flow_says_which_applications_can_be_run(run: Run, ada_portal: Browser, gadgets: Application) -> None:
    page = ada_portal.get(run.form_url, {"application": run.application.client_id})

    assert [name for _, name in page.context["form"].fields["application"].choices] == ["Bookshop", "Mobile"]
    for stranger in ("", gadgets.client_id, "x"):
        answer = ada_portal.post(run.form_url, {"application": stranger})
        assert answer.status_code == 200
        assert "application" in answer.context["form"].errors


def test_the_way_to_a_run_is_on_the_flow_the_list_and_the_application(run: Run, ada_portal: Browser) -> None:
    client_id = run.application.client_id

    for page, link in (
        ("/tenants/acme/user-flows/", run.form_url),
        (run.form_url.removesuffix("run/"), run.form_url),
        (f"/tenants/acme/applications/{client_id}/", f"{run.form_url}?application={client_id}"),
    ):
        assert f'href="{link}"' in ada_portal.get(page).content.decode()


def test_a_tenant_without_applications_says_what_to_do(olga_portal: Browser, home: Tenant) -> None:
    with tenant_context(home):
        flow = UserFlow.objects.get()

    page = olga_portal.get(f"/tenants/home/user-flows/{flow.pk}/run/").content.decode()

    assert "A run needs an application that customers sign in to." in page
    assert "/tenants/home/applications/new/" in page


def test_nothing_can_be_run_at_a_tenant_out_of_service(run: Run, acme: Tenant) -> None:
    suspend_tenant(acme, actor=Actor.command())

    answer = run.portal.post(run.form_url, {"application": run.application.client_id})

    assert answer.status_code == 200
    assert "This tenant is suspended" in answer.content.decode()


def test_what_was_chosen_is_sent_and_chosen_again(run: Run) -> None:
    choices = {"scopes": ["email"], "more_scopes": "orders.read openid", "prompt": "login", "ui_locales": "de",
               "login_hint": "carol@acme.example", "max_age": "600"}  # fmt: skip
    address = run.begin(**choices)

    sent = members_of(address)
    assert sent["scope"] == "openid email orders.read"
    assert {name: sent[name] for name in ("prompt", "ui_locales", "max_age")} == {
        "prompt": "login", "ui_locales": "de", "max_age": "600",
    }  # fmt: skip
    first_page = run.authorize(address).content.decode()
    assert 'lang="de"' in first_page
    assert "carol@acme.example" in first_page
    page = run.come_back(run.sign_in(address))
    checks = checks_of(page)
    assert checks["Token response", "scope"] == "noted"
    assert checks["ID token", "auth_time"] == "passed"
    form = run.portal.get(page.context["again_url"]).context["form"]
    assert (form["scopes"].value(), form["more_scopes"].value()) == (["email"], "orders.read")
    assert (form["prompt"].value(), form["login_hint"].value()) == ("login", "carol@acme.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_age", "-1"), ("max_age", "soon"), ("more_scopes", 'a"b'), ("more_scopes", "a\0b"), ("prompt", "perhaps"),
     ("ui_locales", "xx"), ("login_hint", "nobody"), ("scopes", ["phone"])],
)  # fmt: skip
def test_a_slip_in_the_form_is_shown_beside_it(run: Run, acme: Tenant, name: str, value: Any) -> None:
    answer = run.portal.post(run.form_url, {"application": run.application.client_id, name: value})

    assert list(answer.context["form"].errors) == [name]
    with tenant_context(acme):
        assert not FlowRun.objects.exists()


def test_nobody_is_signed_in_and_no_page_may_be_shown(run: Run) -> None:
    answer = run.authorize(run.begin(prompt="none"))

    page = run.come_back(answer["Location"])

    assert page.context["error"]["code"] == "login_required"
    assert "no one is signed in here" in page.content.decode()
    assert names_of_tabs(page) == ["Result", "Requests"]


def test_carol_is_signed_in_already(run: Run, carol: Account) -> None:
    run.pages.sign_in(carol)

    page = run.come_back(run.authorize(run.begin(prompt="none"))["Location"])

    assert set(checks_of(page).values()) == {"passed"}


def test_an_application_that_pushes_its_requests_is_run_like_any(run: Run, acme: Tenant) -> None:
    with tenant_context(acme):
        Application.objects.filter(pk=run.application.pk).update(requires_pushed_requests=True)
    forget_everything()
    address = run.begin()

    assert set(members_of(address)) == {"client_id", "request_uri"}
    page = run.come_back(run.sign_in(address))
    assert set(checks_of(page).values()) == {"passed"}
    requests = run.portal.get(page.request["PATH_INFO"], {"part": "requests"})
    assert "Pushed by the application" in requests.content.decode()


@pytest.mark.parametrize(("binds", "by"), [("requires_dpop", "jkt"), ("binds_to_certificate", "x5t#S256")])
def test_an_application_that_proves_its_key_is_run_with_another(run: Run, acme: Tenant, binds: str, by: str) -> None:
    with tenant_context(acme):
        Application.objects.filter(pk=run.application.pk).update(**{binds: True})
    forget_everything()

    page = run.come_back(run.sign_in(run.begin()))

    assert set(checks_of(page).values()) == {"passed"}
    assert by in run.claims(page, "access_token")["cnf"].value


def test_an_application_that_follows_fapi_and_signs_its_requests_is_run_like_any(run: Run, acme: Tenant) -> None:
    strict = {"follows_fapi": True, "requires_dpop": True, "requires_signed_requests": True}
    with tenant_context(acme):
        Application.objects.filter(pk=run.application.pk).update(**strict)
    forget_everything()

    page = run.come_back(run.sign_in(run.begin()))

    assert set(checks_of(page).values()) == {"passed"}


def test_a_native_application_is_run_without_a_secret(
    ada_portal: Browser, acme_browser: Browser, mobile: Application, carol: Account
) -> None:
    run = Run(ada_portal, acme_browser, mobile)

    page = run.come_back(run.sign_in(run.begin()))

    assert set(checks_of(page).values()) == {"passed"}


def test_a_run_that_nobody_answers_says_so(run: Run, acme: Tenant) -> None:
    address = run.begin()
    with tenant_context(acme):
        run_id = FlowRun.objects.get().pk

    page = run.portal.get(f"/tenants/acme/user-flows/runs/{run_id}/")

    assert "No response yet" in page.content.decode()
    assert page.context["continue_url"] == address


def test_olga_runs_the_flow_of_her_own_tenant_in_one_browser(home: Tenant, olga: Account, olga_portal: Browser) -> None:
    """Where the customers are the administrators, signing in again isn't the end of the run."""
    with tenant_context(home):
        application = register_application(
            name="Wiki", kind="web", redirect_uris=["https://wiki.example/callback"], actor=COMMAND
        )
    run = Run(olga_portal, olga_portal, application)
    run.form_url = run.form_url.replace("/acme/", "/home/")
    address = run.begin(prompt="login")

    page = olga_portal.get(path_of(address))
    # Her address is known: she only confirms that it is she.
    page = olga_portal.post(olga_portal.get(page["Location"]).request["PATH_INFO"], {"password": PASSWORD})
    while "/callback" not in page["Location"]:
        page = olga_portal.get(path_of(page["Location"]))

    assert set(checks_of(run.come_back(page["Location"])).values()) == {"passed"}


def test_the_form_leads_to_a_tenant_with_a_host_of_its_own(
    home: Tenant, ada: Account, bookshop: Application, settings: Any
) -> None:
    """Chromium holds form-action against every address on the way that begins with the form."""
    settings.CIAM_TENANT_ADDRESSING, settings.CIAM_BASE_URL = "host", "https://login.example"
    settings.ALLOWED_HOSTS = [".login.example"]
    portal = Browser(home)
    portal.sign_in(ada)
    run = Run(portal, portal, bookshop)

    page = portal.get(run.form_url, secure=True)
    answer = portal.post(run.form_url, {"application": bookshop.client_id}, secure=True)

    policy = page["Content-Security-Policy"]
    [allowed] = [part for part in policy.split(";") if part.strip().startswith("form-action")]
    assert allowed.split() == ["form-action", "'self'", "https://acme.login.example"]
    assert answer["Location"].startswith("https://acme.login.example/oidc/authorize?")
    assert members_of(answer["Location"])["redirect_uri"] == f"https://login.example{CALLBACK}"
