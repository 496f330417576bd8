"""A record of a file, judged by the same rules as everything else that is written about an account."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import DateTimeField
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL
from accounts.credentials.foreign.limits import HashRefused
from accounts.credentials.foreign.reading import looks_like_hash
from accounts.credentials.hashers import is_by_crypt, kept_hash, knows_crypt
from accounts.finding.services import entry_of
from accounts.identity.lookup import custom_attribute_types
from accounts.identity.services.uniqueness import unique_among
from accounts.identity.values import clean_address, data_type_of, judged
from accounts.models import Account, CustomAttribute, CustomerEntry
from branding.languages.every import find_any_language
from bulk.columns import HASH, LANGUAGE, SALT, VERIFIED
from bulk.imports.hashes import WHOLE, HashPlan, read_shape
from bulk.imports.mapping import CUSTOM
from bulk.imports.reading import Record, Values
from common.problems import Refused
from common.text.email_address import canonical_email

TRUTHS = {
    **dict.fromkeys("true yes y 1 t ja oui si sí wahr vrai verdadero x".split(), True),
    **dict.fromkeys("false no n 0 f nein non falsch faux falso".split(), False),
    "": False,
}
MAX_PROBLEM = 300
HIDDEN = "…"
ENTRY_FIELDS = [field for field in CustomerEntry._meta.concrete_fields if not isinstance(field, DateTimeField)]


@dataclass(frozen=True)
class Plan:
    """What each column is, by heading, and whether addresses count as verified: "yes", "no", or as the file says.

    `invites` is whether those are invited who come in without a password, and with an address not verified.
    """

    targets: Mapping[str, str]
    verified: str
    hashes: HashPlan = field(default_factory=HashPlan)
    invites: bool = False

    @cached_property
    def hidden(self) -> set[str]:
        """The columns of which nobody is shown anything."""
        return {heading for heading, target in self.targets.items() if target in {HASH, SALT}}


class Staged(NamedTuple):
    """A line as it is staged, in the order of `imports.statements.STAGE`."""

    line: int
    account_id: UUID | None
    email: str
    canonical_email: str
    email_verified: bool
    password: str
    language: str
    columns: dict[str, str]
    custom: dict[str, Any]
    problem: str
    source: Values
    standing: str = ""
    entry: Mapping[str, Any] = MappingProxyType({})
    unique: Mapping[str, str | None] = MappingProxyType({})


class _Problem(Exception):
    """What is wrong with a record, as a sentence that quotes nothing of it."""


def staged(record: Record, plan: Plan) -> Staged:
    """The record as a new account would be, or with what is wrong with it."""
    source = shown(record.values or {}, plan)
    if record.values is None:
        return _refused(record, record.problem, source)
    try:
        return _judged(record.line, record.values, plan, source)
    except _Problem as problem:
        return _refused(record, str(problem), source)


def shown(values: Values, plan: Plan) -> Values:
    """What may be shown again of a record: all but what is a password hash, or looks as if it were meant to be one."""
    return {heading: HIDDEN if _is_hidden(heading, value, plan) else value for heading, value in values.items()}


def _is_hidden(heading: str, value: object, plan: Plan) -> bool:
    if heading in plan.hidden or heading in WHOLE:
        return bool(value)
    return looks_like_hash(value if isinstance(value, str) else json.dumps(value))


def _refused(record: Record, problem: str, source: Values) -> Staged:
    return Staged(record.line, None, "", "", False, "", "", {}, {}, problem[:MAX_PROBLEM], source)


def _judged(line: int, values: Values, plan: Plan, source: Values) -> Staged:
    email = language = ""
    hashed: tuple[str, object] | None = None
    salt: object = ""
    is_verified = plan.verified == "yes"
    attributes: dict[str, Any] = {}
    headings: dict[str, str] = {}
    for heading, value in values.items():
        target = plan.targets.get(heading, "")
        if not target or value in ("", None):
            continue
        if target == EMAIL:
            email = _address(heading, value)
        elif target == HASH:
            hashed = heading, value
        elif target == SALT:
            salt = value
        elif target == LANGUAGE:
            language = _language(heading, value)
        elif target == VERIFIED:
            is_verified = is_verified or (plan.verified == "file" and _truth(heading, value))
        else:
            name = target.removeprefix(CUSTOM)
            attributes[name], headings[name] = _typed(heading, name, value), heading
    if not email:
        raise _Problem(_("There is no email address on this line."))
    columns, custom = _attributes(attributes, headings)
    compared = canonical_email(email)
    kept = _hash(*hashed, salt, plan.hashes) if hashed else ""
    account = Account(email=email, email_verified=is_verified, language=language, custom_attributes=custom, **columns)
    account.invited_at = timezone.now() if plan.invites and not kept and not is_verified else None
    judged_so = (email, compared, is_verified, kept, language, columns, custom)
    return Staged(line, account.pk, *judged_so, "", source, "", _entry(account), unique_among(custom))


def _entry(account: Account) -> dict[str, Any]:
    """The columns of the entry by which the account will be found; its times are those of the moment it is written."""
    entry = entry_of(account)
    columns = {str(field.column): getattr(entry, field.attname) for field in ENTRY_FIELDS}
    return {**columns, "account_id": str(account.pk)}


def _attributes(attributes: dict[str, Any], headings: dict[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """The values by column, and those of custom attributes by name."""
    try:
        values = judged(attributes)
    except Refused as refusal:
        first = refusal.problems[0]
        raise _wrong(headings.get(first.field, first.field), first.sentence) from refusal
    present = {name: value for name, value in values.items() if value is not None}
    built_in = {
        BUILT_IN_ATTRIBUTES[name].column: present.pop(name)
        for name in values
        if name in BUILT_IN_ATTRIBUTES and name in present
    }
    return built_in, present


def _address(heading: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(heading, _("Enter one plain email address."))
    try:
        return clean_address(value)
    except ValidationError as error:
        raise _wrong(heading, " ".join(error.messages)) from error


def _hash(heading: str, value: object, salt: object, plan: HashPlan) -> str:
    try:
        read = read_shape(value, salt=salt, plan=plan)
        kept = kept_hash(read) if read is not None else ""
    except HashRefused as refusal:
        raise _wrong(heading, str(refusal)) from refusal
    if is_by_crypt(kept) and not knows_crypt():
        raise _wrong(heading, _("This server has no libcrypt, and can’t check bcrypt and SHA-crypt."))
    return kept


def _language(heading: str, value: object) -> str:
    found = find_any_language(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise _wrong(heading, _("This isn’t a known language, such as en or pt-BR."))
    return found.code


def _typed(heading: str, name: str, value: object) -> object:
    """The value in the type of its attribute, where a file can only write text."""
    is_truth = (
        name not in BUILT_IN_ATTRIBUTES and custom_attribute_types().get(name) == CustomAttribute.DataType.BOOLEAN
    )
    if is_truth:
        return _truth(heading, value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    is_text = data_type_of(name) not in {None, CustomAttribute.DataType.INT}
    # A postal code or a telephone number is often written as a number.
    return str(value) if is_number and is_text else value


def _truth(heading: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    known = TRUTHS.get(str(value).strip().lower()) if isinstance(value, (str, int)) else None
    if known is None:
        raise _wrong(heading, _("Write yes or no."))
    return known


def _wrong(heading: str, sentence: str) -> _Problem:
    return _Problem(f"{heading}: {sentence}")
