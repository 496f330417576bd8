"""A run as its page shows it: every value beside what it means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from oidc.runs import words as run_words
from oidc.runs.checks import ACCESS_TOKEN, ID_TOKEN, RESPONSE, TOKENS, USERINFO
from oidc.runs.forms import OPENID, SCOPE_CHOICES
from oidc.runs.origins import APPLICATION, ATTRIBUTE, HOOK, REQUEST, RULE, SESSION, STANDARD
from oidc.runs.records import HIDDEN, Check, RunRecord, ToldClaims
from oidc.wire.addresses import endpoints_of
from tenants.models import Tenant
from userflows.models import UserFlow

TONES = {"passed": "green", "failed": "red", "noted": "yellow"}
WORDS = {"passed": _("Passed"), "failed": _("Failed"), "noted": _("Note")}
ABOUT = {
    RESPONSE: _("Response"),
    TOKENS: _("Token response"),
    ID_TOKEN: _("ID token"),
    ACCESS_TOKEN: _("Access token"),
    USERINFO: _("Userinfo"),
}
KINDS = {
    STANDARD: _("Standard"),
    REQUEST: _("Request"),
    SESSION: _("Session"),
    ATTRIBUTE: _("Attribute"),
    RULE: _("Claim rule"),
    HOOK: _("Hook"),
    APPLICATION: _("Application"),
}
# What the customer or an administrator has a hand in stands out from what the protocol brings along.
KIND_TONES = {ATTRIBUTE: "blue", RULE: "blue", HOOK: "blue"}
PLACES = {"id_token": _("ID token"), "access_token": _("Access token"), "userinfo": _("Userinfo")}
RESULT, REQUESTS = "result", "requests"
LONGEST_LINE = 60
LEADS = {
    "id_token": _("Tells the application who signed in."),
    "access_token": _("What the application shows an API."),
    "userinfo": _("What the userinfo endpoint told for the access token."),
}


@dataclass(frozen=True)
class ValueRow:
    """A name with its value and what it means. `moment` is the time it stands for, `kind` and `origin` say whence."""

    name: str
    value: str
    meaning: str | Promise = ""
    moment: datetime | None = None
    is_hidden: bool = False
    kind: str | Promise = ""
    tone: str = ""
    origin: str | Promise = ""


@dataclass(frozen=True)
class CheckRow:
    """A check with the word and the colour of its verdict."""

    check: Check
    word: str | Promise
    tone: str


@dataclass(frozen=True)
class ClaimsPlace:
    """One of the places where claims are told."""

    key: str
    name: str | Promise
    lead: str | Promise
    header: list[ValueRow]
    claims: list[ValueRow]


def description_of(record: RunRecord, *, application: Application, tenant: Tenant) -> dict[str, Any]:
    """Template variables of a run's page."""
    endpoints = endpoints_of(tenant)
    failed = [(ABOUT[check.about], check) for check in record.checks if check.verdict == "failed"]
    return {
        "failed": failed,
        "noted_count": sum(check.verdict == "noted" for check in record.checks),
        "passed_count": sum(check.verdict == "passed" for check in record.checks),
        "error": _error(record),
        "check_groups": _grouped(record.checks),
        "was_pushed": record.was_pushed,
        "authorization_endpoint": endpoints["authorization_endpoint"],
        "pushed_endpoint": endpoints["pushed_authorization_request_endpoint"],
        "token_endpoint": endpoints["token_endpoint"],
        "request_rows": _rows(record.parameters, run_words.PARAMETERS),
        "response_rows": _rows(record.response, run_words.RESPONSE),
        "token_request_rows": _rows(record.token_request, run_words.TOKEN_REQUEST),
        "authentication": run_words.AUTHENTICATION.get(application.auth_method, ""),
        "token_status": record.token_status,
        "token_response_rows": _rows(record.token_response, run_words.TOKEN_RESPONSE),
        "continue_url": f"{endpoints['authorization_endpoint']}?{urlencode(record.parameters)}",
    }


def parts_of(record: RunRecord) -> dict[str, str | Promise]:
    """The parts that a run's page has, by their names in its address."""
    return {
        RESULT: _("Result"),
        **{key: name for key, name in PLACES.items() if key in record.told},
        REQUESTS: _("Requests"),
    }


def place_of(record: RunRecord, part: str) -> dict[str, Any]:
    """Template variables of the part about a token or userinfo; none for any other part."""
    return {"place": _place(part, record.told[part])} if part in record.told else {}


def again_url(record: RunRecord, *, application: Application, flow: UserFlow | None, tenant: Tenant) -> str:
    """The form of the flow, filled in as for this run; "" for an application that has no user flow any more."""
    if flow is None:
        return ""
    asked = record.parameters
    known = {value for value, _, _ in SCOPE_CHOICES}
    scopes = [scope for scope in asked.get("scope", "").split() if scope != OPENID]
    more = " ".join(scope for scope in scopes if scope not in known)
    pairs = [("again", "1"), ("application", application.client_id)]
    pairs += [("scopes", scope) for scope in scopes if scope in known]
    pairs += [("more_scopes", more)] if more else []
    pairs += [(name, asked[name]) for name in ("prompt", "ui_locales", "login_hint", "max_age") if name in asked]
    path = reverse("portal:userflow-run", args=[tenant.slug, flow.pk])
    return f"{path}?{urlencode(pairs)}"


def _error(record: RunRecord) -> dict[str, str | Promise]:
    """The error that was answered, in plain words; nothing if none was."""
    answered = record.response if "error" in record.response else record.token_response
    if "error" not in answered:
        return {}
    why, remedy = run_words.ERRORS.get(answered["error"], run_words.UNKNOWN_ERROR)
    description = answered.get("error_description", "")
    return {"code": answered["error"], "why": why, "remedy": remedy, "description": description}


def _grouped(checks: tuple[Check, ...]) -> list[tuple[str | Promise, list[CheckRow]]]:
    rows = [CheckRow(check, WORDS[check.verdict], TONES[check.verdict]) for check in checks]
    return [(ABOUT[about], list(group)) for about, group in groupby(rows, key=lambda row: row.check.about)]


def _rows(values: Mapping[str, Any], meanings: Mapping[str, Promise]) -> list[ValueRow]:
    return [
        ValueRow(name, _text(value), meanings.get(name, ""), is_hidden=value == HIDDEN)
        for name, value in values.items()
    ]


def _place(key: str, told: ToldClaims) -> ClaimsPlace:
    return ClaimsPlace(
        key=key,
        name=PLACES[key],
        lead=LEADS[key],
        header=_rows(told.header, run_words.HEADER),
        claims=[_claim(name, value, told) for name, value in told.claims.items()],
    )


def _claim(name: str, value: Any, told: ToldClaims) -> ValueRow:
    origin = told.origins[name]
    is_moment = name in run_words.MOMENTS and isinstance(value, int)
    return ValueRow(
        name=name,
        value=_text(value),
        meaning=run_words.CLAIMS.get(name, run_words.OTHER_CLAIM),
        moment=datetime.fromtimestamp(value, UTC) if is_moment else None,
        kind=KINDS[origin.kind],
        tone=KIND_TONES.get(origin.kind, ""),
        origin=origin.detail,
    )


def _text(value: Any) -> str:
    """As it stands on the wire; text without its quotes."""
    if value == HIDDEN:
        return gettext("(kept secret)")
    if isinstance(value, str):
        return value
    on_one_line = json.dumps(value, ensure_ascii=False)
    return on_one_line if len(on_one_line) <= LONGEST_LINE else json.dumps(value, ensure_ascii=False, indent=2)
