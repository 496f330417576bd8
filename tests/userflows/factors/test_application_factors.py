"""Where a user flow, an application and a request each have a say about second factors: which one counts."""

from dataclasses import replace
from itertools import product

import pytest

from tests.userflows.factors.states import due, in_session, proved
from userflows.second_factors.asked import is_enough
from userflows.second_factors.due import does_for_second, how_met, needs_second_factor
from userflows.state import (
    ALWAYS,
    APP,
    APP_CODE,
    APP_SETUP,
    BROUGHT,
    EXACTLY,
    MAIL,
    NEVER,
    NEW_BROWSER,
    NEW_PASSWORD,
    OFFER,
    OWN_ACCOUNT,
    PASSKEY,
    PASSKEY_SETUP,
    PROVIDER,
    RECOVERY_CODE,
    REQUIRE,
    RESET,
    SECOND_MAIL,
    SECOND_SMS,
    SIGN_UP,
    SMS,
    WHO_HAS_ONE,
    FlowRules,
    JourneyState,
)

FLOW = FlowRules(("password",), factors=(APP, MAIL), remember_days=30)
STRICT = replace(FLOW, second_factor=ALWAYS)
WITH_KEYS = replace(STRICT, factors=(APP, MAIL, PASSKEY), asks_passkey=OFFER)
KEYS_ALONE = FLOW.asking(ALWAYS, [PASSKEY])
BY_KEYS = replace(KEYS_ALONE, methods=("password", PASSKEY))


@pytest.mark.parametrize(
    ("flow", "asks", "names", "second_factor", "factors", "spares"),
    [
        # Nothing is said: as the flow says.
        (FLOW, "", (), WHO_HAS_ONE, (APP, MAIL), False),
        (STRICT, "", (), ALWAYS, (APP, MAIL), False),
        # Of flow and application the stricter one.
        (FLOW, NEW_BROWSER, (), NEW_BROWSER, (APP, MAIL), False),
        (STRICT, NEW_BROWSER, (), ALWAYS, (APP, MAIL), False),
        (replace(FLOW, second_factor=NEW_BROWSER), ALWAYS, (), ALWAYS, (APP, MAIL), False),
        # An application that never asks; what is changed of an account goes by what the flow says all the same.
        (STRICT, NEVER, (), ALWAYS, (APP, MAIL), True),
        (FLOW, NEVER, (), WHO_HAS_ONE, (APP, MAIL), True),
        # A level that a request asks for, and an account's own settings, whatever the application says.
        (STRICT, EXACTLY, (), EXACTLY, (APP, MAIL), False),
        (STRICT, OWN_ACCOUNT, (), ALWAYS, (APP, MAIL), False),
        # Its factors in the place of the flow's; a passkey stays on offer where the flow has it.
        (FLOW, "", (MAIL,), WHO_HAS_ONE, (MAIL,), False),
        (STRICT, "", (PASSKEY,), ALWAYS, (PASSKEY,), False),
        (WITH_KEYS, "", (MAIL,), ALWAYS, (MAIL, PASSKEY), False),
        (FLOW, EXACTLY, (PASSKEY,), EXACTLY, (PASSKEY,), False),
    ],
)
def test_the_first_rule_that_applies_counts(
    flow: FlowRules, asks: str, names: tuple[str, ...], second_factor: str, factors: tuple[str, ...], spares: bool
) -> None:
    rules = flow.asking(asks, names)
    assert (rules.second_factor, rules.factors, rules.spares) == (second_factor, factors, spares)
    # Neither a level nor one's own account rests on a browser that is remembered.
    assert rules.trusts_remembered == (asks not in {EXACTLY, OWN_ACCOUNT})


