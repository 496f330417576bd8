"""Customers who were brought in without their passwords sign in with them all the same: a server is asked once."""

import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from joserfc import jwe
from joserfc.jwk import ECKey

from accounts.credentials.policies import ELSEWHERE
from accounts.models import Account
from audit.models import Event
from bulk.imports.hashes import HashPlan, read_shape
from common.problems import Refused
from common.web.outgoing import Places
from hooks.calls import asking, likeness
from hooks.models import Delivery, Hook
from hooks.policies import PASSWORD
from tenants.models import Tenant
from tests.browser import Browser
from tests.hooks.conftest import AddHook
from tests.hooks.receiver import PAIR, PUBLIC, Answered, Asked, Receiver
from tests.userflows.adversary import at
from tests.userflows.customer import Customer

pytestmark = pytest.mark.django_db
CAROL, TYPED = "carol@acme.example", "the password of old times"


class Old:
    """The server that has the passwords: what it reads, and says by `action` of the right one."""

    def __init__(self, server: Receiver, action: str = "MigratePassword", **members: str) -> None:
        self.action, self.members, self.read = action, members, list[dict[str, str]]()
        self.repeats_nonce = True
        server.behave = self.judge

    def judge(self, asked: Asked) -> Answered:
        sent = asked.data["encryptedPasswordContext"]
        token = jwe.decrypt_compact(sent, PAIR, algorithms=["RSA-OAEP-256", "A256GCM"])
        assert token.plaintext is not None
        claims = json.loads(token.plaintext)
        self.read.append(claims)
        action = self.action if claims["user-password"] == TYPED else "Retry"
        told = {"@odata.type": f"microsoft.graph.passwordsubmit.{action}", **self.members}
        nonce = claims["nonce"] if self.repeats_nonce else "x"
        return Answered(body=json.dumps({"data": {"actions": [told], "nonce": nonce}}).encode())


@pytest.fixture
def carol_is_elsewhere(acme: Tenant, carol: Account) -> Account:
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(password=ELSEWHERE)
    return carol


def kept(acme: Tenant) -> Account:
    with tenant_context(acme):
        return Account.objects.with_email(CAROL).get()


def test_nobody_but_the_holder_of_the_key_reads_a_password_and_nobody_is_asked_about_others(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, carol: Account
) -> None:
    add_hook(PASSWORD, public_key=PUBLIC)
    old = Old(server)
    customer.sign_in("nobody@acme.example", TYPED)
    customer.sign_in(CAROL, TYPED)
    assert server.asked == []

    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(password=ELSEWHERE)
    customer.sign_in(CAROL, TYPED)

    assert customer.is_signed_in
    assert (old.read[0]["username"], old.read[0]["user-password"]) == (CAROL, TYPED)
    assert TYPED not in server.asked[0].body.decode()
    with tenant_context(acme):
        assert Delivery.objects.get().sealed_request == ""


def test_a_right_password_is_kept_and_nobody_is_asked_again(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, carol_is_elsewhere: Account
) -> None:
    add_hook(PASSWORD, public_key=PUBLIC)
    Old(server)
    customer.sign_in(CAROL, "not it")
    assert "Incorrect email or password" in customer.text
    customer.sign_in(CAROL, TYPED)
    assert customer.is_signed_in

    another = Customer(acme)
    another.sign_in(CAROL, TYPED)

    assert another.is_signed_in
    assert len(server.asked) == 2
    with tenant_context(acme):
        assert Event.objects.filter(action="customer.password_taken_over").count() == 1


def test_who_needs_another_one_chooses_it_before_anything_else(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, carol_is_elsewhere: Account
) -> None:
    add_hook(PASSWORD, public_key=PUBLIC)
    Old(server, "UpdatePassword")
    customer.sign_in(CAROL, TYPED)
    assert "new-password" in customer.path
    assert kept(acme).needs_new_password


def test_who_is_blocked_elsewhere_reads_why(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, carol_is_elsewhere: Account
) -> None:
    add_hook(PASSWORD, public_key=PUBLIC)
    Old(server, "Block", title="Closed", message="Call us.")
    customer.sign_in(CAROL, TYPED)
    assert customer.page.status_code == 403
    assert "Call us." in customer.text
    assert kept(acme).password == ELSEWHERE


@pytest.mark.parametrize("is_right_about_nonce", [True, False])
def test_without_a_good_answer_nobody_is_signed_in_and_nothing_is_kept(
    acme: Tenant,
    add_hook: AddHook,
    server: Receiver,
    customer: Customer,
    carol_is_elsewhere: Account,
    is_right_about_nonce: bool,
) -> None:
    add_hook(PASSWORD, public_key=PUBLIC)
    old = Old(server)
    old.repeats_nonce = False
    if is_right_about_nonce:
        server.answers(Answered(status=500))
    for _ in range(4):
        customer.sign_in(CAROL, TYPED)
    assert customer.page.status_code == 503
    assert "We couldn't check your password right now" in customer.text.replace("&#x27;", "'")
    assert kept(acme).password == ELSEWHERE
    stranger = Customer(acme)
    stranger.sign_in("nobody@acme.example", TYPED)
    assert stranger.page.status_code == 503

    Old(server)
    customer.sign_in(CAROL, TYPED)
    assert customer.is_signed_in


