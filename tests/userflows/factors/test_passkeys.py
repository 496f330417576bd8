"""Passkeys: who comes in by one and who doesn't, how one is made, and how one does without."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.errors import PasskeyRefused
from accounts.factors.ceremonies import RelyingParty
from accounts.identity.services.accounts import create_account
from accounts.models import Account, Passkey
from audit.models import Event
from audit.services import Actor
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.browser import Browser
from tests.userflows.customer import PASSWORD, Customer, mails_to, new_code
from tests.userflows.factors.authenticator import (
    BE,
    BS,
    UP,
    UV,
    Authenticator,
    asked_on,
    makes,
    shows,
    with_passkey,
)
from tests.userflows.factors.flows import flow_has
from tests.userflows.factors.phone import Clock, Phone
from tests.worker import run_jobs
from userflows.factors.passkeys import prove_by_passkey
from userflows.factors.recoveries import change_wait
from userflows.journeys.progress import save_progress
from userflows.models import Journey, UserFlow

NEW = "new@acme.example"


@pytest.fixture
def laptop(acme: Tenant, carol: Account) -> Authenticator:
    """Carol's, with a passkey for acme, whose flow has passkeys and passwords."""
    flow_has(acme, methods=["password", "passkey"])
    laptop = Authenticator()
    with_passkey(acme, carol, laptop)
    return laptop


@pytest.fixture
def robin(acme: Tenant) -> Account:
    """A customer with a password and nothing else."""
    with tenant_context(acme):
        return create_account(email="robin@acme.example", password=PASSWORD, email_verified=True)


def at_address(tenant: Tenant, browser: Browser | None = None) -> Customer:
    customer = Customer(tenant, browser)
    customer.visit("/sign-in/")
    return customer


def last_event(tenant: Tenant, action: str) -> Event:
    with tenant_context(tenant):
        return Event.objects.filter(action=action).newest_first()[0]


FORGED: dict[str, Callable[[Authenticator], None]] = {
    "another origin": lambda each: setattr(each, "origin", "http://acme.evil.example"),
    "another port": lambda each: setattr(each, "origin", "http://localhost:1"),
    "its owner not verified": lambda each: setattr(each, "flags", UP | BE | BS),
    "nobody there": lambda each: setattr(each, "flags", UV | BE | BS),
    "inside another page": lambda each: each.said.update(crossOrigin=True),
    "below another page": lambda each: each.said.update(topOrigin="https://evil.example"),
    "another challenge": lambda each: each.said.update(challenge="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    "an answer to something else": lambda each: each.said.update(type="webauthn.create"),
    "a page with a NUL": lambda each: each.said.update(origin="http://localhost\x00"),
    "backed up though it never may be": lambda each: setattr(each, "flags", UP | UV | BS),
    "not to be backed up any more": lambda each: setattr(each, "flags", UP | UV),
    "another key of that name": lambda each: each.keys["localhost"].append(_twin(each)),
}


def _twin(authenticator: Authenticator) -> Any:
    other = Authenticator()
    other.make({"rp": {"id": "localhost"}, "user": {"id": "x"}, "challenge": ""})
    [stranger], [real] = other.keys["localhost"], authenticator.keys["localhost"]
    stranger.id, stranger.handle = real.id, real.handle
    return stranger


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a37_a_forged_answer_lets_nobody_in(
    acme: Tenant, carol: Account, laptop: Authenticator, forge: Callable[[Authenticator], None]
) -> None:
    forge(laptop)
    eve = at_address(acme)
    refused = shows(eve, laptop, to="passkey")
    assert refused.status_code == 400
    assert "Use your email address instead" in eve.text
    assert not eve.is_signed_in
    event = last_event(acme, "customer.sign_in_failed")
    assert (event.method, event.target_id) == ("passkey", str(carol.pk))
    assert event.reason in {"passkey_refused", "passkey_copied"}


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "{}", '{"response": 1}', "[" * 9000, '{"id": "x\\u0000", "response": {}}']
)
def test_a37_what_can_t_be_read_is_refused(acme: Tenant, laptop: Authenticator, answer: str) -> None:
    eve = at_address(acme)
    _options, token = asked_on(eve.text)
    assert eve.submit({"answer": answer, "token": token}, to="passkey").status_code == 400
    assert eve.submit({"answer": answer, "token": "no token"}, to="passkey").status_code == 400
    assert not eve.is_signed_in