@pytest.mark.parametrize(
    ("rules", "state", "expected"),
    [
        # An application that never asks lets in whoever has nothing, and asks for what somebody has set up.
        (STRICT.asking(NEVER), proved("password"), "finish"),
        (STRICT.asking(NEVER), proved("password", has_app=True), "app-code"),
        (STRICT.asking(NEVER), proved("password", has_app=True, remembered_by=APP), "finish"),
        (replace(STRICT, factors=(SMS,)).asking(NEVER), proved("password", has_phone=True), "second-sms"),
        (STRICT.asking(NEVER), proved("code", purpose=SIGN_UP), "finish"),
        # Nothing of the account is changed by less than its flow asks for.
        (replace(STRICT, factors=(APP,)).asking(NEVER), proved("code", purpose=RESET), "app-setup"),
        (STRICT.asking(NEVER), proved("password", step_data={PROVIDER: {BROUGHT: {"provider": "x"}}}), "second-mail"),
        (STRICT.asking(NEVER), proved("password", step_data={NEW_PASSWORD: {"is_required": True}}), "second-mail"),
        (STRICT.asking(NEVER), proved("password", step_data={APP_SETUP: {"is_asked": True}}), "second-mail"),
        # No passkey is offered, nor required, of whoever came in by less: others would take it for two factors.
        (WITH_KEYS.asking(NEVER), proved("password"), "finish"),
        (replace(WITH_KEYS, asks_passkey=REQUIRE).asking(NEVER), proved("password"), "finish"),
        (replace(WITH_KEYS, second_factor="").asking(NEVER), proved("password"), "finish"),
        (replace(WITH_KEYS, second_factor="", factors=(PASSKEY,)).asking(NEVER), proved("password"), "passkey-setup"),
        # A level that a request asks for is asked for all the same.
        (STRICT.asking(EXACTLY), proved("password"), "second-mail"),
        (STRICT.asking(EXACTLY), proved("password", SECOND_MAIL), "app-setup"),
        # Factors that count for the application alone.
        (replace(STRICT, factors=(APP,)).asking("", [MAIL]), proved("password"), "second-mail"),
        (replace(STRICT, factors=(APP,)).asking("", [MAIL]), proved("password", SECOND_MAIL), "finish"),
        (STRICT.asking("", [APP]), proved("password"), "second-mail"),
        (STRICT.asking("", [APP]), proved("password", SECOND_MAIL), "app-setup"),
        (STRICT.asking("", [MAIL]), proved("password", has_app=True), "app-code"),
        # Passkeys alone: one is made, by whoever has shown what they have.
        (KEYS_ALONE, proved("password"), "second-mail"),
        (KEYS_ALONE, proved("password", SECOND_MAIL), "passkey-setup"),
        (KEYS_ALONE, in_session("password", SECOND_MAIL), "password"),
        (replace(FLOW, factors=(APP,)).asking(ALWAYS, [PASSKEY]), proved("password"), "passkey-setup"),
        # What another flow of the tenant counts is shown all the same; by a phone, where that is more than the mail.
        (replace(FLOW, factors=(APP,), counts_mail=True).asking(ALWAYS, [PASSKEY]), proved("password"), "second-mail"),
        (
            replace(FLOW, methods=(SMS,), counts_phones=True).asking(ALWAYS, [PASSKEY]),
            proved(SMS, has_phone=True),
            "second-mail",
        ),
        (
            replace(FLOW, counts_phones=True).asking(ALWAYS, [PASSKEY]),
            proved("password", SECOND_SMS, has_phone=True),
            "passkey-setup",
        ),
        (KEYS_ALONE, proved("password", has_app=True), "app-code"),
        (KEYS_ALONE, proved("password", APP_CODE, has_app=True), "passkey-setup"),
        (KEYS_ALONE, proved("password", RECOVERY_CODE, has_app=True), "passkey-setup"),
        (KEYS_ALONE, proved("password", has_app=True, has_passkey=True, has_passkey_here=True), "passkey-check"),
        (KEYS_ALONE, proved("password", APP_CODE, has_app=True, has_passkey=True), "passkey-setup"),
        (
            KEYS_ALONE,
            proved("password", APP_CODE, has_app=True, has_passkey=True, has_passkey_here=True),
            "passkey-check",
        ),
        (KEYS_ALONE, proved("password", has_passkey=True), "passkey-check"),
        (BY_KEYS, proved(PASSKEY, has_passkey=True, has_passkey_here=True), "finish"),
        (KEYS_ALONE, in_session("password", has_passkey=True, has_passkey_here=True), "passkey-check"),
        # To a session nobody adds a passkey: that takes a proof anew.
        (KEYS_ALONE, in_session("password", APP_CODE, has_app=True), "password"),
        (replace(FLOW, counts_phones=True).asking(ALWAYS, [PASSKEY]), proved("password", has_phone=True), "second-sms"),
        # A browser that is remembered for an app isn't for a passkey.
        (FLOW.asking(NEW_BROWSER, [PASSKEY]), proved("password", has_app=True, remembered_by=APP), "app-code"),
        (
            FLOW.asking(NEW_BROWSER, [PASSKEY]),
            proved("password", has_passkey=True, has_passkey_here=True, remembered_by=PASSKEY),
            "finish",
        ),
        # Where nobody is asked, what somebody has set up does, whichever it is.
        (FLOW.asking("", [PASSKEY]), proved("password", APP_CODE, has_app=True), "finish"),
    ],
)
def test_a26_what_an_application_asks_for_is_due_and_nobody_ends_nowhere(
    rules: FlowRules, state: JourneyState, expected: str
) -> None:
    assert due(state, rules) == expected


