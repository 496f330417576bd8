"""When a second factor is due on a journey, and which: decided from its state and its flow's rules alone.

Whoever has an authenticator app is asked for it whatever a flow says, and mail doesn't stand in for it. So neither
another flow nor another application lets anybody in by less.
"""

from collections.abc import Collection

from userflows.state import (
    ALWAYS,
    APP,
    APP_CODE,
    APP_SETUP,
    EXACTLY,
    LINK,
    MAIL,
    MAIL_CODE,
    NEW_BROWSER,
    RECOVERY_CODE,
    SIGN_IN,
    SIGN_UP,
    FlowRules,
    JourneyState,
)

SECOND_PROOFS = frozenset({APP_CODE, MAIL_CODE, RECOVERY_CODE})
# By which channel a method proves somebody. Two of one channel are one factor, such as two codes by mail.
CHANNELS = {"code": "mail", LINK: "mail", MAIL_CODE: "mail", APP_CODE: "app", RECOVERY_CODE: "paper"}
# Channels that make two factors of it, in the sense of RFC 8176 ("mfa"); a mailbox doesn't (NIST SP 800-63B-4
# section 3.1.3.1).
STRONG = frozenset({"app", "paper"})
# The channel of whoever reads the account's mail.
MAILBOX = CHANNELS[LINK]
# How a sign-in has met what it was asked for, before the factor that was shown earlier in a browser.
REMEMBERED = "remembered-"


def channels_of(methods: Collection[str]) -> frozenset[str]:
    """The channels of these methods; one that isn't known is a channel of its own."""
    return frozenset(CHANNELS.get(method, method) for method in methods)


def are_two_factors(methods: Collection[str]) -> bool:
    """Whether whoever proved these has shown two factors: two channels, of which one is an app or a recovery code."""
    channels = channels_of(methods)
    return len(channels) > 1 and bool(channels & STRONG)


def needs_second_factor(state: JourneyState, rules: FlowRules) -> bool:
    """Whether this journey has to come through one."""
    if rules.second_factor in {ALWAYS, EXACTLY}:
        return True
    if _may_rest_on_browser(state, rules):
        return False
    return state.has_app or rules.second_factor == NEW_BROWSER


def does_for_second(state: JourneyState, rules: FlowRules) -> bool:
    """Whether what was proved does for a second factor."""
    if _on_journey(state) & {APP_CODE, RECOVERY_CODE}:
        return True
    if state.has_app or rules.second_factor == EXACTLY or MAIL not in rules.factors:
        return False
    return channels_of(_all(state)) > {"mail"} or _is_mailbox_enough(state, rules)


def lacks_second_factor(state: JourneyState, rules: FlowRules) -> bool:
    """Whether one is due that wasn't shown."""
    return needs_second_factor(state, rules) and not does_for_second(state, rules)


def may_use_app(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the code of an app, or a recovery code, is due."""
    return state.has_app and (needs_second_factor(state, rules) or wants_app(state))


def may_use_mail(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a code by mail does for a second factor: for whoever has no app, and has proved something else."""
    if state.has_app or rules.second_factor == EXACTLY or MAIL not in rules.factors:
        return False
    if not needs_second_factor(state, rules):
        return False
    return bool(channels_of(_all(state) - SECOND_PROOFS) - {"mail"})


def must_set_up_app(state: JourneyState, rules: FlowRules) -> bool:
    """Whether whoever comes has to set up an app: they want to, or have nothing else to be let in with."""
    if wants_app(state):
        return True
    if state.has_app or APP not in rules.factors or not needs_second_factor(state, rules):
        return False
    return not may_use_mail(state, rules) and not does_for_second(state, rules)


def must_prove_mailbox(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the address has to be verified before an app is set up: whoever knows the password of an account that its
    owner has never come to would shut them out of it.
    """
    return not state.is_verified and not state.has_app and must_set_up_app(state, rules)


def may_come_by_mailbox(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the mailbox alone does for a first factor where another method would: not if it is the only second.

    Whoever comes from a provider where nobody has a password may be new: then the provider is the other one.
    """
    if state.has_app or APP in rules.factors or not needs_second_factor(state, rules):
        return True
    return bool(state.brought) and not rules.has_passwords


def wants_app(state: JourneyState) -> bool:
    """Whether the journey was begun for setting up an app, in the place of the one there is."""
    return bool(state.step_data.get(APP_SETUP, {}).get("is_asked"))


def is_first_proved_earlier(state: JourneyState, rules: FlowRules) -> bool:
    """Whether the session the customer is in does for the first factor, since only a second one is to be added.

    Nobody sets up an app on that: who has taken over a session would. It takes a proof on this journey.
    """
    return bool(state.earlier) and not must_set_up_app(state, rules)


def days_offered(state: JourneyState, rules: FlowRules) -> int:
    """For how many days the customer may ask not to be asked again in this browser; 0 if it would be of no use."""
    is_of_use = rules.trusts_remembered and rules.second_factor != ALWAYS and state.purpose == SIGN_IN
    return rules.remember_days if is_of_use else 0


def how_met(state: JourneyState, rules: FlowRules) -> str:
    """At the end of a journey: how it has met what a second factor is asked for, in a word for the session."""
    if _on_journey(state) & {APP_CODE, RECOVERY_CODE}:
        return APP
    if does_for_second(state, rules):
        return MAIL
    return f"{REMEMBERED}{state.remembered_by}" if _is_remembered(state, rules) else ""


def is_enough(met: str, second_factor: str, factors: Collection[str]) -> bool:
    """Whether a sign-in that has met it so is enough for who asks: an application and its flow, with these factors.

    Mail is enough where the flow has it, whichever flow the customer came by.
    """
    if second_factor not in {NEW_BROWSER, ALWAYS}:
        return True
    is_remembered, factor = met.startswith(REMEMBERED), met.removeprefix(REMEMBERED)
    if is_remembered and second_factor == ALWAYS:
        return False
    return factor == APP or (factor == MAIL and MAIL in factors)


def _may_rest_on_browser(state: JourneyState, rules: FlowRules) -> bool:
    return rules.trusts_remembered and _is_remembered(state, rules)


def _is_remembered(state: JourneyState, rules: FlowRules) -> bool:
    if state.purpose != SIGN_IN:
        return False
    return state.remembered_by == APP or (state.remembered_by == MAIL and MAIL in rules.factors)


def _is_mailbox_enough(state: JourneyState, rules: FlowRules) -> bool:
    """Whoever signs up, or forgot the password, has proved the mailbox and chooses a password on the way.

    That is as much as a password and a code by mail, where such a code does. So is signing up by an account elsewhere.
    """
    if rules.second_factor == EXACTLY or MAIL not in rules.factors or state.purpose == SIGN_IN:
        return False
    comes_from_provider = state.purpose == SIGN_UP and bool(state.brought)
    return (rules.has_passwords or comes_from_provider) and "mail" in channels_of(_on_journey(state))


def _on_journey(state: JourneyState) -> frozenset[str]:
    return frozenset(proof.method for proof in state.counting)


def _all(state: JourneyState) -> frozenset[str]:
    return _on_journey(state) | frozenset(state.earlier)
