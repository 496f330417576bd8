"""When a passkey is due, asked for or offered, as a question to pure functions: for every account, flow and wish."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from tests.userflows.factors.states import due, in_session, proved
from userflows.second_factors.asked import is_enough
from userflows.second_factors.channels import are_two_factors
from userflows.second_factors.due import how_met
from userflows.state import (
    ALWAYS,
    APP,
    APP_CODE,
    APP_SETUP,
    CONFIRMS,
    EXACTLY,
    MAIL,
    NEVER,
    NEW_BROWSER,
    OFFER,
    OWN_ACCOUNT,
    PASSKEY,
    PASSKEY_REMOVAL,
    PASSKEY_SETUP,
    RECOVERY_CODE,
    REQUIRE,
    RESET,
    SECOND_MAIL,
    SIGN_UP,
    FlowRules,
    JourneyState,
)

FLOW = FlowRules(("password", PASSKEY), factors=(APP,), remember_days=30, asks_passkey=NEVER)
AS_FACTOR = FlowRules(("password",), factors=(PASSKEY,), remember_days=30, asks_passkey=NEVER)
ALONE = FlowRules((PASSKEY,), factors=(APP,), asks_passkey=NEVER)
HERE: dict[str, Any] = {"has_passkey": True, "has_passkey_here": True}
ELSEWHERE: dict[str, Any] = {"has_passkey": True}
WANTS: dict[str, Any] = {"step_data": {PASSKEY_SETUP: {"is_asked": True}}}


@pytest.mark.parametrize(
    ("rules", "state", "expected"),
    [
        # One is enough for whatever is asked for, and having one obliges nobody.
        (FLOW, proved(PASSKEY), "finish"),
        (FLOW.asking(ALWAYS), proved(PASSKEY, has_app=True), "finish"),
        (FLOW.asking(EXACTLY), proved(PASSKEY), "finish"),
        (FLOW, proved("password", **HERE), "finish"),
        # Where a second factor is due, whoever has one shows it, whatever the flow offers.
        (FLOW.asking(ALWAYS), proved("password", **HERE), "passkey-check"),
        (replace(FLOW, methods=("password",)).asking(NEW_BROWSER), proved("password", **HERE), "passkey-check"),
        (FLOW.asking(EXACTLY), in_session("password", **HERE), "passkey-check"),
        (FLOW, proved("password", has_app=True, **HERE), "passkey-check"),
        (FLOW, proved("password", has_app=True, **ELSEWHERE), "app-code"),
        # Whoever has none sets one up: here also where nothing else is to be had.
        (AS_FACTOR.asking(ALWAYS), proved("password"), "passkey-setup"),
        (AS_FACTOR.asking(ALWAYS), proved("password", is_verified=False), "second-mail"),
        (replace(AS_FACTOR, factors=(MAIL, PASSKEY)).asking(ALWAYS), proved("password"), "second-mail"),
        (FLOW.asking(EXACTLY), in_session("password"), "password"),
        # At a host where the key doesn't work nothing is set up in its place.
        (AS_FACTOR.asking(ALWAYS), proved("password", **ELSEWHERE), "passkey-check"),
        (replace(FLOW, asks_passkey=REQUIRE), proved("password", **ELSEWHERE), "finish"),
        (
            replace(FLOW, asks_passkey=REQUIRE),
            proved("password", APP_CODE, has_app=True, **ELSEWHERE),
            "passkey-setup",
        ),
        # Offered and required.
        (replace(FLOW, asks_passkey=OFFER), proved("password"), "passkey-setup"),
        (replace(FLOW, asks_passkey=OFFER), proved("password", puts_passkey_off=True), "finish"),
        (replace(FLOW, asks_passkey=OFFER), proved("password", is_verified=False), "finish"),
        (replace(FLOW, asks_passkey=OFFER), proved("password", step_data={CONFIRMS: {}}), "finish"),
        (replace(FLOW, asks_passkey=OFFER), in_session("password"), "finish"),
        (replace(FLOW, asks_passkey=OFFER), proved("password", has_app=True, remembered_by=APP), "finish"),
        (replace(FLOW, asks_passkey=OFFER, methods=("password",)), proved("password"), "finish"),
        (replace(FLOW, asks_passkey=REQUIRE), proved("password", puts_passkey_off=True), "passkey-setup"),
        (replace(FLOW, asks_passkey=REQUIRE), proved("code", purpose=RESET), "passkey-setup"),
        (replace(FLOW, asks_passkey=REQUIRE, second_factor=ALWAYS), proved("password"), "passkey-setup"),
        # Putting it off doesn't put off the second factor that is due.
        (
            replace(FLOW, asks_passkey=OFFER).asking(ALWAYS),
            proved("password", step_data={PASSKEY_SETUP: {"is_put_off": True}}),
            "passkey-setup",
        ),
        # To change what an account proves itself by, its owner shows what it has.
        (FLOW.asking(OWN_ACCOUNT), proved("password", **WANTS), "passkey-setup"),
        (FLOW.asking(OWN_ACCOUNT), proved("password", **HERE, **WANTS), "passkey-check"),
        (FLOW.asking(OWN_ACCOUNT), proved("password", **ELSEWHERE, **WANTS), "passkey-check"),
        (FLOW.asking(OWN_ACCOUNT), proved("password", SECOND_MAIL, **HERE, **WANTS), "passkey-setup"),
        (FLOW.asking(OWN_ACCOUNT), proved("code", **HERE, **WANTS), "password"),
        (FLOW.asking(OWN_ACCOUNT), proved(PASSKEY, **HERE, **WANTS), "passkey-setup"),
        (FLOW.asking(OWN_ACCOUNT), proved("password", has_app=True, **WANTS), "app-code"),
        (
            FLOW.asking(OWN_ACCOUNT),
            proved("password", **HERE, step_data={APP_SETUP: {"is_asked": True}}),
            "passkey-check",
        ),
        (
            FLOW.asking(OWN_ACCOUNT),
            proved("password", **HERE, step_data={PASSKEY_REMOVAL: {"is_asked": True}}),
            "passkey-check",
        ),
        # Where it is the only way in, a code lets in who has none to make one, and nobody else.
        (ALONE, proved("code"), "passkey-setup"),
        (ALONE, proved("code", **HERE), "passkey-check"),
        (ALONE, proved("code", **ELSEWHERE), "passkey-check"),
        (ALONE, proved("code", RECOVERY_CODE, has_app=True, **ELSEWHERE), "finish"),
        (ALONE, proved("code", purpose=SIGN_UP), "passkey-setup"),
        (ALONE, proved("code", purpose=RESET, **HERE), "passkey-check"),
    ],
)
def test_a26_whether_a_passkey_is_due_follows_from_what_was_proved(
    rules: FlowRules, state: JourneyState, expected: str
) -> None:
    assert due(state, rules) == expected


def test_a26_nothing_less_than_what_an_account_has_ends_a_journey_that_asks_for_it() -> None:
    """Every account, flow, wish and proof: where a journey ends, nobody who has a passkey was let in by less."""
    shown: list[tuple[str, ...]] = [
        ("password",), ("code",), (PASSKEY,), ("password", PASSKEY), ("code", PASSKEY), ("password", SECOND_MAIL),
        ("code", SECOND_MAIL), ("password", APP_CODE), ("code", APP_CODE),
    ]  # fmt: skip
    flows = (FLOW, AS_FACTOR, ALONE, replace(FLOW, methods=("code", PASSKEY), factors=(MAIL, PASSKEY)))
    ended = 0
    for proofs, passkey, has_app, asked, asks, flow in product(
        shown, ({}, HERE, ELSEWHERE), (False, True), ("", NEW_BROWSER, ALWAYS, EXACTLY, OWN_ACCOUNT),
        (NEVER, OFFER, REQUIRE), flows,
    ):  # fmt: skip
        state = proved(*proofs, has_app=has_app, puts_passkey_off=True, **passkey)  # type: ignore[arg-type]
        rules = replace(flow, asks_passkey=asks).asking(asked)
        if due(state, rules) != "finish":
            continue
        ended += 1
        met = how_met(state, rules)
        if asked == EXACTLY:
            assert are_two_factors(proofs)
        if asked in {ALWAYS, NEW_BROWSER}:
            assert is_enough(met, rules)
        if has_app:
            assert {PASSKEY, APP_CODE} & {*proofs}
        if flow is ALONE:
            assert {PASSKEY, APP_CODE} & {*proofs}, "a mailbox alone lets nobody in where passkeys are the way"
        if asks == REQUIRE and not passkey and not has_app:
            raise AssertionError("somebody came in without a passkey where one is required")
    assert ended > 100