def test_a37_an_answer_counts_once_and_on_its_own_journey(acme: Tenant, carol: Account, laptop: Authenticator) -> None:
    """Not in another browser, not on another journey of the same, and not a second time on its own, whose account and
    address were changed meanwhile.
    """
    customer = at_address(acme)
    options, token = asked_on(customer.text)
    sent = {"answer": laptop.show(options), "token": token}
    for elsewhere in (at_address(acme), at_address(acme, customer.browser)):
        assert elsewhere.submit(sent, to="passkey").status_code == 400
        assert "That took too long." in elsewhere.text
    with tenant_context(acme):
        journey = Journey.objects.get(pk=customer.path.split("/")[-3])
        party = RelyingParty("localhost", laptop.origin)
        prove_by_passkey(journey, party=party, answer=sent["answer"], token=sent["token"])
        save_progress(journey)
        journey.begin_anew(purpose="sign_in", email="robin@acme.example")
        save_progress(journey)
        with pytest.raises(PasskeyRefused, match="late"):
            prove_by_passkey(journey, party=party, answer=sent["answer"], token=sent["token"])


def test_t13_a_key_of_another_tenant_at_the_same_host_is_told_apart(
    acme: Tenant, globex: Tenant, eve: Account, laptop: Authenticator
) -> None:
    """Both are on one host, so the browser's list shows both; neither lets in at the other."""
    flow_has(globex, methods=["passkey", "code"])
    with_passkey(globex, eve, laptop)
    customer = at_address(acme)
    refused = shows(customer, laptop, to="passkey")
    assert refused.status_code == 400
    assert "This passkey belongs to another site on this server." in customer.text
    assert "data-gone" not in customer.text  # or the browser would forget globex's key
    hers = at_address(globex)
    shows(hers, laptop, to="passkey")
    assert hers.is_signed_in


def test_a21_a_passkey_counts_for_nobody_else(
    acme: Tenant, carol: Account, robin: Account, laptop: Authenticator
) -> None:
    """Whoever shall confirm to be Robin isn't let on by Carol's key; and a key is known by its own handle alone."""
    his = Customer(acme)
    his.browser.sign_in(robin)
    his.visit("/sign-in/again/")
    his.visit(his.path.replace("password", "passkey"))
    shows(his, laptop)
    assert "This passkey belongs to another account." in his.text
    laptop.keys["localhost"][0].handle = "AAAA"
    eve = at_address(acme)
    assert shows(eve, laptop, to="passkey").status_code == 400


def test_a31_a_blocked_account_isn_t_let_in_by_its_key(acme: Tenant, carol: Account, laptop: Authenticator) -> None:
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(is_active=False)
    customer = at_address(acme)
    assert shows(customer, laptop, to="passkey").status_code == 400
    assert not customer.is_signed_in
    assert last_event(acme, "customer.sign_in_failed").reason == "account_disabled"


def test_a13_wrong_passwords_don_t_keep_out_who_has_a_passkey(
    acme: Tenant, carol: Account, laptop: Authenticator
) -> None:
    eve = at_address(acme)
    eve.submit({"email": carol.email})
    answers = [eve.submit({"password": f"wrong {number}"}).status_code for number in range(6)]
    assert answers[-1] == 429
    customer = at_address(acme)
    shows(customer, laptop, to="passkey")
    assert customer.is_signed_in


def test_a37_a_count_that_falls_back_tells_of_a_copy(acme: Tenant, carol: Account) -> None:
    flow_has(acme, methods=["password", "passkey"])
    stick = Authenticator(flags=UP | UV, counts=True)
    with_passkey(acme, carol, stick)
    first = at_address(acme)
    shows(first, stick, to="passkey")
    assert first.is_signed_in
    stick.keys["localhost"][0].count -= 1
    copy = at_address(acme)
    shows(copy, stick, to="passkey")
    assert not copy.is_signed_in
    assert last_event(acme, "customer.sign_in_failed").reason == "passkey_copied"
    run_jobs()
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject == "A passkey for Acme may have been copied"


