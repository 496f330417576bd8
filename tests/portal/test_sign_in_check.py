"""Why can't they sign in? One page, and one command, say what would happen now and what happened last."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.credentials.services.passwords import set_new_password
from accounts.factors.phones import set_phone
from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from audit.models import Event
from audit.reasons import Reason
from audit.services import Actor, Circumstances, record
from common.database.caches import forget_everything
from hooks.description import HookDescription
from hooks.models import Hook
from hooks.policies import TOKEN
from hooks.services import create_hook
from mail.models import Message, OwnServer
from mail.own_servers.description import OwnServerDescription
from mail.services import use_own_server
from operations.sign_in.check import SignInCheck, check_sign_in
from sms.models import TextMessage
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.services.life_cycle import suspend_tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.customer import Customer
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow, create_user_flow, set_page_layout
from userflows.journeys.attempts.holds import holds_on
from userflows.journeys.attempts.limits import CODES_SENT, PASSWORDS, PASSWORDS_FROM_HERE
from userflows.links.services import invite_customer
from userflows.models import UserFlow
from userflows.rows.mail_links import MailLink

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
AS_BEFORE = "Checked as when it failed last"
MAIL = "/tenants/acme/settings/mail/"


@pytest.fixture
def inside(acme: Tenant) -> Iterator[Tenant]:
    with tenant_context(acme):
        yield acme


def titles(check: SignInCheck, weight: str) -> set[str]:
    return {finding.title for finding in check.findings if finding.weight == weight}


def url(account: Account) -> str:
    return f"/tenants/acme/customers/{account.pk}/sign-in-check/"


def test_nothing_stands_in_the_way_of_a_customer_who_may_sign_in(inside: Tenant, carol: Account) -> None:
    check = check_sign_in(carol)
    assert check.verdict == "They can sign in now, with a password."
    assert titles(check, "problem") == set()
    assert check.last_success is check.last_failure is None


def test_a_disabled_account_is_the_reason_whatever_else_is_fine(inside: Tenant, dan: Account) -> None:
    check = check_sign_in(dan)
    assert not check.is_possible
    assert check.verdict == "They can’t sign in now: the account is blocked."


def test_a_deleted_account_says_since_when(inside: Tenant, carol: Account) -> None:
    carol.deleted_at = timezone.now()
    assert "The account is deleted" in titles(check_sign_in(carol), "problem")


def test_a_phone_is_asked_for_by_a_flow_that_has_none_as_another_one_has(inside: Tenant, carol: Account) -> None:
    set_phone(carol, number="+4930901820", actor=COMMAND)
    assert "A second factor is asked for" not in titles(check_sign_in(carol), "note")
    create_user_flow(name="Strict", factors=("sms",), actor=COMMAND)
    forget_everything()
    found = next(each for each in check_sign_in(carol).findings if each.title == "A second factor is asked for")
    assert (found.text[47:], found.remedy[:17]) == (
        "20. They have set it up, so it is asked for everywhere.",
        "Another user flow",
    )


def test_it_says_whose_rule_a_second_factor_is(inside: Tenant, carol: Account, bookshop: Application) -> None:
    about = {
        "A second factor is asked for",
        "No second factor is asked for",
        "A passkey has to be created",
        "An authenticator app has to be set up",
    }

    def told(**values: Any) -> str:
        change_application(bookshop, actor=COMMAND, **values)
        found = [each for each in check_sign_in(carol, application=bookshop).findings if each.title in about]
        return " ".join(f"{each.title}. {each.text}" for each in found)

    assert told() == ""
    assert "The application Bookshop asks for it." in told(second_factor="always")
    assert "A passkey has to be created." in (passkeys := told(factors=("passkey",)))
    assert "Of second factors Bookshop counts: Passkey." in passkeys
    UserFlow.objects.update(second_factor="always", factors=["mail"], methods=["password"])
    forget_everything()
    by_flow = told(second_factor="", factors=())
    assert "A code by email. At each sign-in. The user flow Sign up and sign in asks for it." in by_flow
    spared = told(second_factor="never")
    assert spared.startswith("No second factor is asked for. The user flow Sign up and sign in would ask for one")


def test_an_account_without_a_password_can_use_what_else_the_flow_offers(inside: Tenant, carol: Account) -> None:
    set_new_password(carol, None)
    carol.save()
    assert not check_sign_in(carol).is_possible
    UserFlow.objects.update(methods=["password", "code"])
    forget_everything()
    assert check_sign_in(carol).methods == ["code"]


def test_a_used_up_limit_is_said_with_what_it_counted_and_known_browsers_are_told_apart(
    acme: Tenant, carol: Account
) -> None:
    for number in range(6):
        Customer(acme, Browser(acme, REMOTE_ADDR="192.0.2.7")).sign_in(carol.email, f"wrong {number}")
    with tenant_context(acme):
        from_there, from_elsewhere = check_sign_in(carol, ip="192.0.2.7"), check_sign_in(carol, ip="192.0.2.8")
        as_before = check_sign_in(carol)
        assert not from_there.is_possible
        assert from_there.verdict == "They can’t sign in now: too many tries."
        assert as_before.verdict.startswith(
            "They can sign in now, with a password. But from 192.0.2.7, where it failed last, they may have to wait: 5"
        )
        assert [each.text for each in as_before.findings if each.title == AS_BEFORE] == ["IP address: 192.0.2.7."]
        assert AS_BEFORE not in titles(from_there, "note")
        assert from_elsewhere.is_possible
        told = next(finding for finding in from_there.findings if finding.title == "Too many tries")
    assert told.text.startswith(
        "5 wrong passwords for this account within 5 minutes from 192.0.2.7 had used up this limit"
    )
    assert from_there.last_failure is not None
    assert from_there.last_failure.explanation is not None
    assert from_there.last_failure.explanation.title == "Too many tries"


def test_a_stranger_does_not_decide_what_the_check_says(acme: Tenant, carol: Account) -> None:
    for number in range(6):
        Customer(acme, Browser(acme, REMOTE_ADDR="198.51.100.66")).sign_in(carol.email, f"wrong {number}")
    with tenant_context(acme):
        check = check_sign_in(carol)
        assert check.methods == ["password"]
        assert "Too many tries" in titles(check, "note")
        assert "from 198.51.100.66 had used up this limit. That ends in 5 minutes." in check.verdict

    Customer(acme, Browser(acme, REMOTE_ADDR="192.0.2.7")).sign_in(carol.email)

    with tenant_context(acme):
        check = check_sign_in(carol)
        assert check.verdict == "They can sign in now, with a password."
        assert not {AS_BEFORE, "Too many tries"} & titles(check, "note")


def test_a_limit_of_the_account_counts_wherever_it_failed_last(inside: Tenant, carol: Account) -> None:
    about = Circumstances(account_id=carol.pk, ip="198.51.100.66")
    record("customer.sign_in_failed", actor=COMMAND, reason=Reason.PASSWORD_WRONG, circumstances=about)
    for _ in range(PASSWORDS.attempts):
        PASSWORDS.count(carol.email)

    assert check_sign_in(carol).verdict == "They can’t sign in now: too many tries."


def test_to_look_counts_nothing_and_takes_nothing_back(inside: Tenant, carol: Account) -> None:
    for _ in range(PASSWORDS_FROM_HERE.attempts - 1):
        PASSWORDS_FROM_HERE.count(f"{carol.email} 192.0.2.7")
    for _ in range(3):
        assert check_sign_in(carol, ip="192.0.2.7").is_possible
    PASSWORDS_FROM_HERE.count(f"{carol.email} 192.0.2.7")
    assert not check_sign_in(carol, ip="192.0.2.7").is_possible
    assert [hold.limit.name for hold in holds_on(carol.email, "192.0.2.7")] == [PASSWORDS_FROM_HERE.name]


def test_codes_that_arent_mailed_any_more_close_no_way(inside: Tenant, carol: Account) -> None:
    for _ in range(CODES_SENT.attempts):
        CODES_SENT.count(carol.email)
    check = check_sign_in(carol)
    assert "No more codes are emailed for now" in titles(check, "note")
    assert check.is_possible


def test_mail_that_was_refused_closes_the_way_by_code_and_says_what_the_server_said(
    inside: Tenant, carol: Account
) -> None:
    Message.objects.create(to=carol.email, kind="code", state="failed", error="550 no such mailbox")
    check = check_sign_in(carol)
    finding = next(each for each in check.findings if "code" in each.closes)
    assert "550 no such mailbox" in finding.text
    assert check.methods == ["password"]


def test_a_mail_server_that_cannot_be_reached_is_named_and_no_worker_blamed(
    acme: Tenant, carol: Account, ada_portal: Browser
) -> None:
    with tenant_context(acme):
        Message.objects.create(to=carol.email, kind="code", state="queued")
        assert "The last email waits" in titles(check_sign_in(carol), "note")
        use_own_server(OwnServerDescription("mail.acme.example", 587, sender_address="a@acme.example"), actor=COMMAND)
        OwnServer.objects.update(failures=3, error="mail.acme.example couldn’t be reached.")
        check = check_sign_in(carol)
    told = next(each for each in check.findings if each.title == "The mail server doesn’t accept mail")
    assert "mail.acme.example can’t be used: mail.acme.example couldn’t be reached." in told.text
    assert "worker" not in told.text + told.remedy
    assert f'href="{MAIL}"' in ada_portal.get(url(carol)).content.decode()


def test_a_mail_server_known_to_be_down_keeps_out_whoever_needs_a_code(inside: Tenant, carol: Account) -> None:
    use_own_server(OwnServerDescription("mail.acme.example", 587, sender_address="a@acme.example"), actor=COMMAND)
    OwnServer.objects.update(failures=3, failing_since=timezone.now(), error="mail.acme.example couldn’t be reached.")
    assert check_sign_in(carol).verdict == "They can sign in now, with a password."
    down = "They can’t sign in now: the mail server doesn’t accept mail."

    def verdict(**flow: Any) -> str:
        UserFlow.objects.update(**flow)
        forget_everything()
        return check_sign_in(carol).verdict

    assert verdict(methods=["code"]) == verdict(methods=["link"]) == down
    assert verdict(methods=["passkey"]) == down
    assert verdict(methods=["password"], factors=["mail"], second_factor="always") == down
    assert verdict(second_factor="") == "They can sign in now, with a password."


def test_a_text_message_that_did_not_leave_is_said(acme: Tenant, carol: Account, ada_portal: Browser) -> None:
    with tenant_context(acme):
        set_phone(carol, number="+4930901820", actor=COMMAND)
        TextMessage.objects.create(to="+4930901820", kind="code", state="failed", error="It answered with 500.")
    page = ada_portal.get(url(carol)).content.decode()
    assert "The last text message wasn’t delivered" in page
    assert "It answered with 500." in page
    assert 'href="/tenants/acme/settings/sms/messages/"' in page


def test_what_stays_in_the_outbox_has_not_left(inside: Tenant, carol: Account) -> None:
    Message.objects.create(to=carol.email, kind="code", state="kept")
    check = check_sign_in(carol)
    assert "No email is sent" in titles(check, "note")
    assert "The last email left" not in titles(check, "fine")


def test_what_they_are_asked_first_is_said_with_how_they_can_sign_in(inside: Tenant, carol: Account) -> None:
    flow = UserFlow.objects.get(is_default=True)
    layout = [AttributeLayout(name, is_required=True, asked="missing") for name in ("jobTitle", "givenName")]
    set_page_layout(flow, layout=layout, actor=COMMAND)
    change_user_flow(flow, terms_version="2", actor=COMMAND)
    forget_everything()

    check = check_sign_in(carol)

    assert check.verdict.startswith(
        "They can sign in now, with a password. They are asked first: Job title, Terms of use. Anyone who leaves"
    )
    assert "Questions come first" in titles(check, "note")


def test_of_whoever_was_invited_it_tells_what_became_of_the_invitation(acme: Tenant, ada_portal: Browser) -> None:
    with tenant_context(acme):
        kim = invite_customer(email="kim@acme.example", attributes={}, actor=COMMAND)
        waits = "They can’t sign in now: the invitation wasn’t accepted yet."
        assert check_sign_in(kim).verdict == waits
    run_jobs()
    with tenant_context(acme):
        found = next(each for each in check_sign_in(kim).findings if each.title.startswith("The invitation"))
        assert re.fullmatch(r"Written .* UTC; the link expires .* UTC\. No mail server is set up\.", found.text)
        assert "The account has no password" not in titles(check_sign_in(kim), "problem")
        MailLink.objects.update(expires_at=timezone.now())
    page = ada_portal.get(url(kim)).content.decode()
    assert "The link has expired." in page
    assert f'href="/tenants/acme/customers/{kim.pk}/sign-in/"' in page
    with tenant_context(acme):
        UserFlow.objects.update(methods=["code"])
        forget_everything()
        assert check_sign_in(kim).methods == ["code"]
        assert "The invitation wasn’t accepted yet" in titles(check_sign_in(kim), "note")


def test_what_an_account_never_had_is_no_problem_where_another_way_is_open(
    inside: Tenant, carol: Account, dan: Account
) -> None:
    UserFlow.objects.update(methods=["code", "passkey"])
    forget_everything()
    for account in (carol, dan):
        assert "The account has no passkey" in titles(check_sign_in(account), "note")
    assert check_sign_in(carol).verdict == "They can sign in now, with a one-time code."
    assert check_sign_in(dan).verdict == "They can’t sign in now: the account is blocked."
    Message.objects.create(to=carol.email, kind="code", state="failed", error="550 no such mailbox")
    assert check_sign_in(carol).verdict == (
        "They can’t sign in now: the account has no passkey; the last email wasn’t delivered."
    )


def test_advice_leads_to_where_it_is_done_if_one_may_go_there(
    acme: Tenant, dan: Account, bookshop: Application, ada: Account, ada_portal: Browser
) -> None:
    with tenant_context(acme):
        Application.objects.filter(pk=bookshop.pk).update(redirect_uris="")
    places = [
        f"/tenants/acme/customers/{dan.pk}/",
        f"/tenants/acme/applications/{bookshop.client_id}/",
        "/tenants/acme/user-flows/",
    ]
    asked = {"application": "bookshop"}
    advice = _advice(ada_portal.get(url(dan), asked))
    assert all(any(place in each for each in advice) for place in places)
    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk, tenant=acme).update(role=AdministratorRole.SUPPORT)
    advice = _advice(ada_portal.get(url(dan), asked))
    assert [place for place in places if any(place in each for each in advice)] == places[:1]


def _advice(answer: Any) -> list[str]:
    return re.findall(r'<p class="check-remedy">.*?</p>', answer.content.decode(), flags=re.DOTALL)


def test_an_application_nobody_can_come_to_is_the_reason(inside: Tenant, carol: Account) -> None:
    reports = Application.objects.get(name="Reports")
    assert "No customer signs in to this application" in titles(check_sign_in(carol, application=reports), "problem")
    bookshop = Application.objects.get(name="Bookshop")
    assert check_sign_in(carol, application=bookshop).is_possible
    bookshop.redirect_uris = ""
    assert "The application has no redirect URI" in titles(check_sign_in(carol, application=bookshop), "problem")


def test_the_application_at_which_it_failed_last_is_looked_at(
    inside: Tenant, carol: Account, bookshop: Application
) -> None:
    Application.objects.filter(pk=bookshop.pk).update(redirect_uris="")
    about = Circumstances(account_id=carol.pk, client_id=bookshop.client_id)
    record("customer.sign_in_failed", actor=COMMAND, reason=Reason.PASSWORD_WRONG, circumstances=about)

    check, elsewhere = check_sign_in(carol), check_sign_in(carol, application=Application.objects.get(name="Mobile"))

    assert check.verdict == "They can’t sign in now: the application has no redirect URI."
    assert [each.text for each in check.findings if each.title == AS_BEFORE] == ["Application: Bookshop."]
    assert elsewhere.is_possible


def test_nobody_signs_in_where_the_tenant_is_suspended(acme: Tenant, carol: Account, olga_portal: Browser) -> None:
    suspend_tenant(acme, actor=COMMAND)

    page = olga_portal.get(url(carol)).content.decode()

    assert "They can’t sign in now: the tenant is suspended." in page
    assert 'href="/tenants/acme/settings/danger/"' in page


def test_a_hook_that_fails_is_the_reason_where_nothing_goes_on_without_it(
    inside: Tenant, carol: Account, bookshop: Application
) -> None:
    described = HookDescription("Claims", TOKEN, "https://claims.example/", serves=(bookshop.client_id,))
    hook, _ = create_hook(described, actor=COMMAND)
    forget_everything()
    assert check_sign_in(carol, application=bookshop).is_possible
    Hook.objects.update(failures=5, failing_since=timezone.now(), error="It answered with 500.")

    check = check_sign_in(carol, application=bookshop)

    found = next(each for each in check.findings if each.title == "A hook isn’t giving valid answers")
    assert (check.is_possible, check_sign_in(carol).is_possible) == (False, True)
    assert found.text == "Claims gave no valid answer 5 times in a row, and no one can continue. It answered with 500."
    assert found.about == str(hook.pk)
    Hook.objects.update(on_failure="continue")
    assert check_sign_in(carol, application=bookshop).is_possible


def test_what_happened_last_is_told_with_its_sentence(acme: Tenant, carol: Account, ada_portal: Browser) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email, "wrong")
    customer.submit({"password": PASSWORD})
    page = " ".join(ada_portal.get(url(carol)).content.decode().split())
    assert "They can sign in now, with a password." in page
    assert "couldn’t sign in with a password" in page
    assert "Wrong password: The account exists" in page
    assert "Signed in in one browser" in page


def test_the_page_leaves_nothing_behind(acme: Tenant, carol: Account, ada_portal: Browser) -> None:
    before = _state(acme)
    assert ada_portal.get(url(carol), {"application": "bookshop", "ip": "192.0.2.7"}).status_code == 200
    assert _state(acme) == before


def _state(tenant: Tenant) -> Any:
    with tenant_context(tenant):
        return Event.objects.count(), Message.objects.count(), holds_on("carol@acme.example", "192.0.2.7")


def test_what_cant_be_found_is_said_at_its_field(carol: Account, ada_portal: Browser) -> None:
    page = ada_portal.get(url(carol), {"application": "no such", "ip": "192.0.2.0/24"}).content.decode()
    assert "No application has this name or client ID." in page
    assert "Enter one IP address." in page
    assert 'value="no such"' in page


def test_p02_nobody_checks_another_tenants_customer(
    acme: Tenant, globex: Tenant, ada_portal: Browser, grace_portal: Browser
) -> None:
    with tenant_context(globex):
        eve = Account.objects.get(email="eve@globex.example")
    assert ada_portal.get(url(eve)).status_code == 404
    assert ada_portal.get(f"/tenants/globex/customers/{eve.pk}/sign-in-check/").status_code == 404
    assert grace_portal.get(f"/tenants/globex/customers/{eve.pk}/sign-in-check/").status_code == 200


def told(*arguments: str) -> Any:
    out = StringIO()
    call_command("customer", "check", "--tenant", "acme", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_says_the_same(acme: Tenant, carol: Account, dan: Account, bookshop: Application) -> None:
    Customer(acme).sign_in(dan.email, "wrong")
    check = told("--email", dan.email, "--client-id", str(bookshop.client_id), "--ip", "192.0.2.7")
    assert (check["can_sign_in"], check["methods"]) == (False, [])
    assert check["verdict"] == "They can’t sign in now: the account is blocked."
    assert check["last_failure"]["sentence"] == "dan@acme.example couldn’t sign in with a password"
    assert told("--email", "CAROL@acme.example")["can_sign_in"]

    out = StringIO()
    call_command("customer", "check", "--tenant", "acme", "--email", dan.email, stdout=out)
    assert "PROBLEM  The account is blocked." in out.getvalue()
    for wrong in (["--email", "nobody@acme.example"], ["--ip", "x"], ["--client-id", "x"]):
        with pytest.raises(CommandError):
            told("--email", dan.email, *wrong)
