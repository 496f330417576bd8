"""The device grant (RFC 8628): a device without a browser is let in by its owner, in a browser elsewhere."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from accounts.identity.services.accounts import disable_account
from accounts.models import Account
from applications.models import Application
from applications.policies.grants import DEVICE_CODE
from applications.services.application import change_application
from applications.services.deletion import delete_application
from audit.models import Event
from audit.services import Actor
from oidc.consents.services import consented_scopes, withdraw_consent
from oidc.devices.policies import USER_CODE_ALPHABET, USER_CODE_LENGTH
from oidc.models import DeviceGrant
from operations.housekeeping import forget_what_expired
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD, allow
from tests.crowd import at_once
from tests.oidc.apis import ORDERS, found_orders
from tests.oidc.devices import approved, begin, enter, poll, press
from tests.oidc.relying_party import EVERYTHING, RelyingParty, refused
from tests.statements import statements
from tests.userflows.customer import leads_to

COMMAND = Actor.command()


def let_in(device: RelyingParty, phone: Browser, account: Account, **parameters: str | None) -> dict[str, Any]:
    answer = poll(device, approved(device, phone, account, **parameters))
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_device_is_let_in(television: RelyingParty, phone: Browser, carol: Account, acme: Tenant) -> None:
    begun = begin(television)
    assert begun["interval"] == 5
    assert begun["expires_in"] == 900
    assert urlsplit(begun["verification_uri"]).path == "/t/acme/device"
    assert begun["verification_uri_complete"] == f"{begun['verification_uri']}?user_code={begun['user_code']}"
    assert refused(poll(television, begun["device_code"]), "authorization_pending")
    page = enter(phone, begun["user_code"])
    asked = phone.get(page).content.decode()
    assert "Mobile" in asked
    assert "carol@acme.example" in asked
    assert begun["user_code"] in asked
    assert "See your email address" in asked
    assert "Your device is signed in" in phone.get(press(phone, page, carol)["Location"]).content.decode()
    tokens = poll(television, begun["device_code"]).json()
    assert set(tokens["scope"].split()) == set(EVERYTHING.split())
    claims = television.accepts(tokens["id_token"], audience=television.client_id)
    assert claims["sub"] == str(carol.pk)
    assert "nonce" not in claims
    told = television.userinfo(tokens["access_token"]).json()
    assert (told["sub"], told["email"]) == (str(carol.pk), "carol@acme.example")
    again = television.refresh(tokens["refresh_token"])
    assert again.status_code == 200
    with tenant_context(acme):
        assert Event.objects.filter(action="device.approved", actor_id=str(carol.pk)).count() == 1


def test_without_offline_access_there_is_no_refresh_token(
    television: RelyingParty, phone: Browser, carol: Account
) -> None:
    tokens = let_in(television, phone, carol, scope="openid email")
    assert "refresh_token" not in tokens
    assert "id_token" in tokens
    assert "id_token" not in let_in(television, phone, carol, scope="email")


def test_whoever_isnt_signed_in_does_so_first_and_still_has_to_press(
    television: RelyingParty, acme_browser: Browser, carol: Account
) -> None:
    begun = begin(television)
    step = enter(acme_browser, begun["user_code"])
    step = leads_to(acme_browser.post(step, {"email": "carol@acme.example"}))
    page = acme_browser.post(step, {"password": PASSWORD})["Location"]
    assert page.startswith("/t/acme/device/")
    assert refused(poll(television, begun["device_code"]), "authorization_pending")
    assert "Sign in on another device?" in acme_browser.get(page).content.decode()
    press(acme_browser, page, carol)
    assert poll(television, begun["device_code"]).status_code == 200


@pytest.mark.parametrize(
    "spelling",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: f" {code[0]} {code[1:]}",
        lambda code: code.replace("-", "\u2013"),
        lambda code: f"\u200b{code}\u200e",
        lambda code: "".join(chr(ord(each) + 0xFEE0) for each in code),
    ],
)
def test_the_code_may_be_typed_in_any_case_and_spacing(
    television: RelyingParty, phone: Browser, spelling: Callable[[str], str]
) -> None:
    assert "/device/" in enter(phone, spelling(begin(television)["user_code"]))


def test_the_customer_says_no(television: RelyingParty, phone: Browser, carol: Account, acme: Tenant) -> None:
    begun = begin(television)
    page = enter(phone, begun["user_code"])
    said = press(phone, page, carol, "deny")
    assert "Sign-in denied" in phone.get(said["Location"]).content.decode()
    for _ in range(2):
        assert refused(poll(television, begun["device_code"]), "access_denied")
    press(phone, page, carol)
    assert refused(poll(television, begun["device_code"]), "access_denied")
    with tenant_context(acme):
        assert Event.objects.filter(action="device.denied").exists()
        assert not Event.objects.filter(action="device.approved").exists()


def test_another_account_can_be_used(television: RelyingParty, phone: Browser, carol: Account) -> None:
    begun = begin(television)
    answer = press(phone, enter(phone, begun["user_code"]), carol, "another")
    assert answer["Location"].endswith("/address/")
    assert refused(poll(television, begun["device_code"]), "authorization_pending")


def test_o31_an_address_alone_approves_nothing(television: RelyingParty, phone: Browser, carol: Account) -> None:
    begun = begin(television)
    complete = begun["verification_uri_complete"]
    path = f"{urlsplit(complete).path}?{urlsplit(complete).query}"
    filled_in = phone.get(path)
    assert filled_in.status_code == 200
    assert begun["user_code"] in filled_in.content.decode()
    page = enter(phone, begun["user_code"])
    for query in ({}, {"decision": "approve", "account": str(carol.pk)}):
        phone.get(page, query)
        phone.head(page, query)
    assert refused(poll(television, begun["device_code"]), "authorization_pending")


def test_o31_a_press_needs_a_csrf_token(television: RelyingParty, acme: Tenant, carol: Account) -> None:
    browser = Browser(acme, checks_csrf=True)
    browser.sign_in(carol)
    begun = begin(television)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/device").content.decode())
    assert token
    page = browser.post("/device", {"user_code": begun["user_code"], "csrfmiddlewaretoken": token[1]})["Location"]
    assert press(browser, page, carol)["Location"] == page
    assert refused(poll(television, begun["device_code"]), "authorization_pending")


def test_o31_nobody_decides_in_another_browser_or_for_another_account(
    television: RelyingParty, phone: Browser, carol: Account, acme_browser: Browser, acme: Tenant
) -> None:
    begun = begin(television)
    page = enter(phone, begun["user_code"])
    for other in (acme_browser, Browser(acme)):
        assert other.get(page).status_code == 410
        assert press(other, page, carol).status_code == 410
    phone.post(page, {"account": "somebody else", "decision": "approve"})
    phone.post(page, {"decision": "approve"})
    assert refused(poll(television, begun["device_code"]), "authorization_pending")


def test_o31_the_status_of_anothers_code_is_told_to_nobody(
    television: RelyingParty, phone: Browser, carol: Account, acme_browser: Browser
) -> None:
    """Used, denied and made up look alike."""
    begun = begin(television)
    unused = begin(television)
    press(phone, enter(phone, begun["user_code"]), carol)
    press(phone, enter(phone, unused["user_code"]), carol, "deny")
    pages = {
        re.sub(r'value="[^"]*"', "", acme_browser.post("/device", {"user_code": code}).content.decode())
        for code in (begun["user_code"], unused["user_code"], "BBBB-BBBB")
    }
    assert len(pages) == 1


def test_o32_five_wrong_codes_and_the_door_is_shut(television: RelyingParty, phone: Browser) -> None:
    for _ in range(5):
        assert phone.post("/device", {"user_code": "BBBBBBBB"}).status_code == 400
    refusal = phone.post("/device", {"user_code": begin(television)["user_code"]})
    assert refusal.status_code == 429
    assert int(refusal["Retry-After"]) <= 300
    with tenant_context(phone.tenant):
        noted = Event.objects.failures().filter(action="device.code_refused").newest_first()
        assert [event.reason for event in noted] == ["too_many_attempts", *["code_wrong"] * 5]


def test_one_who_guesses_shuts_nobody_else_behind_the_same_address_out(television: RelyingParty) -> None:
    guesser, neighbour = Browser(television.browser.tenant), Browser(television.browser.tenant)
    for browser in (guesser, neighbour):
        browser.get("/device")
    for _ in range(6):
        refusal = guesser.post("/device", {"user_code": "BBBBBBBB"})
    assert refusal.status_code == 429
    assert neighbour.post("/device", {"user_code": begin(television)["user_code"]}).status_code == 303


def test_o32_any_number_of_browsers_has_one_limit_at_an_address(television: RelyingParty) -> None:
    answers = []
    for _ in range(21):
        browser = Browser(television.browser.tenant)
        browser.get("/device")
        answers += [browser.post("/device", {"user_code": "BBBBBBBB"}).status_code for _ in range(5)]
    assert answers.count(400) == 100
    assert answers[-1] == 429


def test_a_used_code_is_no_guess(television: RelyingParty, phone: Browser) -> None:
    code = begin(television)["user_code"]
    with tenant_context(television.browser.tenant):
        DeviceGrant.objects.update(status=DeviceGrant.DENIED)
    for _ in range(7):
        assert phone.post("/device", {"user_code": code}).status_code == 400


def test_o32_right_codes_and_slips_of_the_hand_use_nothing_up(television: RelyingParty, phone: Browser) -> None:
    for _ in range(7):
        enter(phone, begin(television)["user_code"])
        assert phone.post("/device", {"user_code": "BBB"}).status_code == 400


def test_o32_codes_are_too_many_to_guess(television: RelyingParty) -> None:
    assert len(USER_CODE_ALPHABET) ** USER_CODE_LENGTH >= 2**34
    assert not set(USER_CODE_ALPHABET) & set("AEIOUY0123456789")
    begun = [begin(television) for _ in range(20)]
    assert len({each["user_code"] for each in begun}) == 20
    for each in begun:
        assert re.fullmatch(f"[{USER_CODE_ALPHABET}]{{4}}-[{USER_CODE_ALPHABET}]{{4}}", each["user_code"])
        assert len(each["device_code"]) >= 43


def test_o32_who_asks_too_often_is_slowed_down_each_time(
    television: RelyingParty, time_machine: TimeMachineFixture
) -> None:
    now = datetime.now(UTC)
    time_machine.move_to(now, tick=False)
    device_code = begin(television)["device_code"]
    waits = [(0, "authorization_pending"), (4, "slow_down"), (9, "slow_down"), (14, "slow_down")]
    # The interval is 20 seconds by now.
    for seconds, error in [*waits, (20, "authorization_pending"), (19, "slow_down"), (25, "authorization_pending")]:
        now += timedelta(seconds=seconds)
        time_machine.move_to(now, tick=False)
        assert refused(poll(television, device_code), error), (seconds, error)


@pytest.mark.parametrize("device_code", ["", "unknown", "ü", "x" * 5000, "device:" + "0" * 64])
def test_o32_a_made_up_device_code_is_refused(television: RelyingParty, device_code: str) -> None:
    error = "invalid_grant" if device_code else "invalid_request"
    assert refused(poll(television, device_code), error)


def test_a_code_lasts_fifteen_minutes(
    television: RelyingParty, phone: Browser, carol: Account, time_machine: TimeMachineFixture
) -> None:
    begun = begin(television)
    page = enter(phone, begun["user_code"])
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=15, seconds=1), tick=True)
    assert refused(poll(television, begun["device_code"]), "expired_token")
    assert phone.post("/device", {"user_code": begun["user_code"]}).status_code == 400
    assert press(phone, page, carol).status_code == 410
    assert phone.get(page).status_code == 410
    assert refused(poll(television, begun["device_code"]), "expired_token")


def test_o10_a_replay_is_refused_and_revokes_what_was_made_first(
    television: RelyingParty, phone: Browser, carol: Account, acme: Tenant
) -> None:
    device_code = approved(television, phone, carol)
    tokens = poll(television, device_code).json()
    assert refused(poll(television, device_code))
    assert television.userinfo(tokens["access_token"]).status_code == 401
    assert refused(television.refresh(tokens["refresh_token"]))
    with tenant_context(acme):
        assert Event.objects.filter(action="tokens.replayed").exists()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_presses_at_once_one_counts(
    television: RelyingParty, phone: Browser, carol: Account, acme: Tenant
) -> None:
    begun = begin(television)
    page = enter(phone, begun["user_code"])
    at_once(20, lambda: press(phone, page, carol))
    with tenant_context(acme):
        assert Event.objects.filter(action="device.approved").count() == 1
    assert poll(television, begun["device_code"]).status_code == 200


def test_o12_a_devices_code_is_worth_nothing_to_another_client_or_at_another_grant(
    television: RelyingParty, phone: Browser, carol: Account, shop: RelyingParty, acme: Tenant
) -> None:
    with tenant_context(acme):
        allow(shop.application, DEVICE_CODE)
    device_code = approved(television, phone, carol)
    assert refused(poll(shop, device_code))
    assert refused(television.exchange(device_code))
    assert poll(television, device_code).status_code == 200
    assert refused(poll(television, shop.code()))


def test_t16_a_devices_codes_are_unknown_to_another_tenant(
    television: RelyingParty, rival: RelyingParty, globex: Tenant
) -> None:
    with tenant_context(globex):
        allow(rival.application, DEVICE_CODE)
    begun = begin(television)
    assert refused(poll(rival, begun["device_code"]))
    assert rival.browser.post("/device", {"user_code": begun["user_code"]}).status_code == 400


def test_o36_only_applications_that_may_use_it_do(shop: RelyingParty, app: RelyingParty, service: RelyingParty) -> None:
    for party in (shop, app, service):
        refusal = party.as_client("/oidc/device_authorization", scope="openid")
        assert refused(refusal, "unauthorized_client")
        assert refused(poll(party, "made up"), "unauthorized_client")


def test_turned_off_it_ends_at_once(
    television: RelyingParty, phone: Browser, carol: Account, acme: Tenant, mobile: Application
) -> None:
    device_code, waiting = approved(television, phone, carol), begin(television)
    page = enter(phone, waiting["user_code"])
    with tenant_context(acme):
        change_application(mobile, grant_types=["authorization_code"], actor=COMMAND)
    assert refused(poll(television, device_code), "unauthorized_client")
    assert press(phone, page, carol).status_code == 410


def test_a_client_with_a_secret_proves_it(shop: RelyingParty, acme: Tenant, phone: Browser, carol: Account) -> None:
    with tenant_context(acme):
        allow(shop.application, DEVICE_CODE)
    assert let_in(shop, phone, carol)["access_token"]
    begun = begin(shop)
    shop.secret = "wrong"
    for path in ("/oidc/device_authorization", "/oidc/token"):
        refusal = shop.as_client(path, grant_type=DEVICE_CODE, device_code=begun["device_code"], scope="openid")
        assert refusal.status_code == 401


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"scope": None}, "invalid_scope"),
        ({"scope": "unheard-of"}, "invalid_scope"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
    ],
)
def test_o25_what_a_device_may_not_ask_for_is_refused(
    television: RelyingParty, parameters: dict[str, str | None], error: str
) -> None:
    answer = television.as_client("/oidc/device_authorization", **{"scope": "openid", **parameters})
    assert refused(answer, error)


def test_o27_it_ends_with_the_session_the_account_and_the_application(
    television: RelyingParty, phone: Browser, carol: Account, acme: Tenant, mobile: Application
) -> None:
    tokens, collected_late = let_in(television, phone, carol), approved(television, phone, carol)
    phone.post("/sign-out/")
    assert television.userinfo(tokens["access_token"]).status_code == 401
    assert refused(television.refresh(tokens["refresh_token"]))
    assert refused(poll(television, collected_late), "expired_token")
    phone.sign_in(carol)
    tokens, collected_late = let_in(television, phone, carol), approved(television, phone, carol)
    with tenant_context(acme):
        disable_account(carol, actor=COMMAND)
    assert refused(poll(television, collected_late))
    assert refused(television.refresh(tokens["refresh_token"]))
    with tenant_context(acme):
        delete_application(mobile, actor=COMMAND)
        assert not DeviceGrant.objects.exists()
    assert poll(television, collected_late).status_code == 401


def test_only_digests_of_device_codes_are_kept(television: RelyingParty, acme: Tenant) -> None:
    begun = begin(television)
    with tenant_context(acme):
        row = DeviceGrant.objects.get()
    assert begun["device_code"] not in {str(getattr(row, field.attname)) for field in DeviceGrant._meta.concrete_fields}


def test_from_one_place_devices_cant_be_begun_without_end(television: RelyingParty) -> None:
    answers = [television.as_client("/oidc/device_authorization", scope="openid") for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {200}
    assert answers[60].status_code == 429
    assert int(answers[60]["Retry-After"]) > 0
    with tenant_context(television.browser.tenant):
        refused_one = Event.objects.get(action="device.start_refused")
    assert (refused_one.reason, refused_one.client_id) == ("too_many_attempts", television.client_id)


def test_housekeeping_forgets_them_once_a_replay_says_nothing(
    television: RelyingParty, acme: Tenant, time_machine: TimeMachineFixture
) -> None:
    begin(television)
    for hours, is_kept in ((20, True), (25, False)):
        time_machine.move_to(datetime.now(UTC) + timedelta(hours=hours), tick=True)
        with tenant_context(acme):
            forget_what_expired()
            assert DeviceGrant.objects.exists() is is_kept
        time_machine.move_to(datetime.now(UTC) - timedelta(hours=hours), tick=True)


@pytest.mark.django_db(transaction=True)
def test_a_poll_costs_one_statement_and_the_last_two_more(
    television: RelyingParty, phone: Browser, carol: Account
) -> None:
    # The first use of an application in a day is noted.
    assert poll(television, approved(television, phone, carol)).status_code == 200
    device_code = approved(television, phone, carol)
    waiting = begin(television)["device_code"]
    poll(television, waiting)
    with statements(1):
        poll(television, waiting)
    with statements(3):
        assert poll(television, device_code).status_code == 200


def test_a_device_is_let_in_to_an_api_in_its_words(
    television: RelyingParty, phone: Browser, carol: Account, acme: Tenant
) -> None:
    orders = found_orders(acme)
    orders.permit(television.application, orders.read)
    begun = begin(television, scope=f"openid offline_access {ORDERS}/.default")
    page = enter(phone, begun["user_code"])
    assert "Read orders" in phone.get(page).content.decode()
    assert "Place orders" not in phone.get(page).content.decode()
    press(phone, page, carol)
    tokens = poll(television, begun["device_code"]).json()
    assert television.accepts(tokens["access_token"], audience=ORDERS)["scope"] == "orders.read"
    again = television.refresh(tokens["refresh_token"]).json()
    assert television.accepts(again["access_token"], audience=ORDERS)["sub"] == str(carol.pk)


def test_where_customers_are_asked_the_press_is_their_consent_and_can_be_taken_back(
    television: RelyingParty, phone: Browser, carol: Account, acme: Tenant
) -> None:
    with tenant_context(acme):
        change_application(television.application, asks_for_consent=True, actor=COMMAND)
    tokens = let_in(television, phone, carol)
    with tenant_context(acme):
        assert "email" in consented_scopes(account_id=carol.pk, application_pk=television.application.pk)
        withdraw_consent(carol, television.application)
    assert refused(television.refresh(tokens["refresh_token"]))
    assert television.userinfo(tokens["access_token"]).status_code == 401
