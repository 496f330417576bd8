"""What the product's commands have in common: one answer for people or for programs, and errors as sentences."""

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError, connection

from accounts.errors import AccountError
from applications.errors import UnknownApplication
from common.problems import Refused
from oidc.wire.errors import SigningKeyGone
from tenants.errors import TenantError

# The services name a field, the person at the command line typed an option: the same but for hyphens, and for these.
OPTION_OF_FIELD = {
    "offers_several": "--several-accounts",
    "slug": "--domain",
    "kind": "--type",
    "locale": "--language",
    "methods": "--method",
    "factors": "--second-factor",
    "password": "--password-stdin",
    "redirect_uris": "--redirect-uri",
    "post_logout_redirect_uris": "--post-logout-redirect-uri",
    "scopes": "--scope",
    "roles": "--role",
    "permitted_scopes": "--scope",
    "permitted_roles": "--role",
    "grant_types": "--grant",
    "requires_pkce": "--no-pkce",
    "for_customers": "--not-for-customers",
    "assignee": "--email",
    "attributes": "--attribute",
    "addresses": "--stdin",
    "places": "--in",
}


LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Answer:
    """What a command found or did: `facts` for a program that asked with --json, `text` for a person."""

    facts: dict[str, Any]
    text: str


class AnsweringCommand(BaseCommand):
    """A command that says one thing: a line of JSON, or a few words. Errors go to stderr, with exit code 1."""

    requires_system_checks: Any = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer, or tell what is wrong in the words of whoever refused."""
        _require_texts(options)
        try:
            answer = self.answer(options)
        except UnicodeDecodeError as error:
            raise CommandError("What was to be read isn't text in UTF-8.") from error
        except (TenantError, AccountError, UnknownApplication, SigningKeyGone, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        except Refused as refusal:
            raise CommandError(sentences(refusal)) from refusal
        except ProgrammingError as error:
            raise CommandError("The database isn't set up for this release. Run `manage.py upgrade` first.") from error
        except OperationalError as error:
            raise CommandError(_database_problem(error)) from error
        self.stdout.write(json.dumps(answer.facts) if options["json"] else answer.text)

    def answer(self, options: dict[str, Any]) -> Answer:
        """Do what was asked."""
        raise NotImplementedError


class VerbParser(CommandParser):
    """Takes a value that begins with a hyphen, as one key ID of 64 does, where argparse sees an unknown option."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse `args`, the values that begin with a hyphen joined to the options they follow."""
        return super().parse_known_args(self._joined(args) if args else args, namespace)

    def _joined(self, words: Sequence[str]) -> list[str]:
        joined: list[str] = []
        for word in words:
            if joined and self._takes_one_value(joined[-1]) and word.startswith("-") and not self._is_option(word):
                joined[-1] += f"={word}"
            else:
                joined.append(word)
        return joined

    def _takes_one_value(self, word: str) -> bool:
        action = self._option_string_actions.get(word)
        return action is not None and action.nargs is None

    def _is_option(self, word: str) -> bool:
        return word == "--" or word.partition("=")[0] in self._option_string_actions


class VerbCommand(AnsweringCommand):
    """A command with verbs, as in `manage.py tenant create`. A subclass offers them in `add_verbs`."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Make a parser of its own for each verb."""
        self._verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb", parser_class=VerbParser)
        self.add_verbs()

    def add_verbs(self) -> None:
        """Offer the verbs, each by `verb`."""
        raise NotImplementedError

    def verb(self, name: str, run: Callable[[dict[str, Any]], Answer], *, summary: str) -> CommandParser:
        """Offer one verb, which `run` answers; the options it takes are added to the parser returned."""
        parser: CommandParser = self._verbs.add_parser(name, help=summary, description=summary)
        add_json_option(parser)
        parser.set_defaults(run=run)
        return parser

    def answer(self, options: dict[str, Any]) -> Answer:
        answer: Answer = options["run"](options)
        return answer


def add_json_option(parser: CommandParser) -> None:
    """Add the option by which the answer is one line of JSON."""
    parser.add_argument("--json", action="store_true", help="answer with one line of JSON")


def sentences(refusal: Refused) -> str:
    """What was refused, each sentence behind the option it is about."""
    return " ".join(f"{_option(problem.field)}{problem.sentence}" for problem in refusal.problems)


def require_text(word: str, *, of: str) -> None:
    """Refuse what isn't UTF-8, or no text that the database keeps. Python keeps the bytes of the command line, and of
    some inputs, as lone surrogates. Raises `CommandError`.
    """
    if LONE_SURROGATE.search(word):
        raise CommandError(f"{_option(of)}This isn't text in UTF-8.")
    if "\0" in word:
        raise CommandError(f"{_option(of)}There is a NUL character in it.")


def _require_texts(options: dict[str, Any]) -> None:
    for name, value in options.items():
        for word in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(word, str):
                require_text(word, of=name)


def _option(field: str) -> str:
    if not field:
        return ""
    same_word = f"--{field.replace('_', '-')}"
    return f"{OPTION_OF_FIELD.get(field, same_word)}: "


def _database_problem(error: OperationalError) -> str:
    """Which server it is about, and the reason alone: libpq says server and port again, for each address it tried."""
    server = connection.settings_dict
    reason = str(error).strip().partition("\n")[0].rpartition(" failed: ")[2]
    return f"The database at {server['HOST'] or 'localhost'}, port {server['PORT'] or 5432}, can't be used: {reason}"


def text_from_stdin(*, of: str) -> str:
    """All of standard input, such as a key of several lines, without what is blank around it. Raises `CommandError`."""
    text = sys.stdin.read().strip()
    if not text:
        raise CommandError(f"There is no {of} on standard input. Write it there.")
    require_text(text, of=of)
    return text


def password_from_stdin() -> str:
    """The first line of standard input, so that no password stands in a list of processes or a shell's history.

    Raises `CommandError`.
    """
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("There is no password on standard input. Write it there, followed by a line break.")
    require_text(password, of="password")
    return password
