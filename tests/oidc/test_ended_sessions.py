"""Nothing made from a session outlives it, whatever was in flight when it ended.

Each test holds one of the two on its way: the other waits for it, or has been quicker. Nothing here is left to luck.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django_tenants.utils import tenant_context

from accounts.credentials.services.passwords import change_password
from accounts.models import Account
from accounts.sessions.services import sign_out_browser, sign_out_everywhere, sign_out_other_browsers
from audit.services import Actor
from oidc.models import DeviceGrant, Grant
from tests.browser import Browser
from tests.database import seen_by_superuser
from tests.oidc.devices import begin, enter, poll, press
from tests.oidc.relying_party import RelyingParty, answer_in, refused
from tests.userflows.customer import leads_to

pytestmark = pytest.mark.django_db(transaction=True)

OWNER = Actor.command()
LONGEST_WAIT = 10

End = Callable[[Account], Any]
ENDS: dict[str, End] = {
    "signed out everywhere": lambda carol: sign_out_everywhere(carol, actor=OWNER),
    "signed out of other browsers": lambda carol: sign_out_other_browsers(carol, sid="another", actor=OWNER),
    "given a new password": lambda carol: change_password(carol, password="a quite new password", actor=OWNER),
    "signed out of this browser": lambda carol: sign_out_browser(carol, sid=_only_session_of(carol), actor=OWNER),
}


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Another thread, with a connection of its own."""
    with ThreadPoolExecutor(1) as threads:
        yield threads
        threads.submit(lambda: connection.close()).result()  # noqa: PLW0108 - which one is decided over there


def _only_session_of(account: Account) -> str:
    from accounts.models import Session

    return Session.objects.of_account(account.pk).get().sid


def _until_it_waits(for_us: Future[Any]) -> None:
    """Return once it waits for a lock of ours, or hasn't had to."""
    deadline = time.monotonic() + LONGEST_WAIT
    while not for_us.done() and not seen_by_superuser("SELECT FROM pg_locks WHERE NOT granted"):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_o51_a_code_asked_for_while_its_session_ends_is_none(
    shop: RelyingParty, carol: Account, elsewhere: ThreadPoolExecutor, end: End
) -> None:
    shop.authorize()
    with tenant_context(shop.browser.tenant), transaction.atomic():
        end(carol)
        asked = elsewhere.submit(shop.authorize, prompt="none")
        _until_it_waits(asked)
    answer = answer_in(asked.result(LONGEST_WAIT))
    assert answer.get("error") == "login_required"
    assert "code" not in answer


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_o51_a_session_that_ends_while_a_code_is_made_takes_it_along(
    shop: RelyingParty, carol: Account, elsewhere: ThreadPoolExecutor, end: End
) -> None:
    shop.authorize()

    def end_it() -> None:
        with tenant_context(shop.browser.tenant):
            end(carol)

    with transaction.atomic():
        code = shop.code(prompt="none")
        ending = elsewhere.submit(end_it)
        _until_it_waits(ending)
        assert not ending.done()
    ending.result(LONGEST_WAIT)
    assert refused(shop.exchange(code))


def test_o51_tokens_made_while_their_session_ends_are_worthless(
    shop: RelyingParty, carol: Account, elsewhere: ThreadPoolExecutor
) -> None:
    code = shop.code()

    def end_it() -> None:
        with tenant_context(shop.browser.tenant):
            sign_out_everywhere(carol, actor=OWNER)

    with transaction.atomic():
        tokens = shop.exchange(code).json()
        ending = elsewhere.submit(end_it)
        _until_it_waits(ending)
        assert not ending.done()
    ending.result(LONGEST_WAIT)
    assert refused(shop.refresh(tokens["refresh_token"]))
    assert shop.userinfo(tokens["access_token"]).status_code == 401


def test_o51_a_device_approved_while_the_session_ends_stays_outside(
    television: RelyingParty, phone: Browser, carol: Account, elsewhere: ThreadPoolExecutor
) -> None:
    begun = begin(television)
    page = enter(phone, begun["user_code"])
    with tenant_context(phone.tenant), transaction.atomic():
        sign_out_everywhere(carol, actor=OWNER)
        pressed = elsewhere.submit(press, phone, page, carol)
        _until_it_waits(pressed)
    # They are asked to sign in, and the device goes on waiting for somebody's yes.
    assert phone.get(pressed.result(LONGEST_WAIT)["Location"]).status_code in {200, 303}
    assert refused(poll(television, begun["device_code"]), "authorization_pending")
    with tenant_context(phone.tenant):
        assert DeviceGrant.objects.get().status == DeviceGrant.AUTHORIZATION_PENDING
        assert not Grant.objects.exists()


def test_whose_session_ends_meanwhile_signs_in_and_comes_to_the_application(
    shop: RelyingParty, carol: Account, elsewhere: ThreadPoolExecutor
) -> None:
    shop.authorize()
    with tenant_context(shop.browser.tenant), transaction.atomic():
        sign_out_everywhere(carol, actor=OWNER)
        asked = elsewhere.submit(shop.authorize)
        _until_it_waits(asked)
    assert leads_to(asked.result(LONGEST_WAIT)).endswith("/address/")
