"""What somebody has said on the pages of details, and whether an account can be made of it: decided from facts alone.

It is kept with the journey, under the name of its step, until there is an account. Where the address is verified last,
that is all that is known of whoever signs up until then.
"""

from userflows.state import CODE, LINK, FlowRules, JourneyState

DETAILS = "details"
# The answers by the names of attributes, a password as a hash, and by what lists know that one if it is to be looked
# up; which questions were asked, which terms of use were accepted, which language its owner reads, whether the last
# page was sent, and whether the browser was closed since.
ANSWERS, PASSWORD, UNCHECKED = "answers", "password", "unchecked"
ASKED, TERMS, LANGUAGE, IS_SENT, IS_SEALED = "asked", "terms", "language", "is_sent", "is_sealed"


def is_sent(state: JourneyState) -> bool:
    """Whether whoever signs up has come through all pages, and their address is still to be verified or just was."""
    return bool(state.step_data.get(DETAILS, {}).get(IS_SENT))


def is_sealed(state: JourneyState) -> bool:
    """Whether somebody else may sit there by now than who gave it: nobody reads it before the address is verified."""
    is_verified = state.has_proved(CODE) or state.has_proved(LINK)
    return bool(state.step_data.get(DETAILS, {}).get(IS_SEALED)) and not is_verified


def may_change(state: JourneyState) -> bool:
    """Whether whoever has come through all pages may go back to them."""
    return is_sent(state) and not is_sealed(state)


def is_whole(state: JourneyState, rules: FlowRules) -> bool:
    """Whether an account can be made of what was sent: it has all that the flow asks for by now."""
    kept = state.step_data.get(DETAILS, {})
    answered = kept.get(ANSWERS, {})
    has_password = bool(kept.get(PASSWORD)) or not rules.has_passwords or bool(state.brought)
    has_answers = rules.asked <= set(answered)
    return is_sent(state) and has_password and has_answers and kept.get(TERMS, "") == rules.terms_version
