"""What may be chosen about a hook, as one value.

No secret is part of it: ours is made here and shown once; the value of a header goes in and never comes out, but to the
very server it was saved for.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from common.problems import Code, Problem, name_problems, one_of, wrong
from common.text.translation import gettext as _
from common.versions import version_of
from common.web.outgoing import url_problem
from common.web.own_headers import is_name, name_problem, value_problem
from hooks.models import MAX_HEADER, MAX_NAME, Hook
from hooks.policies import (
    APPLICATIONS,
    FLOWS,
    LEAST_MILLISECONDS,
    MOMENTS,
    MOST_MILLISECONDS,
    PASSWORD,
    USUAL_MILLISECONDS,
)
from hooks.wire.encrypting import public_key_problem
from hooks.wire.signing import OURS

MOST_SERVED, MAX_HEADER_VALUE = 100, 4096


@dataclass(frozen=True)
class HookDescription:
    """Its name for administrators, at which moment it is asked, where, for whom, and what happens without an answer.

    `serves` are IDs of user flows, none of them meaning all, or client IDs. `timeout_ms` holds for all tries together.
    `header` names one that is sent beside the signatures, such as Authorization; "" for none.
    `public_key` is what passwords are encrypted to, as PEM or a JSON Web Key; "" where none are sent.
    """

    name: str
    moment: str
    url: str
    serves: tuple[str, ...] = ()
    timeout_ms: int = USUAL_MILLISECONDS
    on_failure: str = Hook.OnFailure.STOP
    is_on: bool = True
    header: str = ""
    public_key: str = ""

    @property
    def place(self) -> tuple[str, str, str]:
        """Whom the value of the header is told, and as what: scheme and host, and the header's name."""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return "", "", ""
        return parts.scheme, parts.netloc, self.header

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)


def described(hook: Hook) -> HookDescription:
    """What a row says."""
    values = {each.name: getattr(hook, each.name) for each in fields(HookDescription)}
    return HookDescription(**{**values, "serves": tuple(values["serves"])})


def tidied(wished: HookDescription) -> HookDescription:
    """As it is kept: nothing around what was typed, nobody twice."""
    texts = {name: value.strip() for name, value in vars(wished).items() if isinstance(value, str)}
    return HookDescription(**{**vars(wished), **texts, "serves": tuple(dict.fromkeys(wished.serves))})


def told_url(url: str) -> str:
    """The address for events and whoever only reads: without path and query, which may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{'…' if parts.path not in {'', '/'} or parts.query else ''}"


def problems_of(wished: HookDescription) -> list[Problem]:
    """All that is wrong with it by itself. Where its address leads is looked at in each call."""
    told = {
        "moment": "" if wished.moment in MOMENTS else one_of(MOMENTS),
        "url": url_problem(wished.url),
        "serves": _serves_problem(wished),
        "timeout_ms": _timeout_problem(wished.timeout_ms),
        "public_key": public_key_problem(wished.public_key) if wished.moment == PASSWORD else "",
        "on_failure": "" if wished.on_failure in Hook.OnFailure.values else one_of(Hook.OnFailure.values),
        "header": header_problem(wished.header),
    }
    found = name_problems(wished.name, longest=MAX_NAME)
    return [*found, *(each for name, sentence in told.items() for each in wrong(Code.INVALID, name, sentence))]


def header_problem(name: str) -> str:
    """What is wrong with the name of a header, as a sentence; empty if nothing is. None of ours is anybody's own."""
    if not name:
        return ""
    if not is_name(name) or len(name) > MAX_HEADER:
        return _("Write the name of one header, such as Authorization.")
    return _("This header is one of ours. Choose another one.") if name.lower() in OURS else name_problem(name)


def header_value_problems(wished: HookDescription, value: str) -> list[Problem]:
    """What is wrong with the value of the header."""
    if not wished.header:
        return []
    if not value:
        return [Problem(Code.REQUIRED, "header_value", _("Enter what the header holds, such as Bearer and a token."))]
    if len(value) > MAX_HEADER_VALUE:
        sentence = _("Use at most %(most)s characters.") % {"most": MAX_HEADER_VALUE}
        return [Problem(Code.TOO_LONG, "header_value", sentence)]
    return wrong(Code.INVALID, "header_value", value_problem(value))


def clash_problem(wished: HookDescription, others: Collection[HookDescription]) -> str:
    """Whose place it would take among those that are on, as a sentence; empty if nobody's.

    At a moment one hook is asked: the one that names the flow or application, else the one that serves all.
    """
    for other in others:
        is_rival = wished.is_on and other.is_on and wished.moment == other.moment
        if is_rival and (set(wished.serves) & set(other.serves) or not (wished.serves or other.serves)):
            return _("“%(name)s” is already asked then. Switch it off, or choose others here.") % {"name": other.name}
    return ""


def _serves_problem(wished: HookDescription) -> str:
    if len(wished.serves) > MOST_SERVED:
        return _("Choose at most %(count)d.") % {"count": MOST_SERVED}
    moment = MOMENTS.get(wished.moment)
    if moment and moment.by == APPLICATIONS and not wished.serves:
        return _("Choose at least one application.")
    if moment and moment.by not in {APPLICATIONS, FLOWS} and wished.serves:
        return _("This hook is asked for the whole tenant.")
    return ""


def _timeout_problem(milliseconds: int) -> str:
    if LEAST_MILLISECONDS <= milliseconds <= MOST_MILLISECONDS:
        return ""
    bounds = {"low": LEAST_MILLISECONDS, "high": MOST_MILLISECONDS}
    return _("Choose from %(low)d to %(high)d milliseconds.") % bounds
