from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from accounts.attributes import EMAIL
from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import CustomAttribute
from applications.services.user_flow import replace_user_flow
from audit.services import Actor
from commands.answers import Answer, VerbCommand
from commands.flows.deleted_user_flows import add_deletion_verbs
from commands.flows.page_layouts import layout_as_json, layout_in_file
from commands.flows.terms import add_terms_options, terms_of_flow
from commands.named import application_named, serving, user_flow_named
from common.problems import Code, Problem, Refused
from userflows.admission.domains import tidied_domains
from userflows.flows.collectable import collectable_attributes
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import (
    change_user_flow,
    create_user_flow,
    describe,
    duplicate_user_flow,
    set_page_layout,
)
from userflows.methods import usual_methods
from userflows.models import UserFlow
from userflows.state import (
    ALWAYS,
    ASKING_PASSKEY,
    FACTORS,
    HUMAN_CHECKS,
    HUMAN_MEANS,
    MOST_REMEMBER_DAYS,
    NEW_BROWSER,
    WHO_HAS_ONE,
)

REQUIRED = "required"
# Who is asked for a second factor, as the command says it.
WHO = {"who-has-one": WHO_HAS_ONE, "new-browser": NEW_BROWSER, "always": ALWAYS}
NO_FACTOR = "none"
# Whom a flow lets sign up, as the command says it: by the fields of a description.
WHO_SIGNS_UP, DISPOSABLE = {"everybody": False, "invited": True}, {"take": False, "refuse": True}
NO_DOMAIN = "none"
DOMAIN_OPTIONS = {
    "allow-domain": ("allowed_domains", "take addresses at these mail domains alone"),
    "block-domain": ("blocked_domains", "take none at these"),
    "not-disposable": ("disposable_exceptions", "take those at these although they count as disposable"),
}
METHODS = "a way to sign in: password, code, link, sms, passkey, or provider:ID; offered in this order"
ON_OR_OFF = {"on": True, "off": False}
# When an address is verified, by whether that comes last.
WHEN_VERIFIED = {"before": False, "after": True}
NO_URL = "none"
USER_NAMES = "whether customers may sign in with their user name in the place of their address"
ASK_PASSKEY = "whether whoever has no passkey is asked to make one, where the flow has passkeys"


