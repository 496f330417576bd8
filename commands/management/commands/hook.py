from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from commands.answers import Answer, VerbCommand, password_from_stdin
from commands.named import application_named, serving, user_flow_named
from hooks.calls.trial import HookTrial, try_hook
from hooks.calls.trial import replay as replay_delivery
from hooks.description import HookDescription, described
from hooks.models import Delivery, Hook
from hooks.policies import APPLICATIONS, MOMENTS
from hooks.services import apply, create_hook, delete_hook, exchange_secret
from oidc.tokens.hook_claims import judge_of_test

ACTOR = Actor.command()


class Command(VerbCommand):
    help = "Add hooks to a tenant, servers that are asked at certain moments; change, test and delete them."

    def add_verbs(self) -> None:
        _of_tenant(self.verb("list", self.list_all, summary="list the hooks, and how they stand"))
        add = _of_tenant(self.verb("add", self.add, summary="add a hook; its secret is shown this once"))
        add.add_argument("--moment", required=True, choices=list(MOMENTS), help="when it is asked")
        add.add_argument("--on", action="store_true", help="ask it at once, before it was tested")
        change = self._about_one("change", self.change, "change what is set up about one")
        for parser, is_new in ((add, True), (change, False)):
            _add_options(parser, is_new=is_new)
        change.add_argument("--on", action="store_true", help="ask it")
        change.add_argument("--off", action="store_true", help="go on as if it weren't there, and forget nothing")
        self._about_one("test", self.test, "ask it about nobody, and say what it answers")
        self._about_one("exchange-secret", self.exchange, "sign by a new secret, and for a day by the old one as well")
        self._about_one("deliveries", self.deliveries, "list the last requests, and what came of them")
        replay = self._about_one("replay", self.replay, "send a request once more; nothing is changed by its answer")
        replay.add_argument("--delivery", required=True, type=int, help="as deliveries names it")
        self._about_one("delete", self.delete, "delete one, and forget what it was asked")

    def _about_one(self, name: str, run: Any, summary: str) -> CommandParser:
        parser = _of_tenant(self.verb(name, run, summary=summary))
        parser.add_argument("--id", required=True, dest="hook_id", help="as list names it, or its name")
        return parser

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            found = [_facts(each) for each in Hook.objects.all()]
        lines = [f"{each['id']}  {each['name']}  {each['moment']}  {each['failures']} failures" for each in found]
        return Answer({"hooks": found}, "\n".join(lines) or "There is none.")

    def add(self, options: dict[str, Any]) -> Answer:
        on_failure = MOMENTS[options["moment"]].on_failure
        usual = HookDescription("", options["moment"], "", on_failure=on_failure, is_on=options["on"])
        with serving(options["tenant"]):
            made, secret = create_hook(_wished(usual, options), header_value=_value(options), actor=ACTOR)
            facts = _facts(made)
        off = "" if made.is_on else "; it is off until `hook change --on`"
        return Answer({**facts, "secret": secret}, f"{made.name} is added{off}. Its secret, shown this once: {secret}")

    def change(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            hook = _named(options["hook_id"])
            wished = _wished(described(hook), options)
            if options["on"] or options["off"]:
                wished = replace(wished, is_on=options["on"])
            apply(hook, wished, header_value=_value(options), actor=ACTOR)
            return Answer(_facts(hook), f"{hook.name} is changed.")

    def test(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            found = _named(options["hook_id"])
            return _told(try_hook(found, judge=judge_of_test(found), actor=ACTOR))

    def replay(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            found = Delivery.objects.select_related("hook").filter(pk=options["delivery"])
            delivery = found.filter(hook=_named(options["hook_id"])).exclude(sealed_request="").first()
            if delivery is None:
                raise CommandError("There is no such delivery, or what was asked isn't kept.")
            return _told(replay_delivery(delivery, judge=judge_of_test(delivery.hook), actor=ACTOR))

    def exchange(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            secret = exchange_secret(_named(options["hook_id"]), actor=ACTOR)
        text = f"The new secret, shown this once: {secret}. The old one signs as well for a day."
        return Answer({"secret": secret}, text)

    def deliveries(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            rows = _named(options["hook_id"]).deliveries.order_by("-pk")
            found = [_facts_of_delivery(each) for each in rows]
        lines = [
            f"{each['id']}  {each['at']}  {each['kind']}  {each['judgement'] or each['problem']}" for each in found
        ]
        return Answer({"deliveries": found}, "\n".join(lines) or "There is none.")

    def delete(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            hook = _named(options["hook_id"])
            delete_hook(hook, actor=ACTOR)
        return Answer({"id": str(hook.pk)}, f"{hook.name} is deleted.")


def _of_tenant(parser: CommandParser) -> CommandParser:
    parser.add_argument("--tenant", required=True, metavar="DOMAIN")
    return parser


def _add_options(parser: CommandParser, *, is_new: bool) -> None:
    parser.add_argument("--name", required=is_new, help="for administrators")
    parser.add_argument("--url", required=is_new, help="https://..., where requests are posted to")
    parser.add_argument("--header", help="the name of one that is sent beside the signature, such as Authorization")
    parser.add_argument("--header-value-stdin", action="store_true", help="read its value from standard input")
    parser.add_argument("--flow", action="append", help="the name of a user flow; repeatable; all unless given")
    parser.add_argument("--client-id", action="append", help="of an application, for tokenIssuanceStart; repeatable")
    parser.add_argument("--public-key-file", help="RSA, as PEM or a JSON Web Key, for passwordSubmit")
    parser.add_argument("--timeout-ms", type=int, help="500 to 5000, all tries together")
    parser.add_argument("--on-failure", choices=Hook.OnFailure.values, help="what happens without a good answer")


def _wished(usual: HookDescription, options: dict[str, Any]) -> HookDescription:
    named = {
        name: options[name]
        for name in ("name", "url", "timeout_ms", "on_failure", "header")
        if options[name] is not None
    }
    is_by_application = MOMENTS[usual.moment].by == APPLICATIONS
    if options["flow"] if is_by_application else options["client_id"]:
        raise CommandError(f"A hook at {usual.moment} goes by {MOMENTS[usual.moment].by}.")
    if is_by_application and options["client_id"] is not None:
        named["serves"] = tuple(str(application_named(each).client_id) for each in options["client_id"])
    if options["flow"] is not None:
        named["serves"] = tuple(str(user_flow_named(each).pk) for each in options["flow"])
    if options["public_key_file"]:
        named["public_key"] = _text_of(options["public_key_file"])
    return replace(usual, **named)


def _value(options: dict[str, Any]) -> str:
    return password_from_stdin() if options["header_value_stdin"] else ""


def _text_of(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CommandError(f"--public-key-file: {path} can't be read.") from error


def _named(which: str) -> Hook:
    found = [each for each in Hook.objects.all() if which in {each.name, str(each.pk)}]
    if not found:
        raise CommandError(f"There is no hook {which}. `manage.py hook list` names them all.")
    return found[0]


def _told(trial: HookTrial) -> Answer:
    if trial.answer is None:
        raise CommandError(f"No good answer. {trial.outcome.problem}")
    left_out = {name: why.in_english for name, why in trial.outcome.left_out.items()}
    text = f"It answers {trial.answer.action}, after {trial.outcome.took} ms."
    lines = [text, *(f"Left out: {name}. {why}" for name, why in left_out.items())]
    return Answer({"answer": trial.told, "left_out": left_out, "took": trial.outcome.took}, "\n".join(lines))


def _facts(hook: Hook) -> dict[str, Any]:
    return {
        "id": str(hook.pk),
        **vars(described(hook)),
        "serves": hook.serves,
        "failures": hook.failures,
        "rests_until": hook.rests_until.isoformat() if hook.rests_until else None,
        "error": hook.fault.in_english,
    }


def _facts_of_delivery(delivery: Delivery) -> dict[str, Any]:
    named = ("kind", "message_id", "tries", "status", "took", "judgement")
    told = {**{name: getattr(delivery, name) for name in named}, "problem": delivery.fault.in_english}
    told["left_out"] = {name: why.in_english for name, why in delivery.omissions}
    request_id = str(delivery.request_id) if delivery.request_id else None
    return {"id": delivery.pk, "at": delivery.at.isoformat(), "request_id": request_id, **told}
