"""Which facts of a customer an export may have, and how PostgreSQL writes each: as a cell, or as a value of JSON.

The names are those by which an import knows its columns.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL
from accounts.models import STANDING
from bulk.columns import HASH, LANGUAGE, VERIFIED

# Not "state", which is the attribute for a state or province.
ID, CREATED, STATE, GROUPS = "id", "createdAt", "accountState", "groups"
LAST_SIGN_IN, SIGN_INS = "lastSignInAt", "signIns"
IN_ISO = """'YYYY-MM-DD"T"HH24:MI:SS"Z"'"""

# For statements that call the table `account`.
_GROUPS_AS_TEXT = """SELECT string_agg(named.name, '; ' ORDER BY named.name)
    FROM accounts_groupmember joined JOIN accounts_group named ON named.id = joined.group_id
    WHERE joined.account_id = account.id"""
_GROUPS_AS_JSON = """SELECT json_agg(named.name ORDER BY named.name)
    FROM accounts_groupmember joined JOIN accounts_group named ON named.id = joined.group_id
    WHERE joined.account_id = account.id"""
_SIGN_INS = (
    "coalesce((SELECT activity.sign_ins FROM accounts_activity activity WHERE activity.account_id = account.id), 0)"
)
_LAST_SIGN_IN = f"""SELECT to_char(activity.last_sign_in_at AT TIME ZONE 'UTC', {IN_ISO})
    FROM accounts_activity activity WHERE activity.account_id = account.id"""
TEXT = {
    ID: "account.id::text",
    EMAIL: "account.email",
    VERIFIED: "CASE WHEN account.email_verified THEN 'true' ELSE 'false' END",
    STATE: STANDING,
    CREATED: f"to_char(account.created_at AT TIME ZONE 'UTC', {IN_ISO})",
    LAST_SIGN_IN: f"coalesce(({_LAST_SIGN_IN}), '')",
    SIGN_INS: f"{_SIGN_INS}::text",
    LANGUAGE: "account.language",
    **{name: f"account.{each.column}" for name, each in BUILT_IN_ATTRIBUTES.items() if name != EMAIL},
    GROUPS: f"coalesce(({_GROUPS_AS_TEXT}), '')",
}
JSON = {
    **{name: f"nullif({expression}, '')" for name, expression in TEXT.items()},
    VERIFIED: "account.email_verified",
    SIGN_INS: _SIGN_INS,
    GROUPS: f"({_GROUPS_AS_JSON})",
    HASH: "CASE WHEN account.password LIKE '!%%' THEN NULL ELSE account.password END",
}
# What we write ourselves, with neither a formula nor a quotation mark in it; and what needn't be computed to be said.
OURS = {ID, VERIFIED, STATE, CREATED, LAST_SIGN_IN, SIGN_INS}
AS_THEY_STAND = TEXT.keys() - OURS - {GROUPS}
USUAL = (ID, EMAIL, VERIFIED, STATE, CREATED, LANGUAGE, "displayName", "givenName", "surname", "country")

# Quick, since it is asked of each cell: what begins so, and isn't plainly a number (see `common.text.spreadsheets`).
_DANGEROUS = r"E'=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20'"
_NUMBER = "'^[+-]?[0-9][0-9 ()/.]*$'"
# PostgreSQL's functions take 100 arguments, and each pair is two.
_PAIRS = 50


def known_columns(custom_names: Iterable[str]) -> list[str]:
    """All that an export may have, custom attributes last. One that is called as a fact of ours gives way to it."""
    return [*TEXT, *sorted(set(custom_names) - TEXT.keys())]


def csv_line(columns: Sequence[str], parameters: dict[str, str]) -> str:
    """The expression of a line. Custom attributes are named by parameters, which are added."""
    return " || ',' || ".join(_cell_of(name, parameters) for name in columns)


def json_line(columns: Sequence[str], parameters: dict[str, str]) -> str:
    """The expression of an object, in which nothing stands that the customer doesn't have."""
    values = [JSON.get(name) or _custom(name, parameters, as_text=False) for name in columns]
    pairs = [f"{_named(name, parameters)}, {value}" for name, value in zip(columns, values, strict=True)]
    members = [_members(pairs[start : start + _PAIRS]) for start in range(0, len(pairs), _PAIRS)]
    return f"'{{' || concat_ws(',', {', '.join(members)}) || '}}'"


def labels(labels_of_attributes: Mapping[str, str | Promise], known: Sequence[str]) -> list[tuple[str, str]]:
    """What each column is called on a page."""
    own = {
        ID: "ID",
        CREATED: _("Created"),
        STATE: _("Account state"),
        LAST_SIGN_IN: _("Last sign-in"),
        SIGN_INS: _("Sign-ins"),
        GROUPS: _("Groups"),
    }
    return [(name, str(own.get(name) or labels_of_attributes.get(name, name))) for name in known]


def _members(pairs: Sequence[str]) -> str:
    """What stands between the braces of an object of these pairs; null for an empty one."""
    written = f"json_strip_nulls(json_build_object({', '.join(pairs)}))::text"
    return f"nullif(right(left({written}, -1), -1), '')"


def _cell_of(name: str, parameters: dict[str, str]) -> str:
    if name in OURS:
        return f"'\"' || {TEXT[name]} || '\"'"
    if name in AS_THEY_STAND:
        return _cell(TEXT[name])
    computed = TEXT.get(name) or _custom(name, parameters, as_text=True)
    return f"(SELECT {_cell('cell')} FROM (SELECT coalesce({computed}, '') AS cell) each)"


def _cell(text: str) -> str:
    """A cell in quotation marks that no spreadsheet computes, of a text that is never null."""
    is_formula = f"{text} <> '' AND strpos({_DANGEROUS}, left({text}, 1)) > 0 AND {text} !~ {_NUMBER}"
    return f"CASE WHEN {is_formula} THEN '\"''' ELSE '\"' END || replace({text}, '\"', '\"\"') || '\"'"


def _custom(name: str, parameters: dict[str, str], *, as_text: bool) -> str:
    return f"account.custom_attributes->{'>' if as_text else ''}{_named(name, parameters)}"


def _named(name: str, parameters: dict[str, str]) -> str:
    key = f"name{len(parameters)}"
    parameters[key] = name
    return f"%({key})s::text"
