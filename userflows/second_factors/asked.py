"""Who is asked for a second factor on a journey, and whether what a sign-in has shown is enough for whoever asks.

What the rules of a journey are, where a flow, an application and a request each have a say, `FlowRules.asking` decides.
"""

from userflows.state import (
    ALWAYS,
    APP,
    MAIL,
    NEW_BROWSER,
    NEW_PASSWORD,
    PASSKEY,
    SIGN_IN,
    SIGN_UP,
    SMS,
    WHO_HAS_ONE,
    FlowRules,
    JourneyState,
)

# How a sign-in has met what it was asked for, before the factor that was shown earlier in a browser.
REMEMBERED = "remembered-"


def who_is_asked(state: JourneyState, rules: FlowRules) -> str:
    """Who is asked on this journey. An application spares those who only come in: whoever resets a password, links an
    identity or changes factors by it is asked as its flow says.
    """
    return WHO_HAS_ONE if rules.spares and _only_comes_in(state) else rules.second_factor


def takes_passkeys_alone(state: JourneyState, rules: FlowRules) -> bool:
    """Whether nothing but a passkey does: everybody is asked for a factor, by an application that counts no other."""
    return rules.takes_passkeys_alone and who_is_asked(state, rules) != WHO_HAS_ONE


def is_enough(met: str, rules: FlowRules) -> bool:
    """Whether a sign-in that has met it so is enough for who asks: a flow, or an application of which these rules are.

    Mail is enough where it is among the factors, and so is a phone, whichever flow or application the customer came by.
    """
    if rules.spares or rules.second_factor not in {NEW_BROWSER, ALWAYS}:
        return True
    is_remembered, factor = met.startswith(REMEMBERED), met.removeprefix(REMEMBERED)
    if is_remembered and rules.second_factor == ALWAYS:
        return False
    if rules.takes_passkeys_alone:
        return factor == PASSKEY
    return factor in {APP, PASSKEY} or (factor in {MAIL, SMS} and factor in rules.factors)


def _only_comes_in(state: JourneyState) -> bool:
    links = state.purpose == SIGN_IN and bool(state.brought)
    changes = links or state.changes_factors or NEW_PASSWORD in state.step_data
    return state.purpose in {SIGN_IN, SIGN_UP} and not changes
