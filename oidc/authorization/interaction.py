"""What a customer has to do before an application gets its answer: a decision from facts, and from nothing else.

The authorization endpoint gathers the facts, and turns the decision into a page or an answer.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from oidc.authorization.policies import asks_anew, is_among
from oidc.wire.errors import (
    AccountSelectionRequired,
    ConsentRequired,
    InteractionRequired,
    LoginRequired,
    UnmetAuthenticationRequirements,
)
from oidc.wire.policies import ONE_FACTOR

NONE, CREATE, SELECT_ACCOUNT, CONSENT = "none", "create", "select_account", "consent"


class Interaction(Enum):
    """What comes next. Each but the last needs a page."""

    SIGN_IN = auto()
    # Somebody whom the application may be told about is signed in; they show once more that it is they.
    CONFIRM = auto()
    # They show it in a stronger way.
    PROVE_MORE = auto()
    CHOOSE_ACCOUNT = auto()
    # They give the answers that the user flow requires, or accept its terms of use.
    COMPLETE = auto()
    CONSENT = auto()
    ANSWER = auto()


PROVING = frozenset({Interaction.SIGN_IN, Interaction.CONFIRM, Interaction.PROVE_MORE})


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in at this browser, since when, and how strongly (`acr` as in tokens).

    `has_second_factor`: as the application and its user flow ask for it. `owes_answers`: the user flow requires answers
    that the account lacks, or terms of use that it hasn't accepted.
    """

    account_id: str
    email: str
    auth_time: datetime
    acr: str
    has_second_factor: bool = True
    owes_answers: bool = False


@dataclass(frozen=True)
class DoneSoFar:
    """What the customer has done for this very request.

    `consented_by` is the account that pressed the button: whoever signs in afterwards hasn't.
    """

    has_signed_in: bool = False
    has_chosen_account: bool = False
    consented_by: str = ""


NOTHING_DONE = DoneSoFar()


@dataclass(frozen=True)
class InteractionFacts:
    """All that counts. From `prompts` to `scopes` it is what the application asks for, then who is there.

    `subjects` are the accounts the answer may be about, `acr_values` those the sign-in must have; None: any.
    `wished_acr_values` are those it would like it to have (section 5.5.1.1: voluntary), as far as they can be reached.
    `max_age` in seconds. `hinted_email` is "" without a hint. `scopes` are the keys of those that need the customer's
    consent, `allowed` the keys of those that have it, or None if this customer has never said yes to the application;
    nobody looks before it matters. `may_be_impersonated`: any other app on the customer's device could have sent the
    request. `has_to_choose`: accounts are signed in here, and the customer shall say which it is.
    """

    prompts: frozenset[str]
    max_age: int | None
    subjects: frozenset[str] | None
    acr_values: frozenset[str] | None
    hinted_email: str
    scopes: frozenset[str]
    signed_in: SignedIn | None
    done: DoneSoFar
    now: datetime
    may_be_impersonated: bool = False
    allowed: frozenset[str] | None = None
    wished_acr_values: frozenset[str] | None = None
    has_to_choose: bool = False


def interaction_needed(facts: InteractionFacts) -> Interaction:
    """The first thing that is still to be done, page allowed or not (OpenID Connect Core section 3.1.2.3)."""
    somebody, done = facts.signed_in, facts.done
    if facts.has_to_choose:
        return Interaction.CHOOSE_ACCOUNT
    if somebody is None or not is_among(somebody.account_id, facts.subjects):
        return Interaction.SIGN_IN
    if not is_among(somebody.acr, facts.acr_values) or not somebody.has_second_factor:
        return Interaction.PROVE_MORE
    if not done.has_signed_in and not _reaches(somebody.acr, facts.wished_acr_values):
        return Interaction.PROVE_MORE
    if not done.has_signed_in and _asks_anew(facts, somebody):
        return Interaction.SIGN_IN if _may_mean_another(facts, somebody) else Interaction.CONFIRM
    if SELECT_ACCOUNT in facts.prompts and not (done.has_signed_in or done.has_chosen_account):
        return Interaction.CHOOSE_ACCOUNT
    if somebody.owes_answers:
        return Interaction.COMPLETE
    if _has_to_consent(facts):
        return Interaction.CONSENT
    return Interaction.ANSWER


