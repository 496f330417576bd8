"""What somebody has said on the pages of details, and whether an account can be made of it: decided from facts alone.

It is kept with the journey, under the name of its step, until there is an account. Where the address is verified last,
that is all that is known of whoever signs up until then.
"""

from userflows.state import FlowRules, JourneyState

DETAILS = "details"
# The answers by the names of attributes, a password as a hash, and by what lists know that one if it is to be looked
# up; which questions were asked, which terms of use were accepted, which language its owner reads, and whether the last
# page was sent.
ANSWERS, PASSWORD, UNCHECKED = "answers", "password", "unchecked"
ASKED, TERMS, LANGUAGE, IS_SENT = "asked", "terms", "language", "is_sent"


def is_sent(state: JourneyState) -> bool:
    """Whether whoever signs up has come through all pages, and their address is still to be verified or just was."""
    return bool(state.step_data.get(DETAILS, {}).get(IS_SENT))


def is_whole(state: JourneyState, rules: FlowRules) -> bool:
    """Whether an account can be made of what was sent: it has all that the flow asks for by now."""
    kept = state.step_data.get(DETAILS, {})
    answered = kept.get(ANSWERS, {})
    has_password = bool(kept.get(PASSWORD)) or not rules.has_passwords or bool(state.brought)
    has_answers = rules.asked <= set(answered)
    return is_sent(state) and has_password and has_answers and kept.get(TERMS, "") == rules.terms_version
