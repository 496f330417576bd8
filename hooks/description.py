"""What may be chosen about a hook, as one value. The secret is no part of it: it is made here and shown once."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from common.problems import Code, Problem, name_problems, one_of, wrong
from common.text.translation import gettext as _
from common.versions import version_of
from common.web.outgoing import url_problem
from hooks.models import MAX_NAME, Hook
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

MOST_SERVED = 100


@dataclass(frozen=True)
class HookDescription:
    """Its name for administrators, at which moment it is asked, where, for whom, and what happens without an answer.

    `serves` are IDs of user flows, none of them meaning all, or client IDs. `timeout_ms` holds for all tries together.
    `public_key` is what passwords are encrypted to, as PEM or a JSON Web Key; "" where none are sent.
    """

    name: str
    moment: str
    url: str
    serves: tuple[str, ...] = ()
    timeout_ms: int = USUAL_MILLISECONDS
    on_failure: str = Hook.OnFailure.STOP
    is_on: bool = True
    public_key: str = ""

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
    }
    found = name_problems(wished.name, longest=MAX_NAME)
    return [*found, *(each for name, sentence in told.items() for each in wrong(Code.INVALID, name, sentence))]


def clash_problem(wished: HookDescription, others: Collection[HookDescription]) -> str:
    """Whose place it would take among those that are on, as a sentence; empty if nobody's.

    At a moment one hook is asked: the one that names the flow or application, else the one that serves all.
    """
    for other in others:
        is_rival = wished.is_on and other.is_on and wished.moment == other.moment
        if is_rival and (set(wished.serves) & set(other.serves) or not (wished.serves or other.serves)):
            return _("“%(name)s” is asked then already. Switch it off, or choose others here.") % {"name": other.name}
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