def may_rest_on_earlier_consent(facts: InteractionFacts) -> bool:
    """Whether what was allowed before counts; asked for by name (prompt=consent), the question is put once more."""
    account_id = facts.signed_in.account_id if facts.signed_in else ""
    return CONSENT not in facts.prompts or facts.done.consented_by == account_id


def _has_to_consent(facts: InteractionFacts) -> bool:
    if not facts.scopes and not _is_unwitnessed(facts):
        return False
    if not may_rest_on_earlier_consent(facts) or facts.allowed is None:
        return True
    return not facts.scopes <= facts.allowed


def _is_unwitnessed(facts: InteractionFacts) -> bool:
    """Whether a code could go to an app that only pretends, with no page seen (RFC 8252 section 8.6).

    The pages of a sign-in and of the choice of an account name the application, too.
    """
    return facts.may_be_impersonated and not (facts.done.has_signed_in or facts.done.has_chosen_account)


def check_page_allowed(needed: Interaction, facts: InteractionFacts) -> None:
    """Whether a page may be shown for this, and could help (OpenID Connect Core sections 3.1.2.3 and 5.5.1.1).

    Raises `AccountSelectionRequired`, `UnmetAuthenticationRequirements`, `InteractionRequired`, `LoginRequired` or
    `ConsentRequired`.
    """
    if needed is Interaction.CHOOSE_ACCOUNT and NONE in facts.prompts:
        raise AccountSelectionRequired("The customer has to choose one of the accounts that are signed in.")
    if needed in PROVING and facts.done.has_signed_in and facts.acr_values is not None:
        raise UnmetAuthenticationRequirements("The customer signed in another way than the acr asked for.")
    if needed is Interaction.PROVE_MORE and facts.done.has_signed_in:
        raise UnmetAuthenticationRequirements("The customer signed in without a second factor.")
    if needed is Interaction.PROVE_MORE and NONE in facts.prompts:
        # Somebody is signed in, only not as strongly as this takes.
        raise InteractionRequired("The customer has to prove more than they have.")
    if needed in PROVING and (NONE in facts.prompts or facts.done.has_signed_in):
        raise LoginRequired("The customer has to sign in.")
    if needed is Interaction.COMPLETE and NONE in facts.prompts:
        raise InteractionRequired("The customer has to answer what the user flow asks for.")
    if needed is Interaction.CONSENT and NONE in facts.prompts:
        raise ConsentRequired("The customer has to consent.")


def _reaches(acr: str, wished: frozenset[str] | None) -> bool:
    """Whether a sign-in is as strong as one of those wished for, or stronger; one of no known way is one factor."""
    return wished is None or any(each <= (acr or ONE_FACTOR) for each in wished)


def may_answer_unseen(done: DoneSoFar, *, is_trusted: bool) -> bool:
    """Whether an error may lead to its address before the customer has seen a page (RFC 9700 section 4.11.2)."""
    return is_trusted or done != NOTHING_DONE


def adds_to_session(needed: Interaction, facts: InteractionFacts) -> bool:
    """Whether the customer only has to add to the sign-in they are in, which is young enough."""
    if needed is Interaction.COMPLETE:
        return True
    somebody = facts.signed_in
    return needed is Interaction.PROVE_MORE and somebody is not None and not _asks_anew(facts, somebody)


def _asks_anew(facts: InteractionFacts, somebody: SignedIn) -> bool:
    return asks_anew(prompts=facts.prompts, max_age=facts.max_age, auth_time=somebody.auth_time, now=facts.now)


def _may_mean_another(facts: InteractionFacts, somebody: SignedIn) -> bool:
    """Whether the application doesn't mean, or may not mean, the account that is signed in. Whom the customer has
    chosen they mean.
    """
    if facts.done.has_chosen_account:
        return False
    hints_elsewhere = facts.hinted_email.casefold() not in {"", somebody.email.casefold()}
    return hints_elsewhere or not facts.prompts.isdisjoint({CREATE, SELECT_ACCOUNT})
