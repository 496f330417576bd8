from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import serving
from oidc.keys.life import keys_by_state, next_rotation_at, when_it_goes
from oidc.keys.policies import MAX_ROTATION_DAYS, MIN_ROTATION_DAYS, may_sign_from
from oidc.keys.services import rotate_signing_keys, set_rotation_schedule, withdraw_signing_keys
from oidc.models import RotationSchedule, SigningKey

COST = (
    "This takes {which} out of the key set at once, and another one signs. Access tokens it signed are refused from "
    "now on, and applications that keep the key set fail until they fetch it again: within five minutes if they heed "
    "its max-age, later if they don't. To replace a key that nobody else knows, use `signingkey rotate`. Say --yes if "
    "that is meant."
)


class Command(VerbCommand):
    help = "Show the signing keys of a tenant, rotate them, or withdraw one that somebody else may know."

    def add_verbs(self) -> None:
        _of_a_tenant(self.verb("list", self.list_all, summary="list the signing keys and say when they rotate"))
        _of_a_tenant(self.verb("rotate", self.rotate, summary="let the next keys sign, without anybody noticing"))
        revoke = self.verb("revoke", self.revoke, summary="withdraw a compromised key at once, or all of them")
        _of_a_tenant(revoke)
        revoke.add_argument("--kid", help="the key's ID; without it, all keys of the tenant are withdrawn")
        revoke.add_argument("--yes", action="store_true", help="really withdraw")
        schedule = self.verb("schedule", self.schedule, summary="say how often the keys rotate by themselves")
        _of_a_tenant(schedule)
        often = schedule.add_mutually_exclusive_group(required=True)
        often.add_argument("--every-days", type=int, help=f"from {MIN_ROTATION_DAYS} to {MAX_ROTATION_DAYS}")
        often.add_argument("--off", action="store_true", help="rotate only by hand")

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            return _answer()

    def rotate(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            rotation = rotate_signing_keys(actor=Actor.command())
            answer = _answer()
        lines = [f"{key.algorithm}: {key.kid} signs from now on." for key in rotation.active]
        lines += [_when_it_can(key) for key in rotation.waiting]
        facts = {
            "rotated": [key.kid for key in rotation.active],
            "waiting": {key.kid: may_sign_from(key.since).isoformat() for key in rotation.waiting},
            **answer.facts,
        }
        if not rotation.active:
            raise CommandError("Nothing was rotated. " + " ".join(lines))
        return Answer(facts, "\n".join(lines))

    def revoke(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            kids = [options["kid"]] if options["kid"] else list(SigningKey.objects.values_list("kid", flat=True))
            if not options["yes"]:
                raise CommandError(COST.format(which="this key" if options["kid"] else "every key of the tenant"))
            heirs = withdraw_signing_keys(kids, actor=Actor.command())
            answer = _answer()
        lines = [f"{len(kids)} withdrawn.", *(f"{key.algorithm}: {key.kid} signs from now on." for key in heirs)]
        return Answer({"withdrawn": kids, **answer.facts}, "\n".join(lines))

    def schedule(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            set_rotation_schedule(every_days=options["every_days"], actor=Actor.command())
            return _answer()


def _of_a_tenant(parser: CommandParser) -> None:
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")


def _answer() -> Answer:
    """The keys of the tenant being served, and when they rotate."""
    every_days, rotates_at, keys = RotationSchedule.days(), next_rotation_at(), keys_by_state()
    facts = {
        "every_days": every_days,
        "rotates_at": rotates_at.isoformat() if rotates_at else None,
        "keys": [_facts(key) for key in keys],
    }
    schedule = f"every {every_days} days, next at {_said(rotates_at)}" if rotates_at else "off"
    lines = [f"{key.algorithm:6}{key.state:9} since {_said(key.since)}  {key.kid}" for key in keys]
    return Answer(facts, "\n".join([*lines, f"Rotation: {schedule}"]))


def _when_it_can(key: SigningKey) -> str:
    return (
        f"{key.algorithm}: {key.kid} is published since {_said(key.since)} and can sign from "
        f"{_said(may_sign_from(key.since))} on, when every application knows it. Rotate again then; "
        "`signingkey revoke` doesn't wait."
    )


def _facts(key: SigningKey) -> dict[str, Any]:
    goes = when_it_goes(key)
    return {
        "kid": key.kid,
        "algorithm": key.algorithm,
        "state": key.state,
        "since": key.since.isoformat(),
        "can_sign_from": may_sign_from(key.since).isoformat() if key.state == SigningKey.State.NEXT else None,
        "goes_at": goes.isoformat() if goes else None,
    }


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