class Command(VerbCommand):
    help = "Create user flows of a tenant, change, list, delete and restore them."

    def add_verbs(self) -> None:
        create = self._verb_of_one("create", self.create, summary="create a user flow")
        change = self._verb_of_one("change", self.change, summary="change what a user flow is called, offers and asks")
        change.add_argument("--new-name", metavar="NAME")
        change.add_argument("--sign-up", choices=ON_OR_OFF, help="whether whoever has no account can make one")
        create.add_argument("--no-sign-up", action="store_true", help="customers who have an account already, only")
        create.add_argument(
            "--attribute",
            action="append",
            default=[],
            metavar="NAME[:required]",
            help="ask for it, in this order; a name the tenant doesn't know becomes a custom attribute of type String",
        )
        create.add_argument(
            "--custom-attribute",
            action="append",
            default=[],
            metavar="NAME:TYPE",
            help=f"define a custom attribute first, of type {', '.join(CustomAttribute.DataType.values)}",
        )
        for parser in (create, change):
            parser.add_argument("--method", action="append", help=METHODS)
            _add_factors(parser)
            _add_sign_up(parser)
        _add_sign_up(self._verb_of_one("sign-up", self.sign_up, summary="show or change whom it lets sign up, and how"))
        finished = self._verb_of_one("finished", self.finished, summary="show or change where finished sign-ins lead")
        finished.add_argument(
            "--url",
            help=f"for those whose application has no address of its own: https, or {NO_URL}",
        )
        names = self._verb_of_one("user-names", self.user_names, summary="show or change if a user name signs in, too")
        for parser in (create, change, names):
            parser.add_argument("--user-names", choices=ON_OR_OFF, help=USER_NAMES)
        passkeys = self._verb_of_one("passkeys", self.passkeys, summary="show or change who is asked to make a passkey")
        for parser in (create, change, passkeys):
            parser.add_argument("--ask-passkey", choices=ASKING_PASSKEY, help=ASK_PASSKEY)
        factors = self._verb_of_one(
            "second-factor", self.second_factor, summary="show or change who is asked for what besides"
        )
        _add_factors(factors)
        layout = self._verb_of_one("layout", self.layout, summary="show or set what is asked for, and how")
        layout.add_argument(
            "--file",
            type=Path,
            metavar="PATH",
            help="a list of rows in JSON, as the answer has it",
        )
        terms = self._verb_of_one("terms", terms_of_flow, summary="show or set the terms of use that customers accept")
        add_terms_options(terms)
        self._add_verbs_about_the_whole()

    def _add_verbs_about_the_whole(self) -> None:
        self._verb_of_one("set-default", self.set_default, summary="let new applications use a user flow")
        duplicate = self._verb_of_one("duplicate", self.duplicate, summary="make a user flow like another one")
        duplicate.add_argument("--as", required=True, dest="copy_name", metavar="NAME", help="what the copy is called")
        taken = self._verb_of_one("replace", self.replace, summary="let another user flow take the place of one")
        taken.add_argument("--by", required=True, metavar="NAME", help="the user flow that takes its place")
        taken.add_argument(
            "--client-id", action="append", help="of an application that goes over; repeatable, all unless given"
        )
        taken.add_argument("--keep-default", action="store_true", help="it stays the default one, if it is")
        add_deletion_verbs(self)
        self.verb("list", self.list_all, summary="list the user flows").add_argument(
            "--tenant", required=True, metavar="DOMAIN"
        )

    def _verb_of_one(self, name: str, do: Callable[[dict[str, Any]], Answer], *, summary: str) -> CommandParser:
        """The parser of a verb that is about one user flow of a tenant."""
        parser = self.verb(name, do, summary=summary)
        parser.add_argument("--tenant", required=True, metavar="DOMAIN")
        parser.add_argument("--name", required=True)
        return parser

    def create(self, options: dict[str, Any]) -> Answer:
        asked = [_layout(words) for words in options["attribute"]]
        # Every flow asks for the address, so a flow that lists it asks for nothing more.
        layout = [row for row in asked if row.attribute != EMAIL]
        with serving(options["tenant"]), transaction.atomic():
            defined = [_define(*_name_and_type(words)) for words in options["custom_attribute"]]
            known = collectable_attributes()
            defined += [_define(row.attribute, "String") for row in layout if row.attribute not in known]
            flow = create_user_flow(
                name=options["name"],
                methods=tuple(options["method"] or usual_methods()),
                allows_sign_up=not options["no_sign_up"],
                attributes=tuple(layout),
                actor=Actor.command(),
                **_besides(options),
            )
            facts = _facts(flow) | {"defined_attributes": defined}
        words = f"User flow “{flow.name}” is ready."
        if defined:
            words += f" New custom attributes: {', '.join(defined)}."
        return Answer(facts, words)

    def change(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["name"])
            change_user_flow(flow, **_way_in(options), **_besides(options), actor=Actor.command())
            facts = _facts(flow)
        return Answer(facts, f"User flow “{flow.name}” is changed. The next sign-in goes this way.")

    def second_factor(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["name"])
            if chosen := _factors(options):
                change_user_flow(flow, **chosen, actor=Actor.command())
                flow.refresh_from_db()
            facts = _facts(flow)
        asked = facts["second_factor"] or "only who has set one up"
        offered = ", ".join(facts["second_factors"]) or "none"
        return Answer(facts, f"Asked: {asked}. Offered: {offered}. Remembered for {facts['remember_days']} days.")

    def sign_up(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["name"])
            if chosen := _sign_up(options):
                change_user_flow(flow, **chosen, actor=Actor.command())
            now = describe(flow)
        facts = {
            "allows_sign_up": now.allows_sign_up,
            "invited_only": now.invited_only,
            "verifies_last": now.verifies_last,
            "sends_welcome": now.sends_welcome,
            **now.admission.as_json(),
        }
        who = "nobody" if not now.allows_sign_up else "only who was invited" if now.invited_only else "everybody"
        return Answer(facts, f"May sign up: {who}.")

    def finished(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["name"])
            if (url := options["url"]) is not None:
                change_user_flow(flow, finished_url="" if url == NO_URL else url, actor=Actor.command())
            now = describe(flow).finished_url
        return Answer({"finished_url": now}, now or "A page says what happened.")

    def passkeys(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["name"])
            if chosen := _asking(options):
                change_user_flow(flow, **chosen, actor=Actor.command())
                flow.refresh_from_db()
            facts = _facts(flow)
        return Answer(facts, f"Making a passkey: {facts['asks_passkey']}.")

    def user_names(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["name"])
            if chosen := _user_names(options):
                change_user_flow(flow, **chosen, actor=Actor.command())
                flow.refresh_from_db()
            facts = _facts(flow)
        return Answer(facts, f"Signing in with a user name: {'on' if facts['takes_user_names'] else 'off'}.")

    def layout(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["name"])
            if options["file"]:
                set_page_layout(flow, layout=layout_in_file(options["file"]), actor=Actor.command())
            rows = layout_as_json(describe(flow).attributes)
        lines = [f"{row['attribute']}: {row['input_type']}{', required' * row['is_required']}" for row in rows]
        return Answer({"page_layout": rows}, "\n".join(lines) or "Nothing is asked for.")

    def set_default(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["name"])
            change_user_flow(flow, is_default=True, actor=Actor.command())
            return Answer(_facts(flow), f"New applications use “{flow.name}” from now on.")

    def duplicate(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow = user_flow_named(options["name"])
            copy = duplicate_user_flow(flow, name=options["copy_name"], actor=Actor.command())
            return Answer(_facts(copy), f"User flow “{copy.name}” is ready. No application uses it yet.")

    def replace(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flow, by = user_flow_named(options["name"]), user_flow_named(options["by"])
            named = options["client_id"]
            moved, _ = replace_user_flow(
                flow,
                by=by,
                applications=None if named is None else [application_named(each) for each in named],
                moves_default=not options["keep_default"],
                actor=Actor.command(),
            )
            by.refresh_from_db()
            facts = _facts(by) | {"client_ids": [application.client_id for application in moved]}
        names = ", ".join(application.name for application in moved) or "no application"
        return Answer(facts, f"“{by.name}” is used instead of “{flow.name}” from now on: {names}.")

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            flows = [_facts(flow) for flow in UserFlow.objects.prefetch_related("attributes")]
        return Answer(
            {"user_flows": flows}, "\n".join(f"{flow['name']}  ({', '.join(flow['methods'])})" for flow in flows)
        )


def _add_factors(parser: CommandParser) -> None:
    parser.add_argument("--ask-second-factor", choices=list(WHO), help="who is asked for a second factor")
    parser.add_argument(
        "--second-factor", action="append", choices=[*FACTORS, NO_FACTOR], help="one that customers may show"
    )
    parser.add_argument("--remember-days", type=int, help=f"for how long a browser may be, 0 to {MOST_REMEMBER_DAYS}")


def _add_sign_up(parser: CommandParser) -> None:
    parser.add_argument("--who", choices=list(WHO_SIGNS_UP), help="who may sign up, where anybody may")
    for option, (_, what) in DOMAIN_OPTIONS.items():
        parser.add_argument(
            f"--{option}",
            action="append",
            metavar="DOMAIN",
            help=f"{what}; *.DOMAIN for all below it, {NO_DOMAIN} for none",
        )
    parser.add_argument("--disposable", choices=list(DISPOSABLE), help="whether disposable addresses are taken")
    parser.add_argument("--minimum-age", type=int, metavar="YEARS", help="0 for none")
    parser.add_argument("--human-check", choices=HUMAN_CHECKS, help="whether programs are kept out")
    parser.add_argument("--human-by", choices=HUMAN_MEANS, help="by what: a puzzle, or the tenant's CAPTCHA")
    parser.add_argument("--verify", choices=WHEN_VERIFIED, help="the address: before or after all details are given")
    parser.add_argument("--welcome-mail", choices=ON_OR_OFF, help="whether whoever has signed up is sent one")
    parser.add_argument("--birth-attribute", metavar="NAME", help="the date by which customers tell their age")


def _sign_up(options: dict[str, Any]) -> dict[str, Any]:
    """What was said of sign-up, by the fields of a description."""
    said: dict[str, Any] = {
        "invited_only": WHO_SIGNS_UP[options["who"]] if options["who"] else None,
        "refuses_disposable": DISPOSABLE[options["disposable"]] if options["disposable"] else None,
        "minimum_age": options["minimum_age"],
        "birth_attribute": options["birth_attribute"],
        "human_check": options["human_check"],
        "human_by": options["human_by"],
        "verifies_last": WHEN_VERIFIED.get(options["verify"]),
        "sends_welcome": ON_OR_OFF.get(options["welcome_mail"]),
    }
    for option, (name, _) in DOMAIN_OPTIONS.items():
        if named := options[option.replace("-", "_")]:
            said[name] = tidied_domains("\n".join(each for each in named if each != NO_DOMAIN))
    return {name: value for name, value in said.items() if value is not None}


def _way_in(options: dict[str, Any]) -> dict[str, Any]:
    """What was said of the flow's name, its methods and who may come in, by the fields of a description."""
    said: dict[str, Any] = {
        "name": options["new_name"],
        "methods": tuple(options["method"]) if options["method"] else None,
        "allows_sign_up": ON_OR_OFF[options["sign_up"]] if options["sign_up"] else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def _besides(options: dict[str, Any]) -> dict[str, Any]:
    """All else that was said, by the fields of a description."""
    return {**_factors(options), **_asking(options), **_sign_up(options), **_user_names(options)}


def _asking(options: dict[str, Any]) -> dict[str, Any]:
    return {"asks_passkey": options["ask_passkey"]} if options["ask_passkey"] else {}


def _user_names(options: dict[str, Any]) -> dict[str, Any]:
    said = options["user_names"]
    return {"takes_user_names": ON_OR_OFF[said]} if said else {}


def _factors(options: dict[str, Any]) -> dict[str, Any]:
    """What was said of second factors, by the fields of a description."""
    said: dict[str, Any] = {}
    if options["ask_second_factor"]:
        said["second_factor"] = WHO[options["ask_second_factor"]]
    if options["second_factor"]:
        said["factors"] = tuple(name for name in FACTORS if name in options["second_factor"])
    if options["remember_days"] is not None:
        said["remember_days"] = options["remember_days"]
    return said


def _layout(words: str) -> AttributeLayout:
    name, _, suffix = words.partition(":")
    if suffix not in {"", REQUIRED}:
        raise Refused([Problem(Code.INVALID, "attribute", f"Write {name} or {name}:{REQUIRED}.")])
    return AttributeLayout(name, is_required=suffix == REQUIRED)


def _name_and_type(words: str) -> tuple[str, str]:
    name, _, data_type = words.partition(":")
    if data_type not in CustomAttribute.DataType.values:
        types = ", ".join(CustomAttribute.DataType.values)
        sentence = f"Write {name}:TYPE, the type being one of {types}."
        raise Refused([Problem(Code.INVALID, "custom-attribute", sentence)])
    return name, data_type


def _define(name: str, data_type: str) -> str:
    try:
        return define_custom_attribute(name=name, data_type=data_type, actor=Actor.command()).name
    except Refused as refusal:
        told = [Problem(each.code, "attribute", f"“{name}”: {each.sentence}") for each in refusal.problems]
        raise Refused(told) from refusal


def _facts(flow: UserFlow) -> dict[str, Any]:
    return {
        "id": str(flow.pk),
        "name": flow.name,
        "methods": flow.methods,
        "allows_sign_up": flow.allows_sign_up,
        "is_default": flow.is_default,
        "second_factor": flow.second_factor,
        "second_factors": list(flow.factors),
        "remember_days": flow.remember_days,
        "asks_passkey": flow.asks_passkey,
        "takes_user_names": flow.takes_user_names,
        "attributes": [
            {"name": row.attribute, "is_required": row.is_required, "input_type": row.input_type}
            for row in flow.attributes.all()
        ],
    }
