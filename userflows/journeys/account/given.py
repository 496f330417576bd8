"""What was given for an account, as the journey keeps it until there is one."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import strip_tags

from accounts.credentials.breaches import unsealed_digest
from common.problems import Refused
from common.text.email_address import canonical_email
from userflows.forms.attributes import AttributeValuesForm, rows_to_show
from userflows.journeys.next_step import verifies_last
from userflows.models import Journey
from userflows.questions.given import (
    ANSWERS,
    ASKED,
    DETAILS,
    IS_SENT,
    LANGUAGE,
    PASSWORD,
    TERMS,
    UNCHECKED,
)

# What is noted of an earlier journey, or of this one from before its browser was closed: what was typed there and with
# which address, and what steps had noted.
HELD_BACK = "held_back"


def answers_of(journey: Journey) -> Mapping[str, Any]:
    """What was answered on pages that are done, by the names of attributes."""
    found: Mapping[str, Any] = _given(journey).get(ANSWERS, {})
    return found


def typed_so_far(journey: Journey) -> dict[str, Any]:
    """What was answered and what is being typed, by the names of attributes, for a form that is shown once more.

    Whoever sits there by then may be somebody else: what has to be agreed to is ticked anew.
    """
    agreed = {question.name for question in journey.rules.agreements}
    return {name: value for name, value in {**answers_of(journey), **journey.typed}.items() if name not in agreed}


def kept_password(journey: Journey) -> str:
    """The password that was chosen, as a hash; or ""."""
    return str(_given(journey).get(PASSWORD, ""))


def unchecked_of_kept(journey: Journey) -> str:
    """By what lists know that password, if it is to be looked up whether one does; "" otherwise."""
    sealed = _given(journey).get(UNCHECKED, "")
    return unsealed_digest(sealed, journey.pk) if sealed else ""


def account_given(journey: Journey, *, language: str = "") -> dict[str, Any]:
    """What the account is made of, as arguments of `finish.make_account`: nothing but this language, where nobody was
    asked. An answer to what was asked then and isn't any more is left out: it may have a default by now that isn't the
    customer's to choose. What hooks have set stays.
    """
    kept = _given(journey) if _given(journey).get(IS_SENT) else {}
    no_longer_asked = set(kept.get(ASKED, ())) - journey.rules.asked
    return {
        "password": None,
        "password_hash": kept.get(PASSWORD, ""),
        "attributes": {name: value for name, value in kept.get(ANSWERS, {}).items() if name not in no_longer_asked},
        "language": kept.get(LANGUAGE, language),
        "terms_version": kept.get(TERMS, ""),
    }


def ask_again(journey: Journey, refusal: Refused) -> str:
    """No account can be made of what was given: have its pages shown once more, with all that stands in them. Returns
    what they say on top, since what is refused may stand on any of them.
    """
    journey.note(DETAILS, **{IS_SENT: False})
    asked = AttributeValuesForm(rows_to_show(journey.user_flow)).fields
    labels = {name: strip_tags(str(field.label)) for name, field in asked.items()}
    told = (": ".join(filter(None, (labels.get(each.field), str(each.sentence)))) for each in refusal.problems)
    return " ".join(dict.fromkeys(told))


def turn_back(journey: Journey, *, email: str) -> None:
    """Begin the same way anew with this address. What was typed about whoever has the same one stays, or is there again
    if it was held back. Where the address is verified last, what was given before stays: all of it for the same
    address, otherwise the answers, since a password is judged by the address that it goes with.
    """
    kept = _given(journey) if verifies_last(journey.state, journey.rules) else {}
    is_same, answers, held = email == journey.email, answers_of(journey), _held_back_for(journey, email)
    typed = journey.typed if is_same else held.get("typed", {})
    journey.begin_anew(purpose=journey.purpose, email=email)
    journey.typed = typed
    if held.get("email") == email:
        # What was mailed is good for the address as it was spelt.
        for step, noted in held.get("notes", {}).items():
            journey.note(step, **noted)
    if kept and is_same:
        journey.note(DETAILS, **kept)
    elif kept:
        journey.typed = dict(answers)


def held_back(
    typed: Mapping[str, Any], *, email: str, notes: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, dict[str, Any]]:
    """What a journey notes of an earlier one with this address, for whoever gives the same one first of all: what was
    typed, and what steps had noted.
    """
    return {HELD_BACK: {"email": email, "typed": typed, "notes": notes or {}}}


def still_held_back(journey: Journey) -> dict[str, dict[str, Any]]:
    """The note of what is held back in this journey; none if nothing is."""
    return {name: held for name, held in journey.step_data.items() if name == HELD_BACK}


def is_held_back(journey: Journey) -> bool:
    """Whether something is, until somebody gives the address that goes with it."""
    return HELD_BACK in journey.step_data


def leave_to_owner(journey: Journey) -> None:
    """The address turned out to have an account: nothing that was given for another one touches it. Its owner, who has
    shown by now to read the address's mail, finds the answers in the form that asks the same; what is to be agreed to,
    they tick there.
    """
    if not _given(journey):
        return
    journey.typed = {name: value for name, value in answers_of(journey).items() if value is not True}
    forget_given(journey)


def forget_given(journey: Journey) -> None:
    """Keep nothing of it any more."""
    journey.step_data = {step: kept for step, kept in journey.step_data.items() if step != DETAILS}


def _held_back_for(journey: Journey, email: str) -> Mapping[str, Any]:
    held: Mapping[str, Any] = journey.step_data.get(HELD_BACK, {})
    return held if canonical_email(held.get("email", "")) == canonical_email(email) else {}


def _given(journey: Journey) -> Mapping[str, Any]:
    """All that is kept of it; empty if nothing is."""
    kept: Mapping[str, Any] = journey.step_data.get(DETAILS, {})
    return kept