def test_who_has_a_passkey_comes_in_without_an_address(acme: Tenant, carol: Account, laptop: Authenticator) -> None:
    customer = at_address(acme)
    assert 'autocomplete="username webauthn"' in customer.text
    options, _token = asked_on(customer.text)
    assert options["allowCredentials"] == []
    shows(customer, laptop, to="passkey")
    assert customer.is_signed_in
    assert last_event(acme, "customer.signed_in").method == "passkey"
    with tenant_context(acme):
        assert Passkey.objects.get().used_at


def test_a04_no_page_tells_who_has_a_passkey(acme: Tenant, carol: Account, laptop: Authenticator) -> None:
    flow_has(acme, methods=["passkey", "password"])
    pages = []
    for email in (carol.email, "nobody@acme.example"):
        customer = at_address(acme)
        customer.submit({"email": email})
        assert "<h1>Use your passkey</h1>" in customer.text
        options, _token = asked_on(customer.text)
        pages.append((options["allowCredentials"], customer.text.count("<a "), customer.text.count("<button")))
    assert pages[0] == pages[1]


def test_a_passkey_is_two_factors_to_a_flow_that_asks_for_two(
    acme: Tenant, laptop: Authenticator, phone: Phone
) -> None:
    """Whoever has an app needs no code of it then, and whoever typed the password may show the key in its place."""
    flow_has(acme, second_factor="always", factors=["app"])
    customer = at_address(acme)
    shows(customer, laptop, to="passkey")
    assert customer.is_signed_in
    other = Customer(acme)
    other.sign_in("carol@acme.example")
    assert "<h1>Confirm with your passkey</h1>" in other.text
    assert "Use your authenticator app instead" in other.text
    shows(other, laptop)
    assert other.is_signed_in


def test_a26_a_password_doesn_t_add_a_key_to_an_account_that_has_one(
    acme: Tenant, carol: Account, laptop: Authenticator
) -> None:
    """Who changes what an account proves itself by shows the key it has, or reads its mail beside the password."""
    eve = Customer(acme)
    eve.sign_in(carol.email)
    for path in ("/profile/passkeys/add/", "/profile/app/set-up/", f"/profile/passkeys/{_key_of(acme).pk}/remove/"):
        eve.visit(path)
        eve.submit({"password": PASSWORD})
        assert "<h1>Confirm with your passkey</h1>" in eve.text
        at_check = eve.path
        for step in ("passkey-setup", "passkey-removal", "app-setup", "set-up-app", "passkey-later"):
            eve.submit({"answer": "{}", "token": "", "code": "000000"}, to=step)
            assert eve.path == at_check, step
    assert "Email me a code instead" in eve.text
    with tenant_context(acme):
        assert Passkey.objects.count() == 1


def _key_of(acme: Tenant) -> Passkey:
    with tenant_context(acme):
        return Passkey.objects.get()


def test_a26_a_host_where_the_key_doesn_t_work_is_no_way_around_it(acme: Tenant, carol: Account) -> None:
    """Her key is for acme's own domain. At the default address its absence lets nobody set up something else."""
    flow_has(acme, methods=["password", "passkey"], factors=["app", "passkey"], second_factor="always")
    with_passkey(acme, carol, Authenticator(), host="auth.acme.example")
    eve = Customer(acme)
    eve.sign_in(carol.email)
    assert 'work only there: <bdi dir="ltr">auth.acme.example</bdi>' in " ".join(eve.text.split())
    at_check = eve.path
    for step in ("passkey-setup", "app-setup", "set-up-app", "second-mail", "send-second"):
        eve.submit({"code": "000000"}, to=step)
        assert eve.path == at_check, step
    assert not eve.is_signed_in


def test_whoever_signs_in_is_asked_to_make_one_and_may_put_it_off(acme: Tenant, carol: Account) -> None:
    flow_has(acme, methods=["password", "passkey"])
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "<h1>Create a passkey</h1>" in customer.text
    assert not customer.is_signed_in
    customer.submit(to="passkey-later")
    assert customer.is_signed_in
    customer.browser.post("/sign-out/")
    customer.sign_in(carol.email)
    assert customer.is_signed_in
    other, laptop = Customer(acme), Authenticator()
    other.sign_in(carol.email)
    makes(other, laptop)
    assert other.is_signed_in
    run_jobs()
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject == "A passkey was added for Acme"
    assert last_event(acme, "customer.signed_in").method == "password+passkey"


