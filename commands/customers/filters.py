"""Options by which customers are found: those that the portal's list has."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.management.base import CommandError, CommandParser
from django.db.models import QuerySet

from accounts.attributes import COUNTRY
from accounts.finding.lookup import NO_FACTOR, PASSWORDS, CustomerFilter, with_factor
from accounts.finding.policies import terms_of
from accounts.identity.values import as_kept, attribute_asked_for
from accounts.models import CustomerView, Factor, Standing
from branding.languages.every import find_any_language
from bulk.forms.filters import FilterForm
from bulk.models import Item, Operation
from commands.log_destinations import moment_of
from commands.named import administrator_named, application_named, group_named
from common.text.countries import NOT_A_COUNTRY, country_letters
from common.text.ids import uuid_of
from providers.models import IdentityProvider, LinkedIdentity
from userflows.journeys.attempts.lockouts import locked_accounts

LOCKED = "locked"
# Options whose values are moments, by the fields of a filter that they bound.
MOMENTS = ("signed_up_from", "signed_up_before", "signed_in_from", "signed_in_before")
FILTERS = (
    *("search", "state", "verified", "factor", "password", "provider", "group", "application", "operation"),
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
    parser.add_argument("--operation", default="", metavar="ID", help="a bulk operation that made or changed them")
    parser.add_argument("--view", default="", metavar="NAME", help="a view that is shared, in place of all of these")
    parser.add_argument("--as", dest="owner", default="", metavar="ADDRESS", help="the administrator who has that view")


def asked_for(options: dict[str, Any]) -> CustomerFilter:
    """The question that the options put, in the tenant being served. Raises `CommandError` for what can't be meant."""
    if options["view"] or options["owner"]:
        return _asked_by_view(options)
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
        within=(*_linked_at(options["provider"]), *_touched_by(options["operation"])),
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
    return _view(options).query if options["view"] else urlencode({name: options[name] for name in _given(options)})


def _given(options: dict[str, Any]) -> list[str]:
    return [name for name in FILTERS if options[name]]


def _asked_by_view(options: dict[str, Any]) -> CustomerFilter:
    if not options["view"]:
        raise CommandError("--as: say by --view which view it is.")
    if _given(options):
        raise CommandError("--view: it comes in the place of other filters.")
    form = FilterForm(dict(parse_qsl(_view(options).query)), "", sees_imports=True)
    asked = form.asked
    if form.errors:
        raise CommandError(f"--view: a filter can't be read any more: {', '.join(form.left_out)}.")
    return asked


def _view(options: dict[str, Any]) -> CustomerView:
    name, owner = options["view"], options["owner"]
    named = CustomerView.objects.filter(name__iexact=name)
    if owner:
        administrator = administrator_named(owner)
        [*found] = named.filter(administrator_id=administrator) if administrator else []
    else:
        [*found] = named.filter(is_shared=True)
    if len(found) > 1:
        raise CommandError(f"--view: several administrators share a view “{name}”. Say by --as whose you mean.")
    if not found:
        raise CommandError(
            f"--view: {owner} has no view “{name}”."
            if owner
            else f"--view: no view “{name}” is shared. --as ADDRESS finds one that an administrator has for themselves."
        )
    return found[0]


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
    found = find_any_language(code) if code else None
    if code and found is None:
        raise CommandError(f"--language: there is no language {code}.")
    return found.code if found else ""


def _touched_by(operation_id: str) -> Iterator[QuerySet[Item, Any]]:
    if operation_id:
        yield Item.objects.touched_by(operation_named(operation_id)).values("account_id")


def operation_named(operation_id: str) -> Operation:
    """The bulk operation with this ID. Raises `CommandError`."""
    known = uuid_of(operation_id)
    found = Operation.objects.filter(pk=known).first() if known else None
    if found is None:
        raise CommandError("There is no bulk operation with this ID. They are kept for 30 days.")
    return found


def _linked_at(name: str) -> Iterator[QuerySet[LinkedIdentity, Any]]:
    if not name:
        return
    provider = IdentityProvider.objects.filter(name=name).first()
    if provider is None:
        raise CommandError(f"There is no identity provider {name}. `manage.py identityprovider list` names them all.")
    yield LinkedIdentity.objects.at(provider).values("account_id")
