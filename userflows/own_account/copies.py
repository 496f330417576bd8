"""A copy of all that is kept about an account, for its owner: as JSON, and to be read.

Each package tells what it keeps, in a section of its own; the floors above add theirs when they are started.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL
from accounts.identity.services.terms import accepted_terms
from accounts.models import Account, AddressChange, AuthenticatorApp, GroupMember, Passkey, Session
from accounts.sessions.store import BROWSER
from providers.models import LinkedIdentity
from userflows.own_account.activity import REASONS, WORDS, events_told_to

MOST_EVENTS = 10_000
Entry = Mapping[str, Any]
Entries = Callable[[Account], Iterable[Entry]]
"""A section of the copy: what is told of an account, by the names of `LABELS`."""

TITLES: dict[str, str | Promise] = {
    "account": _("Your account"),
    "agreements": _("What you have agreed to"),
    "ways_to_sign_in": _("Ways to sign in"),
    "former_addresses": _("Former email addresses"),
    "groups": _("Groups"),
    "roles": _("Roles"),
    "browsers": _("Where you're signed in"),
    "apps": _("Connected apps"),
    "activity": _("Activity"),
}
LABELS: dict[str, str | Promise] = {
    **{name: attribute.label for name, attribute in BUILT_IN_ATTRIBUTES.items()},
    "email_verified": _("Address verified"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "created_at": _("Created"),
    "closes_at": _("Will be deleted"),
    "terms": _("Terms of use"),
    "accepted_at": _("Accepted"),
    "name": _("Name"),
    "way": _("Way to sign in"),
    "since": _("Since"),
    "last_used_at": _("Last active"),
    "ends_at": _("Ends"),
    "browser": _("Browser"),
    "ip": _("IP address"),
    "app": _("App"),
    "at": _("Time"),
    "action": _("Event"),
    "result": _("Result"),
    "reason": _("Reason"),
    "before": _("Until then"),
    "after": _("From then on"),
    "permissions": _("Permissions"),
}

# Codes, as they are read.
SAID: dict[str, Mapping[str, str | Promise]] = {
    "action": WORDS,
    "reason": REASONS,
    "result": {"success": _("Done"), "failure": _("Failed")},
    "way": {
        "password": _("Password"),
        "authenticator_app": _("Authenticator app"),
        "passkey": _("Passkey"),
        "phone": _("Phone number"),
    },
}


class SectionWords(NamedTuple):
    """What is read in a section for names, and for codes by name."""

    labels: Mapping[str, str | Promise]
    said: Mapping[str, Mapping[str, str | Promise]]


def copy_of(account: Account) -> str:
    """The copy as JSON text: when it was made, then each section as a list."""
    told: dict[str, Any] = {"made_at": timezone.now()}
    told |= {name: [dict(entry) for entry in _sections[name](account)] for name in TITLES if name in _sections}
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def read_copy(content: str, labels: Mapping[str, str]) -> list[tuple[str, list[list[tuple[str, Any]]]]]:
    """The same to be read: each section's title with its entries, and these as pairs of a label and a value. Attributes
    go by these `labels`, by name; without one by their own name.
    """
    told = json.loads(content)
    words = {
        "account": SectionWords({**LABELS, **labels}, SAID),
        "agreements": SectionWords(LABELS, {**SAID, "name": labels}),
    }
    return [
        (str(title), [_read(entry, words.get(name, SectionWords(LABELS, SAID))) for entry in told[name]])
        for name, title in TITLES.items()
        if told.get(name)
    ]


def add_section(name: str, entries: Entries) -> None:
    """Add a section to copies, whose title is one of `TITLES`."""
    _sections[name] = entries


def _read(entry: Entry, words: SectionWords) -> list[tuple[str, Any]]:
    labels, said = words
    shown = ((str(labels.get(name, name)), _value(value, said.get(name, {}))) for name, value in entry.items())
    return [(label, value) for label, value in shown if value not in (None, "")]


def _value(value: Any, said: Mapping[str, str | Promise]) -> Any:
    """Codes in words, times as times, lists in one line."""
    if isinstance(value, str) and value in said:
        return str(said[value])
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, str) and value[4:5] == "-" and "T" in value:
        try:
            return parse_datetime(value) or value
        except ValueError:
            return value
    return value


def _account(account: Account) -> Iterable[Entry]:
    attributes = {name: account.attribute(name) for name in BUILT_IN_ATTRIBUTES if name != EMAIL}
    yield {
        "id": account.pk,
        "email": account.email,
        "email_verified": account.email_verified,
        **{name: value for name, value in {**attributes, **account.custom_attributes}.items() if value is not None},
        "language": account.language,
        "time_zone": account.time_zone,
        "created_at": account.created_at,
        "closes_at": account.closes_at,
    }


def _agreements(account: Account) -> Iterable[Entry]:
    yield from ({"name": name, "accepted_at": at} for name, at in account.agreed_at.items())
    yield from ({"terms": each.version, "accepted_at": each.at} for each in accepted_terms(account))


def _ways_to_sign_in(account: Account) -> Iterable[Entry]:
    if account.has_usable_password():
        yield {"way": "password"}
    for app in AuthenticatorApp.objects.filter(account=account):
        yield {"way": "authenticator_app", "since": app.created_at, "last_used_at": app.used_at}
    for passkey in Passkey.objects.of_account(account.pk):
        yield {"way": "passkey", "name": passkey.name, "since": passkey.created_at, "last_used_at": passkey.used_at}
    if account.phone_number:
        yield {"way": "phone", "name": account.phone_number}
    for linked in LinkedIdentity.objects.of_account(account.pk):
        yield {"way": linked.provider.name, "email": linked.email, "since": linked.linked_at}


def _addresses(account: Account) -> Iterable[Entry]:
    made = AddressChange.objects.revocable().filter(account_id=account.pk).order_by("done_at")
    return ({"before": change.before, "after": change.after, "at": change.done_at} for change in made)


def _browsers(account: Account) -> Iterable[Entry]:
    for session in Session.objects.of_account(account.pk).alive().order_by("-seen_at"):
        yield {
            "browser": session.data.get(BROWSER, ""),
            "since": session.created_at,
            "last_used_at": session.seen_at,
            "ends_at": session.ends_at,
        }


def _groups(account: Account) -> Iterable[Entry]:
    for member in GroupMember.objects.filter(account=account).select_related("group"):
        yield {"name": member.group.name, "since": member.since}


def _events(account: Account) -> Iterable[Entry]:
    for event in events_told_to(account).newest_first()[:MOST_EVENTS]:
        # Where an administrator sat is no matter of the customer's.
        is_own = event.actor_kind == "customer"
        yield {
            "at": event.at,
            "action": event.action,
            "result": event.result,
            "reason": event.reason,
            "app": event.application,
            "browser": event.browser if is_own else "",
            "ip": event.ip if is_own else None,
        }


_sections: dict[str, Entries] = {
    "account": _account,
    "agreements": _agreements,
    "ways_to_sign_in": _ways_to_sign_in,
    "former_addresses": _addresses,
    "groups": _groups,
    "browsers": _browsers,
    "activity": _events,
}
