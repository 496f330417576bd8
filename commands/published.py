"""What is drafted and published, as commands are told of it and tell it."""

from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from branding.models import BrandVersion, DraftLink
from branding.policies import NOTE_LENGTH
from branding.versions.links import DAYS
from common.database.published import PublishedValue


def add_time(parser: CommandParser) -> None:
    """Add the option by which a draft is published at a time."""
    parser.add_argument("--at", help="when, such as 2027-01-31T09:30+01:00; without a zone it is UTC")


def add_link(parser: CommandParser) -> None:
    """Add the options by which a link is made."""
    parser.add_argument("--days", type=int, choices=DAYS, default=7)
    parser.add_argument("--note", default="", type=_note, help="what for, in the list of links")


def moment_of(text: str) -> datetime:
    """The time that the option says. Raises `CommandError`."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError("--at: write a day and a time, such as 2027-01-31T09:30+01:00.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())


def facts_of(version: PublishedValue) -> dict[str, Any]:
    """What is told of a version; of a brand's also how many sentences it says otherwise, by language."""
    of_brand = {"sentences": version.sentences} if isinstance(version, BrandVersion) else {}
    return {
        "number": version.number,
        "published_at": version.published_at.isoformat(timespec="seconds") if version.published_at else None,
        "by": version.actor_name,
        "changes": version.changes,
        "number_of_changes": version.number_of_changes,
        "restores": version.restores,
        **of_brand,
    }


def history_in_words(versions: list[dict[str, Any]]) -> str:
    """A line for each of these."""
    return "\n".join(map(_in_words, versions)) or "Nothing is published."


def _in_words(told: dict[str, Any]) -> str:
    said = [_counted(told["number_of_changes"], "change")]
    said += [f"{language}: {_counted(number, 'sentence')}" for language, number in told.get("sentences", {}).items()]
    return f"{told['number']}  {told['published_at']}  {told['by']}  {', '.join(said)}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def facts_of_link(link: DraftLink) -> dict[str, Any]:
    """What is told of a link, which isn't the link itself."""
    return {
        "id": str(link.pk),
        "note": link.note,
        "by": link.actor_name,
        "until": link.until.isoformat(timespec="seconds"),
        "opened_at": link.opened_at.isoformat(timespec="seconds") if link.opened_at else None,
    }


def links_in_words(links: list[dict[str, Any]]) -> str:
    """A line for each of these."""
    lines = [f"{each['id']}  until {each['until']}  {each['by']}  {each['note']}" for each in links]
    return "\n".join(lines) or "There is none."


def _note(text: str) -> str:
    if len(text) > NOTE_LENGTH:
        raise ArgumentTypeError(f"at most {NOTE_LENGTH} characters")
    return text
