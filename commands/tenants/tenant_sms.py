"""`manage.py tenant sms`: how a tenant sends text messages."""

from argparse import ArgumentTypeError
from dataclasses import asdict, replace
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from commands.answers import Answer, password_from_stdin
from commands.named import serving
from sms.models import TextSettings
from sms.policies import FORM, GET, HTTP, JSON, OUTBOX
from sms.senders.description import describe
from sms.services import choose_sender, try_sender

NONE = "none"
USUAL = "usual"
CHOSEN = ("request", "url", "body", "per_hour", "per_day", "per_country")


def add_sms_options(parser: CommandParser) -> None:
    """What may be chosen, by the names of the description."""
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    parser.add_argument("--sender", choices=[OUTBOX, HTTP, NONE], help="by what text messages leave")
    parser.add_argument("--request", choices=[JSON, FORM, GET], help="what an SMS provider is asked by")
    parser.add_argument("--url", help="its address, with {to}, {text} and {secret} where they go")
    parser.add_argument("--header", action="append", metavar="NAME: VALUE", help="sent along; {secret} may stand in it")
    parser.add_argument("--body", help="what is posted, with {to} and {text} where they go")
    parser.add_argument("--secret-stdin", action="store_true", help="read the secret from standard input")
    parser.add_argument("--country", action="append", metavar="LETTERS", help="messages go there, such as DE; or none")
    parser.add_argument("--per-hour", type=int, help="how many at most in an hour")
    parser.add_argument("--per-day", type=int, help="how many at most in a day")
    parser.add_argument("--per-country", type=int, help="how many at most in a day to each country")
    parser.add_argument(
        "--country-limit",
        action="append",
        default=[],
        type=_country_limit,
        metavar="LETTERS=NUMBER",
        help="how many at most in a day to this country, such as DE=50; DE=usual for as many as to each",
    )
    parser.add_argument("--test-to", metavar="NUMBER", help="send a test there, with these values, and save nothing")


def sms(options: dict[str, Any]) -> Answer:
    """Show how the tenant sends text messages, choose it, or test it. Raises `CommandError`."""
    chosen = _chosen(options)
    with serving(options["tenant"]):
        wished = replace(describe(), **chosen)
        for country, most in options["country_limit"]:
            wished = wished.limiting(country, most)
        secret = password_from_stdin() if options["secret_stdin"] else ""
        if options["test_to"]:
            trial = try_sender(wished, secret=secret, to=options["test_to"])
            if trial.problem:
                raise CommandError(trial.problem)
            return Answer({"to": trial.to}, f"The SMS provider took the test for {trial.to}.")
        if wished != describe() or secret:
            choose_sender(wished, secret=secret, actor=Actor.command())
        facts = asdict(describe()) | {"has_secret": TextSettings.objects.exclude(sealed_secret="").exists()}
    return Answer(facts, "\n".join(f"{name:12}  {value}" for name, value in facts.items()))


def _country_limit(text: str) -> tuple[str, int | None]:
    letters, _equals, most = text.partition("=")
    if most != USUAL and not (most.isascii() and most.isdigit()):
        raise ArgumentTypeError(f"{text}: write LETTERS=NUMBER, such as DE=50, or DE={USUAL}")
    return letters.upper(), None if most == USUAL else int(most)


def _chosen(options: dict[str, Any]) -> dict[str, Any]:
    chosen = {name: options[name] for name in CHOSEN if options[name] is not None}
    if options["sender"]:
        chosen["sender"] = "" if options["sender"] == NONE else options["sender"]
    if options["header"]:
        chosen["headers"] = "\n".join(options["header"])
    if options["country"]:
        chosen["countries"] = () if options["country"] == [NONE] else tuple(map(str.upper, options["country"]))
    return chosen
