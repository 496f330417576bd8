"""What a hook has answered, judged. Nothing of it is believed but what may be answered at that moment.

Names of members and actions are read whatever their case: the documents that hooks were written after spell them in
several ways.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from common.claims import CLAIM_NAME, PROTOCOL_CLAIMS, TRUSTED_CLAIMS
from common.text.texts import unseen_problem
from common.text.translation import KeptSentence
from common.text.translation import gettext_noop as _
from hooks.policies import ACCOUNT, MAIL, PASSWORD, START, SUBMIT, TEXT, TOKEN

CONTINUE, PREFILL, MODIFY = "continueWithDefaultBehavior", "setPrefillValues", "modifyAttributeValues"
INVALID, BLOCK, CLAIMS = "showValidationError", "showBlockPage", "provideClaimsForToken"
MIGRATE, UPDATE, RETRY, BLOCK_PASSWORD = "MigratePassword", "UpdatePassword", "Retry", "Block"
ACTIONS: Mapping[str, tuple[str, ...]] = {
    START: (CONTINUE, PREFILL, BLOCK),
    SUBMIT: (CONTINUE, MODIFY, INVALID, BLOCK),
    ACCOUNT: (CONTINUE, BLOCK),
    TOKEN: (CONTINUE, CLAIMS),
    MAIL: (CONTINUE,),
    TEXT: (CONTINUE,),
    PASSWORD: (MIGRATE, UPDATE, RETRY, BLOCK_PASSWORD),
}
MOST_VALUES, MOST_TITLE, MOST_MESSAGE, MOST_ERROR = 100, 200, 2000, 500
MOST_CLAIMS_BYTES = 3 * 1024
LONGEST_QUOTED = 120
OK = 200


# By the name that a value has in the answer, why it is left out. Who asks says so of a good answer.
LeftOut = Mapping[str, KeptSentence]
NO_ATTRIBUTE = KeptSentence(_("There is no attribute of this name."))
NOT_ADDRESS = KeptSentence(_("A hook can’t change the email address."))
NOT_ASKED = KeptSentence(_("The form doesn’t ask for it."))
ANSWERED = KeptSentence(_("The customer has answered it already."))
TOO_LONG = KeptSentence(_("The value is longer than the attribute may be."))
NOT_A_VALUE = KeptSentence(_("The attribute can’t have this value."))
TOO_MUCH = KeptSentence(_("All its values together are too long."))
IS_TOLD = KeptSentence(_("A token has a claim of this name already, and a hook takes the place of none."))
IN_ID_TOKEN = KeptSentence(_("The ID token has a claim of this name already."))
IN_ACCESS_TOKEN = KeptSentence(_("The access token has a claim of this name already."))


class WrongAnswer(Exception):
    """It isn't what may be answered at that moment. `sentence` says to administrators what is wrong.

    What it quotes of the answer is shortened, to what can be seen.
    """

    def __init__(self, words: str, **quoted: Any) -> None:
        told = {name: seen(value) if isinstance(value, str) else value for name, value in quoted.items()}
        self.sentence = KeptSentence(words, told)
        super().__init__(self.sentence.in_english)


@dataclass(frozen=True)
class HookAnswer:
    """The action that a hook asks for.

    `values` are the inputs to prefill, the attributes to change or the claims to add, by name; `errors` are sentences
    for customers by the name of the attribute they are about; `title` and `message` are for customers as well.
    """

    action: str = CONTINUE
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    message: str = ""


Judge = Callable[[HookAnswer], LeftOut]


def nothing_left_out(_answer: HookAnswer) -> LeftOut:
    """What a judge says where all of an answer counts."""
    return {}


def read_answer(moment: str, *, status: int, body: bytes, nonce: str = "") -> HookAnswer:
    """The answer to a request for this moment, which repeats the request's nonce if it had one.

    Raises `WrongAnswer`.
    """
    if status != OK:
        raise _about_status(status)
    data = _data_in(body)
    if nonce and _member(data, "nonce") != nonce:
        raise WrongAnswer(_("Its answer doesn’t repeat the nonce, so it may not have read the password."))
    action = _action_in(data)
    asked = str(action.get("@odata.type", "")).rpartition(".")[2]
    name = next((each for each in ACTIONS[moment] if each.lower() == asked.lower()), "")
    if not name:
        raise WrongAnswer(
            _("Its action “%(name)s” isn’t one of %(choices)s."), name=asked, choices=", ".join(ACTIONS[moment])
        )
    return HookAnswer(
        name,
        values=_values(name, action),
        errors=_errors(action) if name == INVALID else {},
        title=_text(action, "title", most=MOST_TITLE) if name in {BLOCK, BLOCK_PASSWORD} else "",
        message=_message(name, action),
    )


def _about_status(status: int) -> WrongAnswer:
    if 300 <= status < 400:
        return WrongAnswer(_("It answered with status %(status)s; a redirect isn’t followed."), status=status)
    return WrongAnswer(_("It answered with status %(status)s, not 200."), status=status)


def _data_in(body: bytes) -> Any:
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise WrongAnswer(_("Its answer isn’t JSON.")) from error
    return _member(found, "data")


def _action_in(data: Any) -> dict[str, Any]:
    """The one action, with the names of its members in lower case."""
    actions = _member(data, "actions")
    if not isinstance(actions, list) or len(actions) != 1 or not isinstance(actions[0], dict):
        raise WrongAnswer(_("Its answer doesn’t have exactly one action in data.actions."))
    return {name.lower(): value for name, value in actions[0].items()}


def _refuse_constant(constant: str) -> None:
    raise ValueError(constant)


def _member(found: Any, name: str) -> Any:
    """A member of an object whatever its case; None if there is no such."""
    members = found if isinstance(found, dict) else {}
    return next((value for each, value in members.items() if each.lower() == name), None)


MEMBERS = {PREFILL: "inputs", MODIFY: "attributes", CLAIMS: "claims"}


def _values(name: str, action: Mapping[str, Any]) -> dict[str, Any]:
    member = MEMBERS.get(name)
    if member is None:
        return {}
    values = action.get(member)
    if not isinstance(values, dict) or len(values) > MOST_VALUES:
        raise WrongAnswer(
            _("Its action %(name)s doesn’t have up to %(most)s “%(member)s”."),
            name=name,
            most=MOST_VALUES,
            member=member,
        )
    if name == CLAIMS and len(json.dumps(values).encode()) > MOST_CLAIMS_BYTES:
        raise WrongAnswer(_("Its claims take more than %(most)s KiB."), most=MOST_CLAIMS_BYTES // 1024)
    if name == CLAIMS:
        _refuse_reserved(values)
    judge = _is_claim if name == CLAIMS else _is_plain
    wrong = next((each for each, value in values.items() if not judge(value)), None)
    if wrong is not None:
        raise WrongAnswer(_("The value of “%(name)s” isn’t a text, a number or a yes or no."), name=wrong)
    return values


def _refuse_reserved(claims: Collection[str]) -> None:
    for name in claims:
        if not CLAIM_NAME.fullmatch(name):
            raise WrongAnswer(_("“%(name)s” can’t be the name of a claim."), name=name)
        if name in PROTOCOL_CLAIMS | TRUSTED_CLAIMS:
            raise WrongAnswer(
                _("The claim “%(name)s” is reserved: applications trust it to be the issuer’s."), name=name
            )


def seen(text: str) -> str:
    """What can be seen of a text that came back, of which a database doesn't take every character."""
    return "".join(filter(str.isprintable, text))[:LONGEST_QUOTED]


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int) or _is_text(value)