def test_a_flow_may_require_one_and_nobody_puts_it_off(acme: Tenant, carol: Account) -> None:
    flow_has(acme, methods=["password", "passkey"], asks_passkey="require")
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "Not now" not in customer.text
    at_setup = customer.path
    customer.submit(to="passkey-later")
    assert customer.path == at_setup
    assert not customer.is_signed_in
    # Without a script it names no way that isn't there.
    assert "Passkeys need JavaScript. Turn it on and reload this page." in customer.text
    assert customer.submit({}, to="passkey-setup").status_code == 400
    assert "another way" not in customer.text
    makes(customer, Authenticator())
    assert customer.is_signed_in


def test_whoever_needs_a_second_factor_chooses_between_a_passkey_and_an_app(
    acme: Tenant, carol: Account, clock: Clock
) -> None:
    flow_has(acme, second_factor="always", factors=["app", "passkey"])
    customer, phone = Customer(acme), Phone(clock)
    customer.sign_in(carol.email)
    assert "<h1>Create a passkey</h1>" in customer.text
    assert "Not now" not in customer.text
    customer.submit(to="passkey-later")
    customer.submit(to="set-up-app")
    assert "Create a passkey instead" in customer.text
    phone.scan(customer.text)
    customer.submit({"code": phone.code})
    phone.write_down(customer.text)
    customer.submit({})
    assert customer.is_signed_in
    other = Customer(acme)
    other.sign_in(carol.email)
    assert "<h1>Enter the code from your app</h1>" in other.text


def test_a37_a_key_with_an_endless_id_is_refused(acme: Tenant, carol: Account) -> None:
    flow_has(acme, factors=["app", "passkey"], second_factor="always")
    eve = Customer(acme)
    eve.sign_in(carol.email)
    assert "<h1>Create a passkey</h1>" in eve.text
    assert makes(eve, Authenticator(id_bytes=1100)).status_code == 400
    assert not eve.is_signed_in


def test_one_signs_up_with_an_address_and_a_passkey_alone(acme: Tenant) -> None:
    flow_has(acme, methods=["passkey"])
    with tenant_context(acme):
        UserFlow.objects.get(is_default=True).attributes.all().delete()
    forget_everything()
    customer, laptop = Customer(acme), Authenticator()
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    assert "<h1>Create a passkey</h1>" in customer.text
    makes(customer, laptop)
    assert customer.is_signed_in
    back = at_address(acme)
    shows(back, laptop, to="passkey")
    assert back.is_signed_in


def test_a26_where_passkeys_are_the_way_in_a_mailbox_alone_is_none(
    acme: Tenant, carol: Account, robin: Account, laptop: Authenticator
) -> None:
    """Whoever has a key shows it after the code as well; whoever has none makes one, with the code in hand."""
    flow_has(acme, methods=["passkey"])
    eve = at_address(acme)
    eve.submit({"email": carol.email})
    eve.submit(to="send")
    eve.submit({"code": new_code(acme, carol.email)})
    assert "<h1>Confirm with your passkey</h1>" in eve.text
    at_check = eve.path
    eve.submit({}, to="passkey-setup")
    assert eve.path == at_check
    # Where nobody waits for a way back, it names no other, with a script or without.
    with tenant_context(acme):
        change_wait(0, actor=Actor.command())
    _options, token = asked_on(eve.text)
    assert eve.submit({"answer": "{}", "token": token}).status_code == 400
    assert "That passkey didn&#x27;t work. Try again.</span>" in eve.text
    assert "another way" not in eve.text
    assert eve.submit({}).status_code == 400
    assert "another way" not in eve.text
    assert eve.text.count("Your browser couldn't use a passkey here. Sign in on another device.") == 2
    assert "make one" not in eve.text
    his = at_address(acme)
    his.submit({"email": robin.email})
    his.submit(to="send")
    his.submit({"code": new_code(acme, robin.email)})
    assert 'data-failed="This site asks for a passkey.' in his.text
    makes(his, Authenticator())
    assert his.is_signed_in


