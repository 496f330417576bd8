from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from commands.answers import Answer, AnsweringCommand, add_json_option
from commands.named import tenant_named
from common.crypto.encryption import first_key_id
from operations.resealing import Resealing, reseal_installation, reseal_tenant, tenants_to_reseal


class Command(AnsweringCommand):
    help = "Encrypt whatever an earlier key of CIAM_ENCRYPTION_KEYS has sealed under the first one. May be run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="DOMAIN", help="only this tenant; without it, all of them")
        add_json_option(parser)

    def answer(self, options: dict[str, Any]) -> Answer:
        domain = tenant_named(options["tenant"]).slug if options["tenant"] else ""
        outcomes = []
        for tenant in tenants_to_reseal(domain):
            outcomes.append(reseal_tenant(tenant, actor=Actor.command()))
            if not options["json"]:
                self._tell(outcomes[-1])
        looked_at = outcomes if domain else [*outcomes, reseal_installation()]
        problems = [problem for outcome in looked_at for problem in _problems(outcome)]
        if problems:
            raise CommandError("\n".join(["Not everything could be sealed anew:", *problems]))
        resealed = sum(outcome.resealed for outcome in outcomes)
        facts = {
            "encryption_key": first_key_id(),
            "resealed": resealed,
            "tenants": [{key: value for key, value in asdict(each).items() if key != "problems"} for each in outcomes],
        }
        text = f"{resealed} values were sealed anew." if resealed else "Nothing was left to seal anew."
        return Answer(facts, f"{text} All that is sealed opens with the key “{first_key_id()}”.")

    def _tell(self, outcome: Resealing) -> None:
        if outcome.resealed:
            self.stdout.write(f"{outcome.domain:26}  {outcome.resealed} sealed anew")


def _problems(outcome: Resealing) -> list[str]:
    return [f"{outcome.domain}: {count} x {problem}" for problem, count in outcome.problems.items()]
