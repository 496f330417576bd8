from typing import Any

from django.core.management.base import CommandError

from applications.description import Claim
from applications.models import Application, ClaimRule
from applications.policies.claims import CLAIM_SCOPES
from applications.services.claims import choose_claim, forget_claim
from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.named import add_application_options, application_named, serving

PLACES = {"id-token": "in_id_token", "access-token": "in_access_token", "userinfo": "in_userinfo"}


class Command(VerbCommand):
    help = "Choose which claims an application is told."

    def add_verbs(self) -> None:
        choose = self.verb("choose", self.choose, summary="tell an application a claim, in place of the default one")
        add_application_options(choose)
        choose.add_argument("--name", required=True, help="as it stands in tokens")
        choose.add_argument("--source", required=True, choices=ClaimRule.Source.values)
        choose.add_argument("--value", default="", help="the attribute's name, or the constant text")
        choose.add_argument("--scope", default="", choices=CLAIM_SCOPES, help="told only with this scope")
        choose.add_argument(
            "--in", action="append", default=[], choices=PLACES, dest="places", help="may be repeated; none: held back"
        )
        forget = self.verb("forget", self.forget, summary="tell an application the default claim again")
        add_application_options(forget)
        forget.add_argument("--name", required=True)
        add_application_options(self.verb("list", self.list_all, summary="list the chosen claims of an application"))

    def choose(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            choose_claim(
                application,
                Claim(
                    name=options["name"],
                    source=options["source"],
                    value=options["value"],
                    scope=options["scope"],
                    **{column: place in options["places"] for place, column in PLACES.items()},
                ),
                actor=Actor.command(),
            )
            return _claims_of(application)

    def forget(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            rule = application.claim_rules.filter(name=options["name"]).first()
            if rule is None:
                raise CommandError(f"The claim {options['name']} isn’t chosen for {application.name}.")
            forget_claim(application, rule.name, actor=Actor.command())
            return _claims_of(application)

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            return _claims_of(application_named(options["client_id"]))


def _claims_of(application: Application) -> Answer:
    rows = [
        {
            "name": rule.name,
            "source": rule.source,
            "value": rule.value,
            "scope": rule.scope,
            "in": [place for place, column in PLACES.items() if getattr(rule, column)],
        }
        for rule in application.claim_rules.all()
    ]
    lines = [f"{row['name']}  {row['source']} {row['value']}  {', '.join(row['in']) or 'held back'}" for row in rows]
    return Answer({"client_id": application.client_id, "claims": rows}, "\n".join(lines) or "No claim is chosen.")
