"""Once means once: rounds in each of which 20 redeem the same thing at the same moment. `make rounds` has 200."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from oidc.models import RefreshToken
from tests.browser import Browser
from tests.crowd import crowd
from tests.oidc.devices import approved, poll
from tests.oidc.relying_party import RelyingParty, answer_in, refused

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 20

AllDo = Callable[[Callable[[], Any]], list[Any]]


@pytest.fixture
def all_do() -> Iterator[AllDo]:
    with crowd(CROWD) as all_do:
        yield all_do


def winner(answers: list[Any]) -> Any:
    """The tokens of the only one that got any; the others were told that what they hold isn't good."""
    won = [answer.json() for answer in answers if answer.status_code == 200]
    lost = [answer.json()["error"] for answer in answers if answer.status_code == 400]
    assert len(won) == 1
    assert lost == ["invalid_grant"] * (CROWD - 1)
    return won[0]


def is_worthless(shop: RelyingParty, tokens: dict[str, str]) -> bool:
    refreshed = shop.refresh(tokens["refresh_token"])
    return shop.userinfo(tokens["access_token"]).status_code == 401 and refreshed.json()["error"] == "invalid_grant"


def test_o11_a_code_is_exchanged_once_and_leaves_nothing_usable(shop: RelyingParty, all_do: AllDo, rounds: int) -> None:
    for _ in range(rounds):
        code = shop.code()
        assert is_worthless(shop, winner(all_do(partial(shop.exchange, code))))
    with tenant_context(shop.browser.tenant):
        assert RefreshToken.objects.count() == rounds
        assert not RefreshToken.objects.filter(revoked=None).exists()


def test_o21_tabs_that_refresh_at_once_get_one_answer_and_a_replay_is_found_all_the_same(
    app: RelyingParty, all_do: AllDo, rounds: int
) -> None:
    """A public client as it is registered without a further word."""
    for _ in range(rounds):
        first = app.tokens()["refresh_token"]
        answers = [answer.json() for answer in all_do(partial(app.refresh, first))]
        [second] = {answer["refresh_token"] for answer in answers}
        assert app.refresh(second).status_code == 200
        assert refused(app.refresh(first))
        assert refused(app.refresh(second))


def test_o20_a_refresh_token_is_used_once_and_its_family_ends(shop: RelyingParty, all_do: AllDo, rounds: int) -> None:
    for _ in range(rounds):
        first = shop.tokens()["refresh_token"]
        assert is_worthless(shop, winner(all_do(partial(shop.refresh, first))))


def test_o11_a_device_is_let_in_once_and_leaves_nothing_usable(
    television: RelyingParty, phone: Browser, carol: Account, all_do: AllDo, rounds: int
) -> None:
    for number in range(rounds):
        # From one address only 60 devices may begin in a minute.
        television.browser.defaults["REMOTE_ADDR"] = f"192.0.2.{number % 250}"
        device_code = approved(television, phone, carol)
        assert is_worthless(television, winner(all_do(partial(poll, television, device_code))))
    with tenant_context(television.browser.tenant):
        assert RefreshToken.objects.count() == rounds
        assert not RefreshToken.objects.filter(revoked=None).exists()


def test_o45_a_pushed_request_is_answered_once(shop: RelyingParty, all_do: AllDo, rounds: int) -> None:
    for _ in range(rounds):
        request_uri = shop.as_client("/oidc/par", **shop.request()).json()["request_uri"]
        wanted = {"client_id": shop.client_id, "request_uri": request_uri}
        answers = all_do(partial(shop.browser.get, "/oidc/authorize", wanted))
        [told] = [answer_in(answer) for answer in answers if answer.status_code != 400]
        assert shop.exchange(told["code"]).status_code == 200
