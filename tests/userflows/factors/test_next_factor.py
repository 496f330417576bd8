"""Which second factor is due, as a question to pure functions: for every way through a flow, and who tries less."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from tests.userflows.factors.states import due, in_session, proved
from userflows.journeys.next_step import is_open
from userflows.methods import sign_in_methods
from userflows.second_factors.asked import is_enough
from userflows.second_factors.channels import CHANNELS, SECOND_PROOFS, are_two_factors
from userflows.second_factors.due import does_for_second, how_met, needs_second_factor
from userflows.state import (
    ALWAYS,
    APP,
    APP_CODE,
    APP_SETUP,
    BROUGHT,
    CHANGE,
    EXACTLY,
    MAIL,
    NEW_BROWSER,
    OFFER,
    OWN_ACCOUNT,
    PASSKEY,
    PROVIDER,
    RECOVERY_CODE,
    REQUIRE,
    RESET,
    SECOND_MAIL,
    SECOND_SMS,
    SIGN_UP,
    SMS,
    FlowRules,
    JourneyState,
)
from userflows.step_table import STEPS

FLOW = FlowRules(("password", "code"), factors=(APP,), remember_days=30)
WITH_MAIL = replace(FLOW, methods=("password",), factors=(APP, MAIL))
MAIL_ALONE = replace(WITH_MAIL, factors=(MAIL,))
BY_PROVIDER = replace(MAIL_ALONE, methods=("provider:x",))
FROM_PROVIDER = {PROVIDER: {BROUGHT: {"provider": "x"}}}


@pytest.mark.parametrize(
    ("rules", "state", "expected"),
    [
        # Nobody has to, and whoever has an app is asked for it.
        (FLOW, proved("password"), "finish"),
        (FLOW, proved("password", has_app=True), "app-code"),
        (FLOW, proved("code", has_app=True), "app-code"),
        (FLOW, proved("password", has_app=True, remembered_by=APP), "finish"),
        (FLOW, proved("password", APP_CODE, has_app=True), "finish"),
        (FLOW, proved("password", RECOVERY_CODE, has_app=True), "finish"),
        # A flow without second factors doesn't let in by less whoever has one.
        (replace(FLOW, factors=()), proved("password", has_app=True), "app-code"),
        # In a new browser, and always.
        (FLOW.asking(NEW_BROWSER), proved("password"), "app-setup"),
        (FLOW.asking(NEW_BROWSER), proved("password", remembered_by=APP, has_app=True), "finish"),
        (FLOW.asking(ALWAYS), proved("password", remembered_by=APP, has_app=True), "app-code"),
        (FLOW.asking(ALWAYS), proved("password"), "app-setup"),
        # Mail, for who came by something else and has no app.
        (WITH_MAIL.asking(ALWAYS), proved("password"), "second-mail"),
        (WITH_MAIL.asking(ALWAYS), proved("password", SECOND_MAIL), "finish"),
        (WITH_MAIL.asking(ALWAYS), proved("password", has_app=True), "app-code"),
        (WITH_MAIL.asking(ALWAYS), proved("password", SECOND_MAIL, has_app=True), "app-code"),
        (WITH_MAIL.asking(NEW_BROWSER), proved("password", remembered_by=MAIL), "finish"),
        # What another flow took for enough isn't enough here.
        (FLOW.asking(NEW_BROWSER), proved("password", remembered_by=MAIL), "app-setup"),
        # Two codes by mail are one factor.
        (replace(WITH_MAIL, methods=("code",)).asking(ALWAYS), proved("code"), "app-setup"),
        (replace(WITH_MAIL, methods=("code",)).asking(ALWAYS), proved("code", SECOND_MAIL), "app-setup"),
        # A level that was asked for by name: neither mail nor a browser does.
        (WITH_MAIL.asking(EXACTLY), proved("password"), "second-mail"),
        (WITH_MAIL.asking(EXACTLY), proved("password", SECOND_MAIL), "app-setup"),
        (WITH_MAIL.asking(EXACTLY), proved("password", has_app=True, remembered_by=APP), "app-code"),
        # Whose mail nobody has shown to read sets up no app before.
        (FLOW.asking(ALWAYS), proved("password", is_verified=False), "second-mail"),
        (FLOW, proved("password", is_verified=False, step_data={APP_SETUP: {"is_asked": True}}), "second-mail"),
        (FLOW.asking(OWN_ACCOUNT), proved("password", is_verified=False, has_app=True), "app-code"),
        # An account's own settings.
        (FLOW.asking(OWN_ACCOUNT), proved("password", has_app=True, remembered_by=APP), "app-code"),
        (FLOW.asking(OWN_ACCOUNT), proved("password"), "finish"),
        # A forgotten password is no way around it, and neither is a browser.
        (FLOW, proved("code", purpose=RESET, has_app=True, remembered_by=APP), "app-code"),
        (FLOW, proved("code", APP_CODE, purpose=RESET, has_app=True), "new-password"),
        (FLOW, proved("password", purpose=CHANGE, has_app=True), "app-code"),
        (MAIL_ALONE.asking(ALWAYS), proved("code", purpose=RESET), "new-password"),
        (MAIL_ALONE.asking(ALWAYS), proved("code", purpose=SIGN_UP), "finish"),
        (FLOW.asking(ALWAYS), proved("code", purpose=SIGN_UP), "app-setup"),
        # Whoever signs up with an account elsewhere has shown one factor by it, and the mailbox is another.
        (BY_PROVIDER.asking(ALWAYS), proved("provider:x", purpose=SIGN_UP), "second-mail"),
        (BY_PROVIDER.asking(ALWAYS), proved("provider:x", SECOND_MAIL, purpose=SIGN_UP), "finish"),
        (BY_PROVIDER.asking(ALWAYS), proved("code", purpose=SIGN_UP, step_data=FROM_PROVIDER), "finish"),
        # Whoever signs up again comes in by the mailbox of the account, unless that is its second factor.
        (MAIL_ALONE.asking(ALWAYS), proved("code", step_data={"code": {"lets_owner_in": True}}), "password"),
        (MAIL_ALONE.asking(ALWAYS), proved("code", "password"), "finish"),
        # Whoever is signed in only adds to it, but for setting up an app, which takes a proof anew.
        (WITH_MAIL.asking(ALWAYS), in_session("password"), "second-mail"),
        (FLOW.asking(EXACTLY), in_session("password", has_app=True), "app-code"),
        (FLOW.asking(EXACTLY), in_session("password"), "password"),
        (FLOW.asking(EXACTLY), in_session("password", APP_CODE, has_app=True), "app-code"),
    ],
)
def test_a26_the_second_factor_follows_from_what_was_proved(
    rules: FlowRules, state: JourneyState, expected: str
) -> None:
    assert due(state, rules) == expected


def test_a26_nothing_but_a_second_factor_ends_a_journey_that_is_asked_for_one() -> None:
    """Every account, flow, wish and proof there is: where a journey ends, what was asked for was shown."""
    firsts: list[tuple[str, ...]] = [(), ("password",), ("code",), ("password", "code"), ("provider:x",)]
    seconds: list[tuple[str, ...]] = [(), (APP_CODE,), (SECOND_MAIL,), (RECOVERY_CODE,)]
    flows = (FLOW, WITH_MAIL, MAIL_ALONE, BY_PROVIDER, replace(FLOW, methods=("code",)))
    ended = 0
    for first, second, has_app, browser, asked, flow in product(
        firsts, seconds, (True, False), ("", APP, MAIL), ("", NEW_BROWSER, ALWAYS, EXACTLY, OWN_ACCOUNT), flows
    ):
        if asked == EXACTLY and APP not in flow.factors and not has_app:
            continue  # the issuer answers that it can't be had
        state, rules = proved(*first, *second, has_app=has_app, remembered_by=browser), flow.asking(asked)
        if due(state, rules) != "finish":
            continue
        ended += 1
        shown = {*first, *second}
        assert shown & set(flow.methods), "somebody comes in by a second factor alone"
        if asked == EXACTLY:
            assert are_two_factors(shown)
        rests = (
            rules.trusts_remembered
            and asked != ALWAYS
            and (browser == APP or (browser == MAIL and MAIL in flow.factors))
        )
        if has_app and not rests:
            assert shown & {APP_CODE, RECOVERY_CODE}
        if asked == ALWAYS:
            assert does_for_second(state, rules)
        if asked in {ALWAYS, NEW_BROWSER}:
            assert is_enough(how_met(state, rules), rules)
    assert ended > 100


def test_a26_with_phones_no_journey_ends_by_less_and_none_ends_nowhere() -> None:
    """The same for accounts with a phone and flows that take one: who has nothing left to do has shown enough."""
    firsts: list[tuple[str, ...]] = [("password",), ("code",), (SMS,), ("provider:x",), ("code", SMS)]
    seconds: list[tuple[str, ...]] = [(), (APP_CODE,), (SECOND_MAIL,), (SECOND_SMS,)]
    flows = [
        FlowRules(methods, factors=factors, remember_days=30)
        for methods in (("password",), ("password", "code", SMS), ("code", "provider:x"))
        for factors in ((SMS,), (APP, SMS), (MAIL, SMS))
        if not (factors == (SMS,) and SMS in methods)
    ]
    ended = 0
    for first, second, has_app, has_phone, asked, flow in product(
        firsts, seconds, (True, False), (True, False), ("", NEW_BROWSER, ALWAYS, EXACTLY, OWN_ACCOUNT), flows
    ):
        by_phone = not {"code", SMS} & set(flow.methods)
        if asked == EXACTLY and APP not in flow.factors and not has_app and not by_phone:
            continue  # the issuer answers that it can't be had
        state, rules = proved(*first, *second, has_app=has_app, has_phone=has_phone), flow.asking(asked)
        if due(state, rules) != "finish":
            continue
        ended += 1
        shown = {*first, *second}
        assert shown & set(flow.methods), "somebody comes in by a second factor alone"
        assert not needs_second_factor(state, rules) or does_for_second(state, rules), "nowhere to go from here"
        if has_app:
            assert APP_CODE in shown
        if asked == EXACTLY:
            assert are_two_factors(shown)
        if asked in {ALWAYS, NEW_BROWSER}:
            assert is_enough(how_met(state, rules), rules)
    assert ended > 100


WITHOUT_PHONES = FlowRules(("password",), counts_phones=True)
WITH_PHONE: dict[str, Any] = {"has_phone": True}
WITH_KEYS = replace(WITHOUT_PHONES, factors=(APP, PASSKEY), asks_passkey=OFFER)


@pytest.mark.parametrize(
    ("rules", "state", "expected"),
    [
        # Another flow has phones: whoever has given theirs is asked for it here as well, and nobody else.
        (WITHOUT_PHONES, proved("password"), "finish"),
        (WITHOUT_PHONES, proved("password", **WITH_PHONE), "second-sms"),
        (WITHOUT_PHONES, proved("password", SECOND_SMS, **WITH_PHONE), "finish"),
        (WITHOUT_PHONES, proved("password", remembered_by=SMS, **WITH_PHONE), "finish"),
        (WITHOUT_PHONES.asking(OWN_ACCOUNT), proved("password", remembered_by=SMS, **WITH_PHONE), "second-sms"),
        (WITHOUT_PHONES, proved("code", purpose=RESET, **WITH_PHONE), "second-sms"),
        (replace(WITHOUT_PHONES, counts_phones=False), proved("password", **WITH_PHONE), "finish"),
        # A flow that asks for more takes no phone for it, and lets nothing stand in its place before it was shown.
        (WITH_KEYS.asking(ALWAYS), proved("password", **WITH_PHONE), "second-sms"),
        (WITH_KEYS.asking(ALWAYS), proved("password", SECOND_SMS, **WITH_PHONE), "passkey-setup"),
        (WITH_KEYS.asking(ALWAYS), proved("password", APP_CODE, has_app=True, **WITH_PHONE), "passkey-setup"),
        (WITH_KEYS, proved("password", **WITH_PHONE), "second-sms"),
        (WITH_KEYS, proved("password", SECOND_SMS, **WITH_PHONE), "passkey-setup"),
        (WITH_KEYS, proved("password", remembered_by=SMS, **WITH_PHONE), "finish"),
        (replace(WITH_KEYS, asks_passkey=REQUIRE), proved("password", **WITH_PHONE), "second-sms"),
        # Where an application asks for what the flow hasn't, its customers aren't kept out.
        (WITHOUT_PHONES.asking(NEW_BROWSER), proved("password", **WITH_PHONE), "second-sms"),
        (WITHOUT_PHONES.asking(NEW_BROWSER), proved("password", SECOND_SMS, **WITH_PHONE), "finish"),
    ],
)
def test_a26_a_phone_counts_by_every_flow_of_a_tenant_that_has_phones(
    rules: FlowRules, state: JourneyState, expected: str
) -> None:
    assert due(state, rules) == expected


def test_a28_no_page_of_a_second_factor_opens_before_the_first_was_proved() -> None:
    pages = {"app-code", "second-mail", "recovery-code", "app-setup", "recovery-codes", "app-removal"}
    for rules in (FLOW.asking(ALWAYS), WITH_MAIL.asking(ALWAYS), FLOW.asking(EXACTLY)):
        for has_app in (True, False):
            noted = {APP_SETUP: {"is_asked": True, "sealed": "x"}, "second-mail": {"sent_at": "x"}}
            noted |= {"recovery-codes": {"sealed": "x"}, "app-removal": {"is_asked": True}}
            state = proved(has_app=has_app, step_data=noted)
            assert not {step.name for step in STEPS if is_open(step, state, rules, STEPS)} & pages


def test_what_makes_two_factors() -> None:
    assert are_two_factors(["password", APP_CODE])
    assert are_two_factors(["code", RECOVERY_CODE])
    assert are_two_factors(["password", SECOND_SMS])
    assert are_two_factors(["provider:x", SMS])
    assert not are_two_factors([SMS, SECOND_SMS])
    assert not are_two_factors(["code", SECOND_SMS])
    assert not are_two_factors(["password", SECOND_MAIL])
    assert not are_two_factors(["code", SECOND_MAIL])
    assert not are_two_factors([APP_CODE])


def test_whatever_a_step_proves_has_a_name_and_a_channel() -> None:
    """One that nobody has thought of would make two factors of two codes that come to the same mailbox or phone."""
    assert (sign_in_methods().keys() - {PROVIDER}) | SECOND_PROOFS <= CHANNELS.keys()
    assert {method for step in STEPS for method in step.proofs} == CHANNELS.keys()