@pytest.mark.parametrize(
    ("met", "rules", "is_it"),
    [
        # What an application that never asks has let in, no other one takes for shown.
        ("", STRICT.asking(NEVER), True),
        ("", STRICT, False),
        ("", FLOW.asking(ALWAYS), False),
        # What counts for one application alone isn't enough for another one.
        (MAIL, STRICT.asking("", [MAIL]), True),
        (MAIL, STRICT.asking("", [APP]), False),
        (SMS, STRICT.asking("", [MAIL]), False),
        (APP, STRICT.asking("", [MAIL]), True),
        (APP, STRICT.asking("", [PASSKEY]), False),
        (PASSKEY, STRICT.asking("", [APP]), True),
        (PASSKEY, STRICT.asking("", [PASSKEY]), True),
        (f"remembered-{APP}", FLOW.asking(NEW_BROWSER, [PASSKEY]), False),
        (f"remembered-{PASSKEY}", FLOW.asking(NEW_BROWSER, [PASSKEY]), True),
        (f"remembered-{PASSKEY}", FLOW.asking(ALWAYS, [PASSKEY]), False),
        # Passkeys alone count where somebody is asked, and not where nobody is.
        ("", FLOW.asking("", [PASSKEY]), True),
    ],
)
def test_a26_each_application_looks_at_what_a_session_has_shown_by_its_own_rules(
    met: str, rules: FlowRules, is_it: bool
) -> None:
    assert is_enough(met, rules) is is_it


def test_a26_whatever_an_application_says_a_journey_ends_by_what_it_counts() -> None:
    """Every account, flow, application and proof there is."""
    seconds = [(), (APP_CODE,), (SECOND_MAIL,), (SECOND_SMS,), (PASSKEY,)]
    lists = [(), (APP,), (MAIL,), (PASSKEY,), (APP, SMS)]
    ended = 0
    for second, has_app, has_passkey, has_phone, asks, names, flow in product(
        seconds, (True, False), (True, False), (True, False), ("", NEVER, NEW_BROWSER, ALWAYS), lists, (FLOW, WITH_KEYS)
    ):
        has = {"has_app": has_app, "has_passkey": has_passkey, "has_passkey_here": has_passkey, "has_phone": has_phone}
        state, rules = replace(proved("password", *second), **has), flow.asking(asks, names)  # type: ignore[arg-type]
        step = due(state, rules)
        assert step != PASSKEY_SETUP or not has_app or {APP_CODE, PASSKEY} & {*second}, "a key by less than they have"
        assert step not in {PASSKEY_SETUP, APP_SETUP} or second, "a factor by the password alone, where mail counts"
        if step != "finish":
            continue
        ended += 1
        assert not needs_second_factor(state, rules) or does_for_second(state, rules), "nowhere to go from here"
        assert is_enough(how_met(state, rules), rules), "sent back all the same"
        if has_app:
            assert {APP_CODE, PASSKEY} & {*second}
        if names == (PASSKEY,) and asks != NEVER and rules.second_factor:
            assert second == (PASSKEY,)
    assert ended > 100
