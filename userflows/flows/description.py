"""What a user flow is, as one value. `services` tells it of a row, and makes a row be as it says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from branding.policies import link_problem
from common.problems import Code, Problem, name_problems, wrong
from common.text.texts import unseen_problem
from common.text.translation import gettext as _
from common.versions import version_of
from userflows.admission.rules import AdmissionRules
from userflows.flows.page_layout import AttributeLayout, label_problem, layout_problems
from userflows.flows.second_factor import factor_problems
from userflows.flows.sign_up import admission_problems
from userflows.methods import usual_methods
from userflows.state import (
    APP,
    ASKING_PASSKEY,
    CAPTCHA,
    NEVER,
    OFFER,
    PASSKEY,
    PROVIDER,
    PUZZLE,
    REMEMBER_DAYS,
    REQUIRE,
    SMS,
    WHO_HAS_ONE,
    step_of,
)

MAX_NAME, MAX_TERMS_VERSION = 64, 32
# Fields of which the audit log tells what they are from now on.
TOLD = {
    *("methods", "allows_sign_up", "is_default", "second_factor", "factors", "remember_days", "terms_version"),
    *("asks_passkey", "takes_user_names"),
    *("invited_only", "allowed_domains", "blocked_domains", "refuses_disposable", "disposable_exceptions"),
    *("minimum_age", "birth_attribute", "human_check", "human_by"),
    *("verifies_last", "sends_welcome", "finished_url"),
}


@dataclass(frozen=True)
class UserFlowDescription:
    """What it is called, how customers sign in and up, and what they are asked for, in this order.

    `methods` are the ways to sign in, the one offered first at the front. New applications use the default flow; a
    tenant has exactly one.

    `second_factor` is who is asked for one: "" for whoever has set one up, `new_browser` or `always` for everybody.
    `factors` are those there are, `remember_days` is for how long a browser in which one was shown may be remembered.

    `asks_passkey` is whether whoever has no passkey is asked to make one: `offer`, `require` or `never`. Where the flow
    has no passkeys, nobody is.

    With `invited_only`, of those who may sign up only who was invited does. `allowed_domains`, `blocked_domains`,
    `refuses_disposable` and `disposable_exceptions` say which mail addresses are taken, `minimum_age` from how many
    years on, 0 for any, told by the answer to `birth_attribute`; `human_check` whether programs are kept out,
    and `human_by` by what (`userflows.admission.rules`).

    `verifies_last` says whether whoever signs up gives all details before they verify their address, in the place of
    after it; `sends_welcome` whether they are mailed a welcome when they have an account. `finished_url` is where
    whoever opens a finished journey again is led whose application has no address of its own; "" for a page of ours.

    `takes_user_names` says whether whoever signs in may give their user name in the place of their address. Customers
    have one if the flow asks for that attribute.

    `terms_version` names the terms of use that customers have to accept, "" for none; whoever has accepted others
    accepts these when they sign in. `terms_text` is the sentence at the box, with links, and `terms_translations` that
    sentence by language; where nothing is said, customer pages do, with the links of the brand.
    """

    name: str
    methods: tuple[str, ...] = field(default_factory=lambda: tuple(usual_methods()))
    allows_sign_up: bool = True
    invited_only: bool = False
    is_default: bool = False
    second_factor: str = WHO_HAS_ONE
    factors: tuple[str, ...] = (APP,)
    remember_days: int = REMEMBER_DAYS
    asks_passkey: str = OFFER
    allowed_domains: tuple[str, ...] = ()
    blocked_domains: tuple[str, ...] = ()
    refuses_disposable: bool = False
    disposable_exceptions: tuple[str, ...] = ()
    minimum_age: int = 0
    birth_attribute: str = ""
    human_check: str = NEVER
    human_by: str = PUZZLE
    verifies_last: bool = False
    sends_welcome: bool = False
    finished_url: str = ""
    takes_user_names: bool = False
    terms_version: str = ""
    terms_text: str = ""
    terms_translations: Mapping[str, str] = field(default_factory=dict)
    attributes: tuple[AttributeLayout, ...] = ()

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)

    @property
    def admission(self) -> AdmissionRules:
        """Whom it lets sign up, of those who may."""
        return AdmissionRules(**{name: getattr(self, name) for name in AdmissionRules.__dataclass_fields__})


@dataclass(frozen=True)
class Collectable:
    """How an attribute of this type may be asked for, how many characters a value may have, and whether it is one
    customer's alone.
    """

    data_type: str
    input_types: tuple[str, ...]
    max_value: int
    is_unique: bool = False


def details_of(before: UserFlowDescription, after: UserFlowDescription) -> dict[str, Any]:
    """What differs, as the audit log keeps it: the names of fields and attributes, and what was chosen from a few."""
    new, old = vars(after), vars(before)
    fields = [name for name in new if new[name] != old[name]]
    now, then = ({row.attribute: row for row in each.attributes} for each in (after, before))
    told = {
        "now": {name: new[name] for name in fields if name in TOLD},
        "added": [f"attributes.{name}" for name in now if name not in then],
        "changed": [f"attributes.{name}" for name in now if name in then and now[name] != then[name]],
        "removed": [f"attributes.{name}" for name in then if name not in now],
        "languages": sorted({code for name in now if name in then for code in _retold(then[name], now[name])}),
    }
    return {"fields": fields, **{name: value for name, value in told.items() if value}} if fields else {}


def is_noticed(details: Mapping[str, Any]) -> bool:
    """Whether a customer could notice a change with these details: not its name, nor that new applications use it."""
    return bool(set(details["fields"]) - {"name", "is_default"})


def _retold(before: AttributeLayout, after: AttributeLayout) -> set[str]:
    """The languages in which a row says something else than before."""
    then, now = before.translations or {}, after.translations or {}
    return {code for code in {*then, *now} if then.get(code) != now.get(code)}


def problems_of(
    before: UserFlowDescription | None,
    after: UserFlowDescription,
    *,
    is_name_taken: bool,
    collectable: dict[str, Collectable],
    methods: Collection[str],
    has_captcha: bool,
) -> list[Problem]:
    """All that is wrong with what differs. `collectable` goes by the names of attributes; `methods` are on offer.

    `has_captcha` is whether the tenant has a provider whose widget could be asked.
    """
    found: list[Problem] = []
    if before is None or before.name != after.name:
        found += _name_problems(after.name, is_taken=is_name_taken)
    found += _leading_problems(before, after)
    if before is None or before.methods != after.methods:
        found += _methods_problems(after.methods, methods)
    if before and before.is_default and not after.is_default:
        sentence = _("A tenant has a default user flow. Make another one the default instead.")
        found.append(Problem(Code.NOT_ALLOWED, "is_default", sentence))
    if before is None or _about_factors(before) != _about_factors(after):
        found += factor_problems(
            second_factor=after.second_factor,
            factors=after.factors,
            remember_days=after.remember_days,
            methods=after.methods,
        )
    if before is None or _about_passkeys(before) != _about_passkeys(after):
        found += _passkey_problems(after)
    if before is None or _about_admission(before) != _about_admission(after):
        found += admission_problems(after.admission, after.attributes)
    if after.human_by == CAPTCHA and not has_captcha and (before is None or before.human_by != CAPTCHA):
        sentence = _("Set a CAPTCHA up first, under Settings › CAPTCHA.")
        found.append(Problem(Code.NOT_ALLOWED, "human_by", sentence))
    if before is None or _about_terms(before) != _about_terms(after):
        found += _terms_problems(after)
    if before is None or before.attributes != after.attributes:
        found += layouts_problems(after.attributes, collectable)
    return found


def _about_factors(flow: UserFlowDescription) -> tuple[Any, ...]:
    return flow.second_factor, flow.factors, flow.remember_days, flow.methods


def _about_passkeys(flow: UserFlowDescription) -> tuple[Any, ...]:
    return flow.asks_passkey, flow.factors, flow.methods


def _passkey_problems(flow: UserFlowDescription) -> list[Problem]:
    if flow.asks_passkey not in ASKING_PASSKEY:
        sentence = _("Choose one of %(choices)s.") % {"choices": ", ".join(ASKING_PASSKEY)}
        return [Problem(Code.INVALID, "asks_passkey", sentence)]
    if flow.asks_passkey == REQUIRE and PASSKEY not in {*flow.methods, *flow.factors}:
        sentence = _("Offer passkeys as a sign-in method or a second factor first; then they can be required.")
        return [Problem(Code.NOT_ALLOWED, "asks_passkey", sentence)]
    return []


def _about_admission(flow: UserFlowDescription) -> tuple[Any, ...]:
    return flow.admission, flow.attributes if flow.minimum_age else ()


def _leading_problems(before: UserFlowDescription | None, after: UserFlowDescription) -> list[Problem]:
    """Whether a browser may be sent there: what holds for links of a brand, and it is a page."""
    url = after.finished_url
    if not url or (before is not None and before.finished_url == url):
        return []
    sentence = link_problem(url) if url.lower().startswith("https://") else _("Begin the address with https://.")
    return wrong(Code.INVALID, "finished_url", sentence)


def _about_terms(flow: UserFlowDescription) -> tuple[Any, ...]:
    return flow.terms_version, flow.terms_text, flow.terms_translations


def _terms_problems(flow: UserFlowDescription) -> list[Problem]:
    too_long = len(flow.terms_version) > MAX_TERMS_VERSION
    version = (
        _("Use at most %(most)d characters.") % {"most": MAX_TERMS_VERSION}
        if too_long
        else unseen_problem(flow.terms_version)
    )
    found = wrong(Code.INVALID, "terms_version", version)
    for text in (flow.terms_text, *flow.terms_translations.values()):
        found += wrong(Code.INVALID, "terms_text", label_problem(text))
    return found[:2]


def _name_problems(name: str, *, is_taken: bool) -> list[Problem]:
    taken = _("A user flow named “%(name)s” already exists. Choose another name.") % {"name": name} if is_taken else ""
    return name_problems(name, longest=MAX_NAME) or wrong(Code.TAKEN, "name", taken)


def _methods_problems(methods: Sequence[str], known: Collection[str]) -> list[Problem]:
    if not methods:
        return [Problem(Code.REQUIRED, "methods", _("Choose at least one sign-in method."))]
    if len(set(methods)) < len(methods) or not set(methods) <= set(known):
        sentence = _("Choose from %(methods)s, each once.") % {"methods": ", ".join(known)}
        return [Problem(Code.INVALID, "methods", sentence)]
    # A passkey may be lost with the phone, and a provider be left: nothing that is mailed would let their owner in.
    if SMS in methods and {step_of(method) for method in methods} <= {SMS, PASSKEY, PROVIDER}:
        sentence = _(
            "Customers with neither a phone number nor a passkey need another way in. Also choose a password, a "
            "code or a link."
        )
        return [Problem(Code.NOT_ALLOWED, "methods", sentence)]
    return []


def layouts_problems(layout: Sequence[AttributeLayout], collectable: Mapping[str, Collectable]) -> list[Problem]:
    """All that is wrong with a page layout by itself. `collectable` goes by the names of attributes."""
    names = [row.attribute for row in layout]
    unknown = [name for name in names if name not in collectable]
    if unknown:
        sentences = [_("There is no attribute named “%(name)s” to ask for.") % {"name": name} for name in unknown]
        return [Problem(Code.UNKNOWN, "attributes", sentence) for sentence in sentences]
    if len(set(names)) < len(names):
        return [Problem(Code.TAKEN, "attributes", _("An attribute can be asked for only once."))]
    found: list[Problem] = []
    for row in layout:
        known = collectable[row.attribute]
        problems = layout_problems(
            row,
            data_type=known.data_type,
            input_types=known.input_types,
            max_value=known.max_value,
            is_unique=known.is_unique,
        )
        item = f"attributes.{row.attribute}"
        found += [Problem(Code.INVALID, field, sentence, item) for field, sentence in problems.items()]
    return found
