"""How a tenant sends text messages: what may be chosen about it, as one value, and how its secret is kept.

The secret is no part of the value: it goes in and never comes out, but to the very server it was saved for. Whoever
names another server types it again, so that nobody has it sent to a server of theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

from common.crypto.encryption import CannotUnseal, seal, unseal
from common.problems import Code, Problem, wrong
from common.text.countries import is_country
from common.text.translation import gettext as _
from common.versions import version_of
from common.web.outgoing import url_problem
from sms.models import TextSettings
from sms.policies import (
    CONTENT_TYPES,
    GET,
    HTTP,
    JSON,
    MAX_URL,
    MOST_TEXTS,
    OUTBOX,
    SAMPLE,
    USUAL_PER_COUNTRY,
    USUAL_PER_DAY,
    USUAL_PER_HOUR,
    body_problem,
    filled,
    headers_problem,
    in_url,
    secret_problem,
    url_shape_problem,
)
from tenants.known import KnownPart, NeededBy
from tenants.postgresql import current_schema

_CAN_SEND = "SELECT to_jsonb(EXISTS (SELECT FROM sms_textsettings WHERE sender <> '' AND countries <> '{}'))"
SECRET = "{secret}"  # noqa: S105 - where it goes


@dataclass(frozen=True)
class TextDescription:
    """By what text messages leave, to which countries, and how many.

    `sender` is "" for none, `outbox` or `http`. With `http`, `request` is json, form or get; `url`, `headers` (a line
    each) and `body` are templates with {to}, {text} and {secret}. `countries` are the letters of ISO 3166-1: a message
    goes to no other one. `per_hour` and `per_day` bound all of them together, `per_country` those to each country in a
    day, unless `country_limits` has a number for it.
    """

    sender: str = ""
    request: str = JSON
    url: str = ""
    headers: str = ""
    body: str = ""
    countries: tuple[str, ...] = ()
    per_hour: int = USUAL_PER_HOUR
    per_day: int = USUAL_PER_DAY
    per_country: int = USUAL_PER_COUNTRY
    country_limits: Mapping[str, int] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)

    def most_to(self, country: str) -> int:
        """How many messages this country may be sent in a day."""
        return self.country_limits.get(country, self.per_country)

    def limiting(self, country: str, most: int | None) -> "TextDescription":
        """The same with this number for a country; None for as many as each may be sent."""
        others = {letters: limit for letters, limit in self.country_limits.items() if letters != country}
        return replace(self, country_limits=others if most is None else {**others, country: most})

    @property
    def place(self) -> tuple[str, str]:
        """Whom a secret is told: scheme and host."""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return "", ""
        return parts.scheme, parts.netloc

    @property
    def needs_secret(self) -> bool:
        """Whether a secret stands in a request."""
        return any(SECRET in part for part in (self.url, self.headers, self.body))


def describe() -> TextDescription:
    """How the tenant being served sends them now."""
    return described(TextSettings.objects.first())


def described(kept: TextSettings | None) -> TextDescription:
    """What a row says."""
    if kept is None:
        return TextDescription()
    values: dict[str, Any] = {field.name: getattr(kept, field.name) for field in fields(TextDescription)}
    return TextDescription(**{**values, "countries": tuple(values["countries"])})


def can_send() -> bool:
    """Whether the tenant being served sends text messages at all; known to the process."""
    return _can_send.get()


def kept_secret(kept: TextSettings | None, wished: TextDescription) -> str:
    """The secret kept, for the server it was saved for; "" for any other, and if its key is gone."""
    if kept is None or not kept.sealed_secret or described(kept).place != wished.place:
        return ""
    try:
        return secret_of(kept)
    except CannotUnseal:
        return ""


def secret_of(kept: TextSettings) -> str:
    """The secret. Raises `CannotUnseal`."""
    return unseal(kept.sealed_secret, context=sealing_context()).decode() if kept.sealed_secret else ""


def seal_secret(secret: str) -> str:
    """The secret, sealed for this tenant; "" stays what it is."""
    return seal(secret.encode(), context=sealing_context()) if secret else ""


def sealing_context() -> str:
    """What the secret is sealed for."""
    return f"sms provider {current_schema()}"


def problems_of(wished: TextDescription, secret: str) -> list[Problem]:
    """All that is wrong with it."""
    found: list[Problem] = []
    if wished.sender not in {"", OUTBOX, HTTP}:
        found.append(Problem(Code.INVALID, "sender", _("Choose one of those shown.")))
    if wished.sender == HTTP:
        found += _request_problems(wished, secret)
    found += _countries_problems(wished.countries)
    for name in ("per_hour", "per_day", "per_country"):
        if not 1 <= getattr(wished, name) <= MOST_TEXTS:
            sentence = _("Enter a number from 1 to %(most)s.") % {"most": MOST_TEXTS}
            found.append(Problem(Code.OUT_OF_RANGE, name, sentence))
    return [*found, *_limits_problems(wished.country_limits)]


def _request_problems(wished: TextDescription, secret: str) -> list[Problem]:
    if wished.request not in {*CONTENT_TYPES, GET}:
        return [Problem(Code.INVALID, "request", _("Choose one of those shown."))]
    too_long = _("Use at most %(most)s characters.") % {"most": MAX_URL} if len(wished.url) > MAX_URL else ""
    address = filled(wished.url, SAMPLE, written=in_url)
    return [
        *wrong(Code.INVALID, "url", too_long or url_shape_problem(wished.url) or url_problem(address)),
        *wrong(Code.INVALID, "headers", headers_problem(wished.headers)),
        *wrong(Code.INVALID, "body", body_problem(wished.request, wished.url, wished.body)),
        *_secret_problems(wished, secret),
    ]


def _secret_problems(wished: TextDescription, secret: str) -> list[Problem]:
    if wished.needs_secret and not secret:
        return [Problem(Code.REQUIRED, "secret", _("Enter the secret that replaces {secret}."))]
    return wrong(Code.INVALID, "secret", secret_problem(secret))


def _countries_problems(countries: Sequence[str]) -> list[Problem]:
    unknown = [letters for letters in countries if not is_country(letters)]
    if not unknown:
        return []
    sentence = _("There is no country %(letters)s. Write two letters each, such as DE.")
    return [Problem(Code.UNKNOWN, "countries", sentence % {"letters": ", ".join(unknown)})]


def _limits_problems(limits: Mapping[str, int]) -> list[Problem]:
    if unknown := [letters for letters in limits if not is_country(letters)]:
        sentence = _("There is no country %(letters)s. Write two letters each, such as DE.")
        return [Problem(Code.UNKNOWN, "country_limits", sentence % {"letters": ", ".join(unknown)})]
    if all(1 <= most <= MOST_TEXTS for most in limits.values()):
        return []
    sentence = _("Enter a number from 1 to %(most)s.") % {"most": MOST_TEXTS}
    return [Problem(Code.OUT_OF_RANGE, "country_limits", sentence)]


def _made(can: bool | None) -> bool:
    return bool(can)


_can_send = KnownPart(_CAN_SEND, _made, needed_by=NeededBy.PAGES)