def _is_claim(value: Any) -> bool:
    """What a claim may be: also a fraction, or a list of such."""
    return all(map(_is_single, value)) if isinstance(value, list) else _is_single(value)


def _is_single(value: Any) -> bool:
    # JSON writes no number that is infinite, but 1e999 is read as one.
    return isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value)) or _is_text(value)


def _is_text(value: Any) -> bool:
    """Whether it is a text that PostgreSQL has a place for, and UTF-8 a spelling."""
    return isinstance(value, str) and not any(each == "\0" or "\ud800" <= each <= "\udfff" for each in value)


def _errors(action: Mapping[str, Any]) -> dict[str, str]:
    errors = action.get("attributeerrors") or {}
    if not isinstance(errors, dict) or len(errors) > MOST_VALUES:
        raise WrongAnswer(_("Its attributeErrors aren’t up to %(most)s sentences by attribute."), most=MOST_VALUES)
    return {str(name): _judged(f"attributeErrors.{name}", text, most=MOST_ERROR) for name, text in errors.items()}


def _message(name: str, action: Mapping[str, Any]) -> str:
    """What the customer reads, where there is something to be read."""
    if name not in {BLOCK, INVALID, BLOCK_PASSWORD}:
        return ""
    message = _text(action, "message", most=MOST_MESSAGE)
    if not message and name != BLOCK_PASSWORD:
        raise WrongAnswer(_("Its action has no message for the customer."))
    return message


def _text(action: Mapping[str, Any], name: str, *, most: int) -> str:
    return _judged(name, action.get(name) or "", most=most)


def _judged(name: str, text: Any, *, most: int) -> str:
    """A text that customers are shown."""
    if not isinstance(text, str) or len(text) > most or unseen_problem(text, has_lines=True):
        raise WrongAnswer(
            _("Its “%(name)s” isn’t a text of up to %(most)s characters that can be seen."), name=name, most=most
        )
    return text.strip()
