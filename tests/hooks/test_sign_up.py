"""A tenant's server has its say while somebody signs up: on the form, on what was sent, on the account."""

import re
from dataclasses import replace

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import update_profile
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from hooks.models import Delivery
from hooks.policies import ACCOUNT, START, SUBMIT
from tenants.models import Tenant
from tests.hooks.conftest import AddHook
from tests.hooks.receiver import GO_ON, Answered, Receiver, action
from tests.userflows.customer import PASSWORD, Customer, mails_to, new_code
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.journeys.attempts import limits
from userflows.links.services import invite_customer
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
NINA = "nina@new.example"
FORM = {"password": PASSWORD, "givenName": "Nina", "surname": "Novak", "loyaltyNumber": "N-1"}


def come_to_form(customer: Customer, email: str = NINA) -> None:
    customer.sign_up_to_code(email)
    customer.submit({"code": customer.code_from_mail(email)})


def account_of(tenant: Tenant, email: str = NINA) -> Account | None:
    with tenant_context(tenant):
        return Account.objects.with_email(email).first()


def failures(tenant: Tenant) -> list[tuple[str, str]]:
    with tenant_context(tenant):
        return list(Event.objects.filter(action="customer.sign_up_failed").values_list("reason", "details__hook"))


def test_eves_tenant_hears_of_nobody_but_its_own(
    acme: Tenant, globex: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    for moment in (START, SUBMIT, ACCOUNT):
        add_hook(moment, tenant=globex)

    come_to_form(customer)
    customer.submit(FORM)

    assert customer.is_signed_in
    assert server.asked == []
    eve = Customer(globex)
    eve.sign_up_to_code("eves-friend@globex.example")
    eve.submit({"code": eve.code_from_mail("eves-friend@globex.example")})
    eve.submit({"password": PASSWORD})
    assert eve.is_signed_in
    assert {asked.data["tenantId"] for asked in server.asked} == {str(globex.pk)}
    with tenant_context(acme):
        assert not Delivery.objects.exists()


def test_a_server_is_told_in_the_shape_that_it_knows(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    hook = add_hook(SUBMIT)
    come_to_form(customer)
    customer.submit(FORM)

    [asked] = server.asked
    assert asked.json["type"] == "microsoft.graph.authenticationEvent.attributeCollectionSubmit"
    assert asked.data["@odata.type"] == "microsoft.graph.onAttributeCollectionSubmitCalloutData"
    assert asked.data["customAuthenticationExtensionId"] == str(hook.pk)
    assert asked.data["authenticationContext"]["client"]["locale"] == "en"
    told = asked.data["userSignUpInfo"]
    assert told["identities"] == [{"signInType": "emailAddress", "issuer": "acme", "issuerAssignedId": NINA}]
    assert told["attributes"]["loyaltyNumber"] == {
        "@odata.type": "microsoft.graph.stringDirectoryAttributeValue",
        "value": "N-1",
        "attributeType": "directorySchemaExtension",
    }
    assert PASSWORD not in asked.body.decode()


def test_the_form_comes_filled_in_once(acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer) -> None:
    add_hook(START)
    known = {"givenName": "Nina", "surname": 7, "loyaltyNumber": "N" * 5000, "jobTitle": "Poet"}
    server.answers(action("setPreFillValues", inputs={**known, "password": "x", "nobody": "y"}))
    come_to_form(customer)
    assert 'value="Nina"' in customer.text
    assert 'value="7"' not in customer.text

    customer.visit(customer.path)

    assert len(server.asked) == 1
    assert 'value="Nina"' in customer.text
    with tenant_context(acme):
        left_out = dict(Delivery.objects.get().omissions)
    assert {name: why.words for name, why in left_out.items()} == {
        "surname": "The attribute can’t have this value.",
        "loyaltyNumber": "The value is longer than the attribute may be.",
        "jobTitle": "The form doesn’t ask for it.",
        "password": "There is no attribute of this name.",
        "nobody": "There is no attribute of this name.",
    }


def test_what_was_entered_is_changed_and_what_no_account_has_is_left_out(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(SUBMIT)
    changed = {"surname": "NOVAK", "city": "Brno", "shoeSize": 44, "email": "eve@globex.example", "state": "x" * 300}
    server.answers(action("modifyAttributeValues", attributes=changed))
    come_to_form(customer)
    customer.submit(FORM)

    account = account_of(acme)
    assert account is not None
    assert (account.given_name, account.surname, account.city, account.email) == ("Nina", "NOVAK", "Brno", NINA)
    assert set(account.custom_attributes) == {"loyaltyNumber"}
    with tenant_context(acme):
        left_out = dict(Delivery.objects.get().omissions)
    assert {name: why.words for name, why in left_out.items()} == {
        "shoeSize": "There is no attribute of this name.",
        "email": "A hook can’t change the email address.",
        "state": "The value is longer than the attribute may be.",
    }


def test_a_server_that_moves_over_goes_on_naming_attributes_as_it_did(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    prefix = "extension_9f8e7d6c5b4a39281706f5e4d3c2b1a0_"
    theirs = f"{prefix}loyaltyNumber"
    add_hook(START)
    add_hook(SUBMIT)
    server.answers(action("setPrefillValues", inputs={theirs: "C-77"}))
    come_to_form(customer)
    assert 'value="C-77"' in customer.text

    server.answers(action("showValidationError", message="Look again.", attributeErrors={theirs: "No such card."}))
    customer.submit(FORM)
    assert 'id="loyaltyNumber-wrong"' in customer.text
    server.answers(action("modifyAttributeValues", attributes={theirs: "C-78", f"{prefix}city": "Brno"}))
    customer.submit({**FORM, "password": ""})

    account = account_of(acme)
    assert account is not None
    assert account.custom_attributes == {"loyaltyNumber": "C-78"}
    assert not account.city


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(SUBMIT)
    errors = {"loyaltyNumber": "No such card.", "nobody": "And <b>this</b>."}
    server.answers(action("showValidationError", message="Look again.", attributeErrors=errors), action("continue"))
    come_to_form(customer)
    answer = customer.submit(FORM)

    assert answer.status_code == 400
    for told in (
        "Look again.",
        "No such card.",
        "And &lt;b&gt;this&lt;/b&gt;.",
        'value="Novak"',
        "Your password is kept",
    ):
        assert told in customer.text
    assert account_of(acme) is None
    server.answers(action("continueWithDefaultBehavior"))
    customer.submit({**FORM, "password": ""})
    assert customer.is_signed_in
    customer.browser.cookies.clear()
    customer.sign_in(NINA)
    assert customer.is_signed_in


@pytest.mark.parametrize("moment", [START, SUBMIT, ACCOUNT])
def test_who_is_turned_away_reads_why_and_has_no_account(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, moment: str
) -> None:
    add_hook(moment)
    server.answers(action("showBlockPage", title="Not yet", message="You are too <early>."))
    come_to_form(customer)
    if moment != START:
        customer.submit(FORM)

    assert customer.page.status_code == 403
    assert "Not yet" in customer.text
    assert "You are too &lt;early&gt;." in customer.text
    assert account_of(acme) is None
    assert failures(acme) == [("hook_refused", f"At {moment}")]


def test_eve_doesnt_get_round_the_hook_by_never_looking_at_the_form(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(START)
    server.answers(action("showBlockPage", message="You are too early."), GO_ON)
    customer.sign_up_to_code(NINA)
    form = customer.browser.post(customer.path, {"code": customer.code_from_mail(NINA)})["Location"]

    for _ in range(3):
        assert "You are too early." in customer.browser.post(form, FORM).content.decode()
        assert customer.visit(form).status_code == 403

    assert account_of(acme) is None
    assert len(server.asked) == 1
    assert failures(acme) == [("hook_refused", f"At {START}")]


def test_who_finds_the_hook_down_on_the_way_loses_nothing(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    come_to_form(customer)
    add_hook(START)
    server.answers(Answered(status=500), GO_ON)
    assert customer.submit(FORM).status_code == 503
    assert 'value="Novak"' in customer.text
    customer.submit({**FORM, "password": ""})
    assert customer.is_signed_in


def test_eve_cant_have_a_hook_that_is_down_asked_without_end(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TRIES_EVERYWHERE", replace(limits.TRIES_EVERYWHERE, attempts=5))
    add_hook(START)
    server.answers(Answered(status=500))
    come_to_form(customer)
    assert [customer.visit(customer.path).status_code for _ in range(5)] == [503] * 4 + [429]


def test_eve_cant_have_one_that_is_down_asked_without_end_by_sending_the_form(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time counts for her network until the hook agrees; who only presses again has tries enough."""
    come_to_form(customer)
    monkeypatch.setattr(limits, "TRIES_EVERYWHERE", replace(limits.TRIES_EVERYWHERE, attempts=8))
    add_hook(SUBMIT)
    server.answers(Answered(status=500), Answered(status=500), GO_ON)
    assert [customer.submit(FORM).status_code for _ in range(2)] == [503] * 2
    assert customer.submit({**FORM, "password": ""}).status_code == 200
    assert customer.is_signed_in

    eve = Customer(acme)
    come_to_form(eve, "eve@globex.example")
    server.answers(Answered(status=500))
    statuses = [eve.submit({"givenName": "Eve", "password": PASSWORD}).status_code for _ in range(3)]
    assert statuses[-1] == 429
    assert len(server.asked) < 6


def test_an_account_without_a_form_is_asked_about_with_nothing_open(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(ACCOUNT)
    by_code_alone(acme)
    server.answers(Answered(status=500), action("continueWithDefaultBehavior"))
    come_to_form(customer)
    assert customer.page.status_code == 503
    assert "Nothing you've done is lost" in customer.text
    assert account_of(acme) is None

    customer.visit(customer.path.replace("code/", ""))

    assert customer.is_signed_in
    assert [asked.attributes for asked in server.asked] == [{"email": NINA}] * 2
    assert failures(acme) == [("hook_failed", "At beforeAccountCreation")]


def test_an_account_that_a_second_factor_is_set_up_for_is_asked_about_before(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(ACCOUNT)
    by_code_alone(acme)
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, second_factor="always", factors=["app"], actor=Actor.command())
    server.answers(Answered(status=500), action("showBlockPage", message="No."), GO_ON)
    come_to_form(customer)
    assert customer.page.status_code == 503
    journey = customer.path.split("code/")[0]
    for _ in range(3):
        customer.visit(journey)
        assert customer.page.status_code == 403
        assert "No." in customer.text
    assert account_of(acme) is None
    assert len(server.asked) == 2
    assert sorted(reason for reason, _ in failures(acme)) == ["hook_failed", "hook_refused"]

    come_to_form(customer)

    assert "app-setup" in customer.path
    assert account_of(acme) is not None


def test_where_the_address_is_verified_last_the_account_is_asked_about_once_it_is(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    for moment in (START, SUBMIT, ACCOUNT):
        add_hook(moment)
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), verifies_last=True, actor=Actor.command())
    wrong = action("showValidationError", message="Look again.", attributeErrors={"surname": "Not that one."})
    better = action("modifyAttributeValues", attributes={"surname": "NOVAK"})
    server.answers(wrong, better, Answered(status=500), GO_ON)
    customer.visit("/sign-up/")
    customer.submit({"email": NINA})
    customer.submit(FORM)
    assert "Not that one." in customer.text
    customer.submit({**FORM, "password": ""})
    run_jobs()
    customer.submit({"code": customer.code_from_mail(NINA)})
    assert customer.page.status_code == 503
    assert account_of(acme) is None

    customer.visit(customer.path.replace("code/", ""))

    assert customer.is_signed_in
    moments = [asked.json["type"].rpartition(".")[2] for asked in server.asked]
    assert moments == [SUBMIT, SUBMIT, ACCOUNT, ACCOUNT]
    assert server.asked[-1].attributes["surname"] == "NOVAK"
    account = account_of(acme)
    assert account is not None
    assert (account.surname, account.check_password(PASSWORD)) == ("NOVAK", True)


@pytest.mark.parametrize("verifies_last", [False, True])
def test_eve_changes_no_answer_once_her_account_was_agreed_to(
    acme: Tenant, carol: Account, add_hook: AddHook, server: Receiver, customer: Customer, *, verifies_last: bool
) -> None:
    """The user name that she gives at first is Carol's, so that no account comes of what the hook was asked about."""
    add_hook(ACCOUNT)
    server.answers(GO_ON, action("showBlockPage", message="No."), GO_ON)
    layout = (AttributeLayout("preferred_username"), AttributeLayout("city"))
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, verifies_last=verifies_last, attributes=layout, actor=Actor.command())
        update_profile(carol, attributes={"preferred_username": "cc.1"}, actor=Actor.command())
    customer.sign_up_to_code(NINA)
    answers = {"password": PASSWORD, "preferred_username": "cc.1", "city": "Brno"}
    if verifies_last:
        customer.submit(answers)
        customer.submit({"code": new_code(acme, NINA)})
    else:
        customer.submit({"code": customer.code_from_mail(NINA)})
        customer.submit(answers)
    assert "This user name isn&#x27;t available." in customer.text

    customer.submit({"preferred_username": "nn.1", "city": "Hamburg"})
    assert customer.page.status_code == 403
    assert account_of(acme) is None
    assert [asked.attributes["city"] for asked in server.asked] == ["Brno", "Hamburg"]


@pytest.mark.parametrize("method", ["code", "link"])
def test_what_was_right_counts_as_no_try_where_the_hook_stops_it(
    acme: Tenant, add_hook: AddHook, server: Receiver, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(limits, "OF_MAIL", (replace(limits.CODES_SENT, attempts=1),))
    monkeypatch.setattr(limits, "OF_CODES", (replace(limits.WRONG_CODES, attempts=1),))
    add_hook(ACCOUNT)
    by_code_alone(acme, method)
    server.answers(Answered(status=500), action("showBlockPage", message="No."), GO_ON)
    for status in (503, 403, 200):
        customer = Customer(acme)
        customer.sign_up_to_code(NINA)
        if method == "code":
            customer.submit({"code": customer.code_from_mail(NINA)})
        else:
            with tenant_context(acme):
                link = re.search(r"/go/\S+/open/\S+/", mails_to(NINA)[0].text)
            customer.visit(link[0] if link else "")
            customer.submit()
        assert customer.page.status_code == status
    assert customer.is_signed_in


def by_code_alone(tenant: Tenant, method: str = "code") -> None:
    with tenant_context(tenant):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, methods=[method], actor=Actor.command())
        set_page_layout(flow, layout=[], actor=Actor.command())


@pytest.mark.parametrize(
    "answer",
    [
        Answered(status=500),
        Answered(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"}),
        Answered(body=b"<html>"),
        Answered(body=b'{"data": {"actions": []}}'),
        Answered(body=b'{"data": {"actions": [{"@odata.type": "x.makeAdministrator"}]}}'),
        Answered(body=b'{"data": {"actions": [{"@odata.type": "x.showBlockPage"}]}}'),
        Answered(body=b"[" * 30_000),
        Answered(body=b" " * 70_000),
        action("showBlockPage", message="x" * 3000),
        action("modifyAttributeValues", attributes={"givenName": {"$ne": ""}}),
        action("make\0Administrator"),
        action("make\ud800Administrator"),
        action("modifyAttributeValues", attributes={"givenName": "Ni\0na"}),
        action("modifyAttributeValues", attributes={"given\ud800Name": "\ud800"}),
    ],
    ids="status redirect html empty unknown wordless deep huge long nested nul surrogate value name".split(),
)
def test_without_a_good_answer_nobody_goes_on_and_nothing_is_lost(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, answer: Answered
) -> None:
    hook = add_hook(SUBMIT)
    come_to_form(customer)
    server.answers(answer)
    page = customer.submit(FORM)

    assert page.status_code == 503
    assert "What you entered is kept" in customer.text
    assert 'value="Novak"' in customer.text
    assert account_of(acme) is None
    with tenant_context(acme):
        [delivery] = Delivery.objects.all()
        hook.refresh_from_db()
    assert delivery.judgement == ""
    assert delivery.problem == hook.error != ""
    assert hook.failures == 1
    server.answers(action("continueWithDefaultBehavior"))
    customer.submit({**FORM, "password": ""})
    assert customer.is_signed_in
    with tenant_context(acme):
        hook.refresh_from_db()
    assert (hook.failures, hook.error) == (0, "")


def test_where_it_may_be_gone_on_without_nobody_notices(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    for moment in (START, SUBMIT, ACCOUNT):
        add_hook(moment, on_failure="continue")
    server.answers(Answered(status=500))
    come_to_form(customer)
    customer.submit(FORM)

    assert customer.is_signed_in
    assert len(server.asked) == 3
    assert failures(acme) == []


@pytest.mark.parametrize("answer", [action("setPrefillValues", inputs={"givenName": "\ud800"}), action("\0")])
def test_what_no_database_takes_is_no_answer(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, answer: Answered
) -> None:
    hook = add_hook(START, on_failure="continue")
    server.answers(answer)
    come_to_form(customer)
    assert customer.page.status_code == 200
    with tenant_context(acme):
        hook.refresh_from_db()
        assert Delivery.objects.get().problem == hook.error != ""


def test_a_flow_that_is_named_goes_before_all(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
    add_hook(ACCOUNT, name="For all", url=server.url.replace("/hook", "/all"), on_failure="continue")
    named = add_hook(ACCOUNT, name="For one", serves=(str(flow.pk),))
    come_to_form(customer)
    customer.submit(FORM)

    assert [asked.data["authenticationEventListenerId"] for asked in server.asked] == [str(named.pk)]


def test_whoever_was_invited_fills_in_their_form_by_the_same_hooks(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(START)
    add_hook(SUBMIT)
    add_hook(ACCOUNT)
    with tenant_context(acme):
        layout = (
            AttributeLayout("givenName"),
            *(AttributeLayout(name, is_required=True) for name in ("surname", "loyaltyNumber")),
        )
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=Actor.command())
        invite_customer(email=NINA, attributes={"givenName": "Nina"}, actor=Actor.command())
    run_jobs()
    with tenant_context(acme):
        link = "/" + mails_to(NINA)[0].text.split("/t/acme/")[1].split()[0]
    server.answers(action("setPrefillValues", inputs={"loyaltyNumber": "N-7", "givenName": "Eve"}))
    customer.visit(link)
    customer.submit()
    customer.submit({"password": PASSWORD})
    assert 'value="N-7"' in customer.text
    assert "Eve" not in customer.text
    assert server.asked[0].data["userSignUpInfo"]["attributes"]["givenName"]["value"] == "Nina"

    server.answers(
        action("showValidationError", message="Look at it once more.", attributeErrors={"surname": "No Novak."})
    )
    entered = {"surname": "Novak", "loyaltyNumber": "N-1"}
    customer.submit(entered)
    assert "No Novak." in customer.text
    assert 'value="N-1"' in customer.text
    assert not customer.is_signed_in
    server.answers(Answered(status=500))
    customer.submit(entered)
    assert customer.page.status_code == 503
    assert "What you entered is kept" in customer.text
    assert 'value="N-1"' in customer.text

    server.answers(action("modifyAttributeValues", attributes={"loyaltyNumber": "N-2"}))
    customer.submit(entered)
    assert customer.is_signed_in
    told = server.asked[-1].data["userSignUpInfo"]["attributes"]
    assert {name: told[name]["value"] for name in ("givenName", *entered)} == {"givenName": "Nina", **entered}
    account = account_of(acme)
    assert account is not None
    assert (account.given_name, account.surname, account.attribute("loyaltyNumber")) == ("Nina", "Novak", "N-2")
    moments = {asked.json["type"].rpartition(".")[2] for asked in server.asked}
    assert moments == {"attributeCollectionStart", "attributeCollectionSubmit"}
    asked = len(server.asked)
    Customer(acme).sign_in(NINA)
    assert len(server.asked) == asked


def test_eve_who_was_invited_gets_round_no_hook_by_never_looking_at_the_form(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(START)
    with tenant_context(acme):
        layout = (AttributeLayout("surname", is_required=True),)
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=Actor.command())
        invite_customer(email=NINA, attributes={}, actor=Actor.command())
    run_jobs()
    with tenant_context(acme):
        link = "/" + mails_to(NINA)[0].text.split("/t/acme/")[1].split()[0]
    server.answers(action("showBlockPage", title="Not yet", message="Come back in May."))
    customer.visit(link)
    customer.submit()
    form = re.sub(r"[^/]+/$", "profile/", customer.path)
    customer.submit({"password": PASSWORD})
    for answer in (customer.page, customer.browser.post(form, {"surname": "Novak"})):
        assert answer.status_code == 403
        assert "Come back in May." in answer.content.decode()
    assert not customer.is_signed_in
