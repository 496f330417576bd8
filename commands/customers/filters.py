"""Options by which customers are found: those that the portal's list has."""

from typing import Any
from urllib.parse import urlencode

from django.core.management.base import CommandError, CommandParser

from accounts.attributes import COUNTRY
from accounts.finding.lookup import NO_FACTOR, PASSWORDS, CustomerFilter, with_factor
from accounts.finding.policies import terms_of
from accounts.identity.values import as_kept, attribute_asked_for
from accounts.models import Factor, Standing
from commands.log_destinations import moment_of
from commands.named import application_named, group_named
from common.text.countries import NOT_A_COUNTRY, country_letters
from common.text.languages import find_language
from providers.models import IdentityProvider, LinkedIdentity
from userflows.journeys.attempts.lockouts import locked_accounts

LOCKED = "locked"
# Options whose values are moments, by the fields of a filter that they bound.
MOMENTS = ("signed_up_from", "signed_up_before", "signed_in_from", "signed_in_before")
FILTERS = (
    *("search", "state", "verified", "factor", "password", "provider", "group", "application"),
    *("country", "language", "attribute", *MOMENTS, "never_signed_in"),
)


def add_filters(parser: CommandParser) -> None:
    """Let a command be about the customers found by these options: those that all of them let through."""
    parser.add_argument("--search", default="", help="any part of name, user name and address")
    parser.add_argument("--state", choices=[*Standing.values, LOCKED], default="")
    parser.add_argument("--verified", choices=["yes", "no"], default="", help="whether the address is")
    parser.add_argument("--factor", choices=[*Factor.values, NO_FACTOR], default="", help="a second factor they have")
    parser.add_argument("--password", choices=list(PASSWORDS), default="", help="foreign: imported and not used yet")
    parser.add_argument("--provider", default="", metavar="NAME", help="an identity provider they are linked to")
    parser.add_argument("--group", default="", metavar="NAME")
    parser.add_argument("--application", default="", metavar="CLIENT_ID", help="the one they signed in to last")
    parser.add_argument("--country", default="", help="its two letters of ISO 3166-1, or its name")
    parser.add_argument("--language", default="", metavar="CODE")
    parser.add_argument("--attribute", default="", metavar="NAME=VALUE")
    for name in MOMENTS:
        parser.add_argument(_option(name), dest=name, default="", metavar="DAY", help="such as 2026-11-01, in UTC")
    parser.add_argument("--never-signed-in", action="store_true")


def asked_for(options: dict[str, Any]) -> CustomerFilter:
    """The question that the options put, in the tenant being served. Raises `CommandError` for what can't be meant."""
    attribute, value = _attribute(options["attribute"])
    is_locked = options["state"] == LOCKED
    further: dict[str, Any] = with_factor(options["factor"]) | {
        name: moment_of(options[name], of=_option(name)[2:]) for name in MOMENTS if options[name]
    }
    return CustomerFilter(
        search=_search(options["search"]),
        standing="" if is_locked else options["state"],
        among=frozenset(locked_accounts()) if is_locked else None,
        is_verified={"yes": True, "no": False}.get(options["verified"]),
        password=options["password"],
        within=_linked_at(options["provider"]) if options["provider"] else None,
        group_id=group_named(options["group"]).pk if options["group"] else None,
        client_id=application_named(options["application"]).client_id if options["application"] else "",
        country=_country(options["country"]),
        language=language_of(options["language"]),
        attribute=attribute,
        value=value,
        never_signed_in=options["never_signed_in"],
        **further,
    )


def as_written(options: dict[str, Any]) -> str:
    """The options that ask for somebody in particular, as the log keeps them."""
    return urlencode({name: options[name] for name in FILTERS if options[name]})


def _option(name: str) -> str:
    return f"--{name.replace('_from', '_since').replace('_', '-')}"


def _search(typed: str) -> str:
    if typed and not terms_of(typed):
        raise CommandError("--search: enter a word to search for.")
    return typed


def _attribute(text: str) -> tuple[str, str]:
    name, value = attribute_asked_for(text)
    if text and not name:
        raise CommandError("--attribute: write the name of an attribute, = and a value.")
    return name, value


def _country(text: str) -> str:
    if text and not country_letters(text):
        raise CommandError(f"--country: {NOT_A_COUNTRY}")
    return as_kept(COUNTRY, text) if text else ""


def language_of(code: str | None) -> str:
    """The code of a language as it is kept; "" for none. Raises `CommandError` if there is none of this code."""
    found = find_language(code) if code else None
    if code and found is None:
        raise CommandError(f"--language: there is no language {code}.")
    return found.code if found else ""


def _linked_at(name: str) -> Any:
    provider = IdentityProvider.objects.filter(name=name).first()
    if provider is None:
        raise CommandError(f"There is no identity provider {name}. `manage.py identityprovider list` names them all.")
    return LinkedIdentity.objects.at(provider).values("account_id")
