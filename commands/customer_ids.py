"""Options about the IDs by which an application knows customers."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import Account
from applications.lookup.clients import client_by_id
from applications.models import Application
from applications.policies.subjects import SUBJECT_TYPES
from commands.named import customer_named
from common.text.ids import is_canonical_uuid
from oidc.tokens.subjects import account_of, subject_of


def add_subjects(parser: CommandParser) -> None:
    """Let a command say which IDs they are."""
    parser.add_argument("--subject-type", choices=SUBJECT_TYPES, help="those of all applications, or its own")
    parser.add_argument("--sector-identifier-uri", metavar="URI", help="a list of the redirect URIs that share them")


def chosen_subjects(options: dict[str, Any]) -> dict[str, str]:
    """What was said of them, by the fields of a description."""
    return {name: options[name] for name in ("subject_type", "sector_identifier_uri") if options[name] is not None}


def add_question(parser: CommandParser) -> None:
    """Let a command ask for a customer, and allow what an application in use has to be protected from."""
    parser.add_argument("--accept-new-subjects", action="store_true", help="of one in use: it will recognise nobody")
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--email", help="tell by which ID it knows this customer")
    told.add_argument("--subject", metavar="ID", help="tell which customer it knows by this ID")


def customer_told(application: Application, options: dict[str, Any]) -> dict[str, str]:
    """The customer asked about, with the ID by which the application knows them; nothing if nobody was.

    Raises `CommandError`.
    """
    if not options["email"] and not options["subject"]:
        return {}
    client = client_by_id(application.client_id)
    account = customer_named(options["email"]) if options["email"] else None
    if account is None:
        known_as = account_of(options["subject"], client)
        account = Account.objects.filter(pk=known_as).first() if is_canonical_uuid(known_as) else None
    if account is None:
        raise CommandError("The application knows no customer by this ID.")
    return {"email": account.email, "subject": subject_of(account.pk, client)}
