"""The code step: somebody shows by the 6-digit code or the link of a mail that they read the mail of their address.

When it is due and what it counts as stands here. `view` is its page, where a code is entered or another one asked for;
`actions` what that changes and proves; `jobs` who is mailed which code; `proof` what a code is good for; `opened` the
page that a link leads to. The code itself (for ten minutes, five tries, once) is kept by
`accounts.credentials.services.codes`, and the link with it.
"""

from django.utils.translation import pgettext_lazy

from userflows.journeys.next_step import Step
from userflows.methods import SignInMethod
from userflows.second_factors.due import may_come_by_mailbox
from userflows.state import CODE, LINK, SIGN_IN, SIGN_UP, FlowRules, JourneyState
from userflows.steps.code.actions import AMR, begin
from userflows.steps.code.view import blank, send, submit


def _lets_owner_in(state: JourneyState, rules: FlowRules) -> bool:
    """Whether a code does whatever the flow signs in by else: somebody who began to sign up has shown by one to have an
    account, or somebody who came from a provider has to show which one is theirs.
    """
    is_owner = bool(state.step_data.get(CODE, {}).get("lets_owner_in")) or bool(state.brought)
    return is_owner and may_come_by_mailbox(state, rules)


def _signs_up(state: JourneyState, rules: FlowRules) -> bool:
    """Whether somebody signs up by their address: where providers alone say who comes, nobody is asked for one."""
    return state.purpose == SIGN_UP and (rules.takes_addresses or bool(state.brought))


CODE_STEP = Step(
    name=CODE,
    label=pgettext_lazy("portal", "One-time code"),
    task="identity",
    is_for=lambda state, rules: (
        state.purpose not in {SIGN_IN, SIGN_UP}
        or rules.signs_in_by_mail
        # Whoever has no passkey yet has to come in somehow; whoever has one shows it as well.
        or rules.rests_on_passkeys
        or _signs_up(state, rules)
        or _lets_owner_in(state, rules)
    ),
    # A link from a mail shows the same as a code from one.
    is_done=lambda state, _rules: state.has_proved(CODE) or state.has_proved(LINK),
    is_begun=lambda state, _rules: "sent_at" in state.step_data.get(CODE, {}),
    begin=begin,
    blank=blank,
    submit=submit,
    buttons={"send": send},
    invitation="customer/steps/code_invitation.html",
    method=SignInMethod(
        label=pgettext_lazy("portal", "Email one-time code"),
        hint=pgettext_lazy("portal", "A six-digit code sent to the customer’s address proves each sign-in."),
        amr=AMR,
        acr="1",
    ),
    also={
        LINK: SignInMethod(
            label=pgettext_lazy("portal", "Email link"),
            hint=pgettext_lazy(
                "portal",
                "A link sent to the customer’s address proves each sign-in. With the one-time code, one email has "
                "both.",
            ),
            amr=AMR,
            acr="1",
        )
    },
    proofs={CODE: pgettext_lazy("portal", "a one-time code"), LINK: pgettext_lazy("portal", "a link by email")},
)
