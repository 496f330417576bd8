"""A tenant's server sends one-time codes in our place; where it doesn't, our mail does, if that is wished."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from accounts.factors.phones import set_phone
from accounts.models import Account
from audit.services import Actor
from common.text.translation import KeptSentence
from hooks.models import Delivery
from hooks.policies import MAIL, TEXT
from mail.models import Message
from sms.models import TextMessage
from sms.senders.description import TextDescription
from sms.services import choose_sender, queue_text
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.database import held_sessions
from tests.hooks.conftest import AddHook
from tests.hooks.receiver import GO_ON, Answered, Asked, Receiver
from tests.userflows.customer import Customer
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
CAROL, NUMBER = "carol@acme.example", "+4915112345678"


def ask_for_code(customer: Customer) -> None:
    """Carol forgets her password."""
    customer.visit("/reset/")
    customer.submit({"email": CAROL})
    run_jobs()


def last_mail(acme: Tenant) -> Message:
    with tenant_context(acme):
        return Message.objects.latest("created_at")


def test_the_server_gets_address_and_code_and_we_keep_neither(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(MAIL)
    ask_for_code(customer)

    [asked] = server.asked
    told = asked.data["otpContext"]
    assert asked.json["type"] == "microsoft.graph.authenticationEvent.emailOtpSend"
    assert asked.data["@odata.type"] == "microsoft.graph.onOtpSendCalloutData"
    assert told["identifier"] == CAROL
    assert last_mail(acme).state == Message.State.SENT
    assert last_mail(acme).sealed_body == ""
    with tenant_context(acme):
        assert Delivery.objects.get().sealed_request == ""
    customer.submit({"code": told["oneTimeCode"]})
    assert "new-password" in customer.path


def test_where_it_fails_our_mail_goes(acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer) -> None:
    add_hook(MAIL, on_failure="continue")
    server.answers(Answered(status=503))
    ask_for_code(customer)

    assert len(server.asked) == 2
    assert last_mail(acme).state == Message.State.KEPT
    customer.submit({"code": customer.code_from_mail(CAROL)})
    assert "new-password" in customer.path


def test_where_ours_may_not_go_it_is_handed_over_again(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(MAIL, on_failure="stop")
    server.answers(Answered(status=500), GO_ON)
    ask_for_code(customer)
    message = last_mail(acme)
    assert (message.state, message.attempts) == (Message.State.QUEUED, 1)
    assert str(KeptSentence.read(message.error)) == "It answered with status 500, not 200."

    with schema_context(PUBLIC):
        DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))
    run_jobs()

    assert last_mail(acme).state == Message.State.SENT


def test_where_mails_have_a_link_beside_the_code_both_are_handed_over(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(MAIL)
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), methods=["code", "link"], actor=Actor.command())
    customer.visit("/sign-in/")
    customer.submit({"email": CAROL})
    run_jobs()
    told = server.asked[0].data["otpContext"]
    assert customer.path.rpartition("/go/")[2].partition("/")[0] in told["link"]
    customer.submit({"code": told["oneTimeCode"]})
    assert customer.is_signed_in


def test_other_mail_is_ours(acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer) -> None:
    add_hook(MAIL)
    ask_for_code(customer)
    customer.submit({"code": server.asked[0].data["otpContext"]["oneTimeCode"]})
    customer.submit({"password": "another correct horse battery"})
    run_jobs()
    assert (last_mail(acme).kind, last_mail(acme).state) == ("password_changed", Message.State.KEPT)
    assert len(server.asked) == 1


@pytest.fixture
def carols_phone(acme: Tenant, carol: Account) -> str:
    """Her number is a second factor; acme keeps text messages in the portal, and sends them within Germany."""
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",)), actor=Actor.command())
        set_phone(Account.objects.get(pk=carol.pk), number=NUMBER, actor=Actor.command())
        change_user_flow(UserFlow.objects.get(is_default=True), factors=("app", "sms"), actor=Actor.command())
    return NUMBER


def last_text(acme: Tenant) -> TextMessage:
    with tenant_context(acme):
        return TextMessage.objects.latest("created_at")


def test_eve_has_no_text_message_sent_past_the_limits_by_a_hook(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, carols_phone: str
) -> None:
    add_hook(TEXT)
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("FR",)), actor=Actor.command())
    customer.sign_in(CAROL)
    run_jobs()
    assert server.asked == []
    with tenant_context(acme):
        assert not TextMessage.objects.filter(state=TextMessage.State.SENT).exists()


def test_the_server_sends_a_code_to_a_phone_and_we_keep_nothing_of_it(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, carols_phone: str
) -> None:
    add_hook(TEXT)
    customer.sign_in(CAROL)
    run_jobs()

    [asked] = server.asked
    told = asked.data["otpContext"]
    assert asked.json["type"] == "microsoft.graph.authenticationEvent.smsOtpSend"
    assert (told["identifier"], told["message"][:6]) == (carols_phone, told["oneTimeCode"])
    assert (last_text(acme).state, last_text(acme).sealed_text) == (TextMessage.State.SENT, "")
    with tenant_context(acme):
        assert Delivery.objects.get().sealed_request == ""
    customer.submit({"code": told["oneTimeCode"]})
    assert customer.is_signed_in


@pytest.mark.parametrize(("on_failure", "state"), [("continue", "kept"), ("stop", "queued")])
def test_where_it_doesnt_our_own_goes_if_that_is_wished(
    acme: Tenant,
    add_hook: AddHook,
    server: Receiver,
    customer: Customer,
    carols_phone: str,
    on_failure: str,
    state: str,
) -> None:
    add_hook(TEXT, on_failure=on_failure)
    server.answers(Answered(status=500))
    customer.sign_in(CAROL)
    run_jobs()
    assert last_text(acme).state == state


def test_a_text_that_nobody_can_read_any_more_is_given_up_and_says_so(
    acme: Tenant, add_hook: AddHook, server: Receiver, carols_phone: str
) -> None:
    add_hook(TEXT)
    with tenant_context(acme):
        queue_text(to=carols_phone, kind="code", text="123456", group="")
        TextMessage.objects.update(sealed_text="sealed by a key that is gone")
    for _ in range(4):
        run_jobs()
        with schema_context(PUBLIC):
            DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))
    assert server.asked == []
    assert last_text(acme).state == TextMessage.State.FAILED
    assert str(KeptSentence.read(last_text(acme).error)) == "The text can’t be read: its encryption key is gone."


@pytest.mark.django_db(transaction=True)
def test_a_worker_holds_nothing_while_it_waits(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer
) -> None:
    add_hook(MAIL)
    seen: list[Any] = []

    def look(_: Asked) -> Answered:
        seen.append(held_sessions())
        return GO_ON

    server.behave = look
    ask_for_code(customer)
    assert len(server.asked) == 1
    assert seen == [[]]