def test_while_the_server_is_down_nobody_guesses_for_nothing(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, carol: Account
) -> None:
    hook = add_hook(PASSWORD, public_key=PUBLIC)
    with tenant_context(acme):
        Hook.objects.filter(pk=hook.pk).update(failures=1, error="It answered with status 500, not 200.")
    statuses = []
    for number in range(7):
        customer.sign_in(CAROL, f"guess {number}")
        statuses.append(customer.page.status_code)
    assert statuses[0] == 503
    assert statuses[-1] == 429
    assert server.asked == []


def test_the_server_hears_of_ten_guesses_an_hour_and_no_page_tells_about_whom(
    acme: Tenant, add_hook: AddHook, server: Receiver, carol_is_elsewhere: Account
) -> None:
    add_hook(PASSWORD, public_key=PUBLIC)
    Old(server)
    counted = []
    for email in (CAROL, "nobody@acme.example"):
        statuses = []
        for network in range(4):
            eve = at(acme, f"203.0.113.{network}", email=email)
            statuses += [eve.submit({"password": f"guess {network} {n}"}).status_code for n in range(4)]
        counted.append(statuses)
    assert counted[0] == counted[1] == [400] * 10 + [429] * 6
    assert len(server.asked) == 10


def test_somebody_unknown_waits_as_long(
    acme: Tenant, add_hook: AddHook, server: Receiver, customer: Customer, carol_is_elsewhere: Account
) -> None:
    add_hook(PASSWORD, public_key=PUBLIC)
    old = Old(server)
    answer = old.judge

    def slowly(asked: Asked) -> Answered:
        return Answered(body=answer(asked).body, after=0.4)

    server.behave = slowly
    customer.sign_in(CAROL, "not it")
    begun = time.monotonic()
    customer.sign_in("nobody@acme.example", "not it")
    assert time.monotonic() - begun > 0.4
    assert len(server.asked) == 1


@pytest.mark.parametrize(("on_failure", "status"), [("stop", 503), ("continue", 400)])
def test_eve_holds_no_thread_by_addresses_that_she_invents_and_learns_nothing_of_others(
    acme: Tenant,
    add_hook: AddHook,
    server: Receiver,
    carol_is_elsewhere: Account,
    monkeypatch: pytest.MonkeyPatch,
    on_failure: str,
    status: int,
) -> None:
    hook = add_hook(PASSWORD, public_key=PUBLIC, on_failure=on_failure)
    with tenant_context(acme):
        Delivery.objects.create(hook=hook, kind=Delivery.Kind.LIVE, message_id="m", took=3000)
    monkeypatch.setattr(asking, "of_process", no_places := Places(0, share=0))
    monkeypatch.setattr(likeness, "of_process", no_places)
    begun = time.monotonic()
    assert statuses_of_two(acme) == [status] * 2
    monkeypatch.undo()

    with tenant_context(acme):
        Hook.objects.filter(pk=hook.pk).update(failures=3, rests=1, rests_until=timezone.now() + timedelta(minutes=1))
    assert statuses_of_two(acme) == [status] * 2
    assert time.monotonic() - begun < 3
    assert server.asked == []


def statuses_of_two(acme: Tenant) -> list[int]:
    """What somebody reads whose password is elsewhere, and somebody unknown."""
    both = [Customer(acme), Customer(acme)]
    return [
        one.sign_in(email, "not it").status_code
        for one, email in zip(both, [CAROL, "nobody@acme.example"], strict=True)
    ]


@pytest.mark.parametrize(
    "key",
    ["", "x", "{}", PAIR.as_pem(private=True).decode(), ECKey.generate_key("P-256").as_pem(private=False).decode()],
)
def test_only_a_public_rsa_key_will_do(add_hook: AddHook, key: str) -> None:
    with pytest.raises(Refused):
        add_hook(PASSWORD, public_key=key)


def test_a_file_of_customers_says_whose_password_is_elsewhere() -> None:
    assert read_shape(" Elsewhere ", salt=None, plan=HashPlan()) == ELSEWHERE


def test_where_a_password_is_elsewhere_the_page_about_the_customer_says_so(
    acme: Tenant, ada_portal: Browser, carol: Account
) -> None:
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(password=ELSEWHERE)
    page = ada_portal.get(f"/tenants/acme/customers/{carol.pk}/sign-in/").content.decode()
    assert "Elsewhere: a hook is asked at the next sign-in." in page
