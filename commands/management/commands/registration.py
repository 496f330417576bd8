from typing import Any

from django.core.management.base import CommandError

from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import serving
from oidc.models import InitialAccessToken
from oidc.registration.description import ANYONE, NOBODY, TOKEN_HOLDERS
from oidc.registration.services import create_initial_access_token, describe, let_register, revoke_initial_access_token

COMMAND = Actor.command()


class Command(VerbCommand):
    help = "Let applications register themselves, and make the tokens by which they do."

    def add_verbs(self) -> None:
        for name, run, summary in (
            ("on", self.on, "let applications register themselves"),
            ("off", self.off, "let nothing register itself; what is registered stays"),
            ("list", self.list_all, "list the initial access tokens"),
        ):
            verb = self.verb(name, run, summary=summary)
            verb.add_argument("--tenant", required=True, metavar="DOMAIN")
            if name == "on":
                verb.add_argument("--anyone", action="store_true", help="without an initial access token, too")
        create = self.verb("create-token", self.create_token, summary="make an initial access token, shown this once")
        create.add_argument("--tenant", required=True, metavar="DOMAIN")
        create.add_argument("--description", required=True, help="where it is used")
        create.add_argument("--days", type=int, default=30, help="for how long it is good (%(default)s)")
        create.add_argument(
            "--max-registrations", type=int, default=1, help="how many applications register with it (%(default)s)"
        )
        revoke = self.verb("revoke-token", self.revoke_token, summary="let nobody register with a token any more")
        revoke.add_argument("--tenant", required=True, metavar="DOMAIN")
        revoke.add_argument("--begins-with", required=True, help="how its value begins, as `list` shows it")

    def on(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            let_register(ANYONE if options["anyone"] else TOKEN_HOLDERS, actor=COMMAND)
            return _answer()

    def off(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            let_register(NOBODY, actor=COMMAND)
            return _answer()

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            return _answer()

    def create_token(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            token, value = create_initial_access_token(
                description=options["description"],
                days=options["days"],
                max_registrations=options["max_registrations"],
                actor=COMMAND,
            )
        facts = {"initial_access_token": value, "expires_at": token.expires_at.isoformat()}
        return Answer(facts, f"{value}\nThe token is shown this once. Store it now.")

    def revoke_token(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            token = InitialAccessToken.objects.filter(hint=options["begins_with"], revoked_at=None).first()
            if token is None:
                raise CommandError("No token that is still good begins so.")
            revoke_initial_access_token(token, actor=COMMAND)
            return _answer()


def _answer() -> Answer:
    tokens = [
        {
            "description": token.description,
            "begins_with": token.hint,
            "registrations": token.registrations,
            "max_registrations": token.max_registrations,
            "expires_at": token.expires_at.isoformat(),
            "revoked": token.revoked_at is not None,
        }
        for token in InitialAccessToken.objects.all()
    ]
    who = describe().who
    is_on, is_open = who != NOBODY, who == ANYONE
    lines = [f"Dynamic registration is {'open to anyone' if is_open else 'on' if is_on else 'off'}."]
    lines += [_line(row) for row in tokens]
    return Answer({"is_on": is_on, "is_open": is_open, "initial_access_tokens": tokens}, "\n".join(lines))


def _line(row: dict[str, Any]) -> str:
    return f"{row['begins_with']}…  {row['registrations']} of {row['max_registrations']}  {row['description']}"