def test_a28_whose_mail_nobody_has_read_makes_no_passkey(acme: Tenant, carol: Account) -> None:
    """Who knows the password of an account that its owner never came to would shut them out of it."""
    flow_has(acme, methods=["password", "passkey"], asks_passkey="require")
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(email_verified=False)
    eve = Customer(acme)
    eve.sign_in(carol.email)
    assert "<h1>Confirm it's you by email</h1>" in eve.text


def test_a_customer_names_and_removes_their_passkeys(acme: Tenant, carol: Account, laptop: Authenticator) -> None:
    customer = at_address(acme)
    shows(customer, laptop, to="passkey")
    assert "1 passkey" in customer.visit("/profile/").content.decode()
    customer.visit("/profile/passkeys/")
    assert "Laptop" in customer.text
    path = f"/profile/passkeys/{_key_of(acme).pk}/"
    assert "Enter a name." in customer.browser.post(f"{path}rename/", {"name": " "}).content.decode()
    customer.browser.post(f"{path}rename/", {"name": "Work  laptop"})
    assert _key_of(acme).name == "Work laptop"
    customer.visit(f"{path}remove/?next=/t/acme/profile/passkeys/")
    customer.visit(customer.path.replace("password", "passkey"))
    shows(customer, laptop)
    assert "<h1>Remove <bdi>Work laptop</bdi>?</h1>" in customer.text
    customer.submit({})
    assert "The passkey was removed." in customer.text
    run_jobs()
    with tenant_context(acme):
        assert mails_to(carol.email)[0].subject == "A passkey for Acme was removed"
        assert not Passkey.objects.exists()
        assert Account.objects.get(pk=carol.pk).passkeys_at == []


@pytest.mark.parametrize(
    "flow", [{"methods": ["passkey"]}, {"methods": ["password", "passkey"], "asks_passkey": "require"}]
)
def test_the_last_way_in_is_never_removed(
    acme: Tenant, carol: Account, laptop: Authenticator, flow: dict[str, Any]
) -> None:
    flow_has(acme, **flow)
    customer = at_address(acme)
    shows(customer, laptop, to="passkey")
    customer.visit(f"/profile/passkeys/{_key_of(acme).pk}/remove/")
    if "passkey/" not in customer.path:
        customer.visit(customer.path.replace("password", "passkey"))
    shows(customer, laptop)
    assert "<h1>This is your only passkey</h1>" in customer.text
    assert customer.submit({}).status_code == 409
    assert _key_of(acme).name == "Laptop"


def test_a26_nobody_names_a_key_who_has_shown_less_than_the_flow_asks_for(
    acme: Tenant, carol: Account, laptop: Authenticator
) -> None:
    flow_has(acme, methods=["password"], second_factor="always", factors=["passkey"])
    eve = Customer(acme)
    eve.browser.sign_in(carol)
    eve.follow(eve.browser.post(f"/profile/passkeys/{_key_of(acme).pk}/rename/", {"name": "Phone"}))
    assert eve.path.startswith("/t/acme/go/")
    assert _key_of(acme).name == "Laptop"


def test_eve_neither_names_nor_removes_carols_key(acme: Tenant, robin: Account, laptop: Authenticator) -> None:
    his = Customer(acme)
    his.browser.sign_in(robin)
    path = f"/profile/passkeys/{_key_of(acme).pk}/"
    assert his.browser.post(f"{path}rename/", {"name": "Mine"}).status_code == 404
    his.visit(f"{path}remove/")
    assert his.path == "/t/acme/profile/"
    assert _key_of(acme).name == "Laptop"


def test_without_a_script_the_page_says_so_and_the_other_ways_work(
    acme: Tenant, carol: Account, laptop: Authenticator
) -> None:
    customer = at_address(acme)
    assert '<noscript><p class="hint">Passkeys need JavaScript.' in customer.text
    customer.submit({}, to="passkey")
    assert "Passkeys need JavaScript. Turn it on, or choose another way." in customer.text
    customer.visit(customer.path.replace("passkey", "address"))
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert customer.is_signed_in


def test_twenty_are_enough(acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.factors.passkeys.MOST_PASSKEYS", 0)
    flow_has(acme, methods=["password", "passkey"])
    customer = Customer(acme)
    customer.sign_in(carol.email)
    makes(customer, Authenticator())
    assert "You&#x27;ve reached the limit of passkeys." in customer.text
