import sys
from argparse import BooleanOptionalAction
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from applications.description import UNENCRYPTED, UNSIGNED
from applications.models import Application
from applications.policies.changes import usual_auth_method
from applications.policies.credentials import MAX_SECRET_LIFETIME
from applications.policies.fapi import turned_on, unmet_by
from applications.policies.frameworks import FRAMEWORK_NAMES
from applications.policies.grants import DEVICE_CODE, TOKEN_EXCHANGE, usual_grants
from applications.policies.tokens import ALGORITHMS, BOUNDS, CONTENT_ALGORITHMS, NAMES
from applications.services.application import change, change_application, change_with_new_subjects, describe
from applications.services.credentials import create_client_secret
from applications.services.registration import register_application
from audit.services import Actor
from commands.answers import Answer, VerbCommand, require_text
from commands.customer_ids import add_question, add_subjects, chosen_subjects, customer_told
from commands.deleted_applications import add_deletion_verbs
from commands.named import add_application_options, application_named, serving, user_flow_named
from common.crypto.certificate_names import CERTIFICATE_FIELDS
from common.crypto.public_keys import ENCRYPTION_ALGORITHMS
from common.problems import Code, Problem, Refused
from oidc.quick_start.sample_applications import SAMPLES, samples_for, zipped
from oidc.wire.addresses import issuer_of
from userflows.state import ALWAYS, FACTORS, NEVER, NEW_BROWSER, WHO_HAS_ONE

SECRET_DAYS = 180
MAX_SECRET_DAYS = MAX_SECRET_LIFETIME.days

# Who is asked for a second factor besides those whom the user flow asks, as the command says it.
AS_THE_FLOW = "as-the-flow"
SECOND_FACTORS = {AS_THE_FLOW: WHO_HAS_ONE, "never": NEVER, "new-browser": NEW_BROWSER, "always": ALWAYS}


class Command(VerbCommand):
    help = "Register, change, delete and restore applications of a tenant."

    def add_verbs(self) -> None:
        register = self.verb("register", self.register, summary="register an application")
        register.add_argument("--tenant", required=True, metavar="DOMAIN")
        register.add_argument("--name", required=True, help="what customers read: to continue to NAME")
        register.add_argument("--type", required=True, dest="kind", choices=Application.Kind.values)
        register.add_argument(
            "--framework",
            choices=FRAMEWORK_NAMES,
            default="",
            help="what it is written with: the quick start opens there",
        )
        register.add_argument("--auth-method", choices=Application.AuthMethod.values)
        _add_keys(register)
        _add_certificate(register)
        register.add_argument(
            "--no-pkce", action="store_true", help="a web application whose library knows nothing of PKCE"
        )
        register.add_argument("--user-flow", metavar="NAME", help="without it, the tenant's default one")
        register.add_argument(
            "--secret-days", type=int, default=SECRET_DAYS, help="for how long the client secret is good (%(default)s)"
        )
        register.add_argument(
            "--requires-pushed-requests", action="store_true", help="accept pushed authorization requests only"
        )
        _add_second_factor(register)
        _add_sign_out(register)
        add_subjects(register)
        _add_grants(register)
        _add_lists(register)
        grants = self.verb("grants", self.grants, summary="show or change which grants an application may use")
        add_application_options(grants)
        _add_grants(grants)
        flow = self.verb("user-flow", self.user_flow, summary="show or change which user flow its customers go through")
        add_application_options(flow)
        flow.add_argument("--user-flow", metavar="NAME")
        asks = self.verb("second-factor", self.second_factor, summary="show or change who is asked for a second factor")
        add_application_options(asks)
        _add_second_factor(asks)
        fapi = self.verb("fapi", self.fapi, summary="show or change how far an application follows FAPI 2.0")
        add_application_options(fapi)
        fapi.add_argument("--turn", choices=["on", "off"], help="the Security Profile, with all that it chooses")
        fapi.add_argument(
            "--requires-signed-requests", action=BooleanOptionalAction, help="only signed authorization requests"
        )
        tokens = self.verb("tokens", self.tokens, summary="show or change how the tokens of an application are made")
        add_application_options(tokens)
        _add_token_settings(tokens)
        _add_keys(tokens)
        subjects = self.verb("subjects", self.subjects, summary="show or change by which IDs it knows customers")
        add_application_options(subjects)
        add_subjects(subjects)
        add_question(subjects)
        sample = self.verb("sample", self.sample, summary="write a sample application, filled in, as a zip file")
        add_application_options(sample)
        sample.add_argument("--sample", required=True, choices=[sample.folder for sample in SAMPLES])
        sample.add_argument("--to", required=True, type=Path, metavar="FILE")
        add_deletion_verbs(self)
        self.verb("list", self.list_all, summary="list the applications").add_argument(
            "--tenant", required=True, metavar="DOMAIN"
        )

    def register(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant, transaction.atomic():
            application = register_application(
                name=options["name"],
                kind=options["kind"],
                redirect_uris=options["redirect_uri"],
                post_logout_redirect_uris=options["post_logout_redirect_uri"],
                framework=options["framework"],
                user_flow=user_flow_named(options["user_flow"]).pk if options["user_flow"] else None,
                auth_method=options["auth_method"] or usual_auth_method(options["kind"]),
                **_keys(options),
                certificate_field=options["certificate_field"] or "",
                certificate_subject=options["certificate_subject"] or "",
                grant_types=_grants(options, usual=usual_grants(options["kind"])),
                requires_pkce=not options["no_pkce"],
                scopes=options["scope"],
                requires_pushed_requests=options["requires_pushed_requests"],
                **chosen_subjects(options),
                **_second_factor(options),
                backchannel_logout_uri=options["backchannel_logout_uri"],
                frontchannel_logout_uri=options["frontchannel_logout_uri"],
                actor=Actor.command(),
            )
            secret = _secret(application, options["secret_days"]) if application.uses_secret else None
            issuer = issuer_of(tenant)
        facts = {"client_id": application.client_id, "client_secret": secret, "issuer": issuer}
        lines = [f"Issuer         {issuer}", f"Client ID      {application.client_id}"]
        if secret:
            lines += [f"Client secret  {secret}", "The secret is shown this once. Store it now."]
        return Answer(facts, "\n".join(lines))

    def grants(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]), transaction.atomic():
            application = application_named(options["client_id"])
            chosen = _grants(options, usual=application.grant_types)
            change_application(application, grant_types=chosen, actor=Actor.command())
        facts = {"client_id": application.client_id, "grant_types": list(application.grant_types)}
        return Answer(facts, "\n".join(application.grant_types))

    def user_flow(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            if options["user_flow"]:
                chosen = user_flow_named(options["user_flow"]).pk
                change_application(application, user_flow=chosen, actor=Actor.command())
            used = application.user_flow.name if application.user_flow else None
        facts = {"client_id": application.client_id, "user_flow": used}
        return Answer(facts, f"Customers go through “{used}”." if used else "It signs nobody in.")

    def second_factor(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            if chosen := _second_factor(options):
                change_application(application, actor=Actor.command(), **chosen)
        factors = list(application.counted_factors)
        facts = {
            "client_id": application.client_id,
            "second_factor": application.second_factor,
            "second_factors": factors,
        }
        lines = [
            f"Asked besides: {application.second_factor or 'as the user flow says'}.",
            f"Factors that count: {', '.join(factors) or 'those of the user flow'}.",
        ]
        return Answer(facts, "\n".join(lines))

    def fapi(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]), transaction.atomic():
            application = application_named(options["client_id"])
            if options["turn"] == "on":
                change(application, turned_on, actor=Actor.command())
            elif options["turn"] == "off":
                change_application(application, follows_fapi=False, actor=Actor.command())
            if options["requires_signed_requests"] is not None:
                signs = options["requires_signed_requests"]
                change_application(application, requires_signed_requests=signs, actor=Actor.command())
            unmet = unmet_by(describe(application))
        facts = {
            "client_id": application.client_id,
            "follows_fapi": application.follows_fapi,
            "requires_signed_requests": application.requires_signed_requests,
            "unmet": [each.field for each in unmet],
        }
        lines = [
            f"FAPI 2.0 Security Profile: {'on' if application.follows_fapi else 'off'}.",
            f"Signed requests: {'required' if application.requires_signed_requests else 'taken'}.",
            *(f"Unmet: {each.says}" for each in unmet),
        ]
        return Answer(facts, "\n".join(lines))

    def tokens(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            chosen = {name: options[name] for name in NAMES if options[name] is not None} | _keys(options)
            change_application(application, **chosen, actor=Actor.command())
            facts = {"client_id": application.client_id, **asdict(application.token_settings)}
        return Answer(facts, "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in facts.items()))

    def subjects(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            application = application_named(options["client_id"])
            if chosen := chosen_subjects(options):
                save = change_with_new_subjects if options["accept_new_subjects"] else change_application
                save(application, actor=Actor.command(), **chosen)
            facts: dict[str, Any] = {
                "client_id": application.client_id,
                "subject_type": application.subject_type,
                "sector_identifier_uri": application.sector_identifier_uri or None,
                **customer_told(application, options),
            }
        return Answer(facts, "\n".join(f"{name.replace('_', ' ')}: {value or '-'}" for name, value in facts.items()))

    def sample(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            application = application_named(options["client_id"])
            fitting = {sample.folder: sample for sample in samples_for(application)}
            chosen = fitting.get(options["sample"])
            if chosen is None:
                names = ", ".join(fitting) or "none"
                raise CommandError(f"This sample doesn't fit the application. Those that do: {names}.")
            packed = zipped(chosen, application=application, tenant=tenant)
        try:
            options["to"].write_bytes(packed)
        except OSError as error:
            raise CommandError(f"{options['to']} can't be written: {error.strerror}.") from error
        facts = {"file": str(options["to"]), "redirect_uri": chosen.redirect_uri or None}
        return Answer(facts, f"Wrote {options['to']}.")

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            rows = [
                {
                    "client_id": application.client_id,
                    "name": application.name,
                    "type": application.kind,
                    "framework": application.framework or None,
                    "last_used_on": application.last_used_on and application.last_used_on.isoformat(),
                }
                for application in Application.objects.all()
            ]
        lines = [f"{row['client_id']}  {row['type']:8}  {row['name']}" for row in rows]
        return Answer({"applications": rows}, "\n".join(lines) or "No applications yet.")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _add_token_settings(parser: CommandParser) -> None:
    for name, bounds in BOUNDS.items():
        parser.add_argument(_option(name), type=int, help=f"{bounds.low} to {bounds.high} {bounds.unit}")
    for name in ("id_token_algorithm", "access_token_algorithm"):
        parser.add_argument(_option(name), choices=ALGORITHMS)
    parser.add_argument(_option("userinfo_algorithm"), choices=[UNSIGNED, *ALGORITHMS])
    for place in ("id-token", "userinfo"):
        parser.add_argument(f"--{place}-encryption", choices=[UNENCRYPTED, *ENCRYPTION_ALGORITHMS])
        parser.add_argument(f"--{place}-content", choices=CONTENT_ALGORITHMS)
    parser.add_argument("--requires-dpop", action=BooleanOptionalAction, help="only tokens bound to a key (RFC 9449)")
    parser.add_argument(
        "--binds-to-certificate",
        action=BooleanOptionalAction,
        help="only tokens bound to the client certificate (RFC 8705)",
    )
    parser.add_argument(
        "--id-token-tells-customer", action=BooleanOptionalAction, help="ID tokens tell what userinfo tells"
    )


def _add_sign_out(parser: CommandParser) -> None:
    parser.add_argument(
        "--backchannel-logout-uri",
        default="",
        metavar="URI",
        help="what is called when a session ended",
    )
    parser.add_argument(
        "--frontchannel-logout-uri", default="", metavar="URI", help="what the browser loads when a session ended"
    )


def _add_second_factor(parser: CommandParser) -> None:
    parser.add_argument("--ask-second-factor", choices=list(SECOND_FACTORS), help="who is asked besides the flow's")
    parser.add_argument(
        "--second-factor",
        action="append",
        choices=[*FACTORS, AS_THE_FLOW],
        help="one that counts, in the place of the flow's; may be repeated",
    )


def _second_factor(options: dict[str, Any]) -> dict[str, Any]:
    """What was said of second factors, by the fields of a description."""
    said: dict[str, Any] = {}
    if options["ask_second_factor"]:
        said["second_factor"] = SECOND_FACTORS[options["ask_second_factor"]]
    if options["second_factor"]:
        said["factors"] = tuple(name for name in FACTORS if name in options["second_factor"])
    return said


def _add_grants(parser: CommandParser) -> None:
    parser.add_argument(
        "--grant",
        action="append",
        default=[],
        metavar="GRANT",
        help="a grant it may use, and no others than those named; may be repeated",
    )
    for option, words in (
        ("--device-code", "let devices without a browser sign customers in (RFC 8628)"),
        ("--token-exchange", "let it exchange access tokens it was given (RFC 8693)"),
    ):
        parser.add_argument(option, action=BooleanOptionalAction, help=words)


def _grants(options: dict[str, Any], *, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The grants named, else the usual ones; then those that have an option of their own are put in or left out."""
    chosen = dict.fromkeys(options["grant"] or usual)
    for grant, wanted in ((DEVICE_CODE, options["device_code"]), (TOKEN_EXCHANGE, options["token_exchange"])):
        if wanted:
            chosen[grant] = None
        elif wanted is False:
            chosen.pop(grant, None)
    return tuple(chosen)


def _add_lists(parser: CommandParser) -> None:
    for option, metavar, words in (
        ("--redirect-uri", "URI", "where the browser may return to; may be repeated, as may the next ones"),
        ("--post-logout-redirect-uri", "URI", "where the browser may return to after sign-out"),
        ("--scope", "SCOPE", "a scope of the application's own, beside the standard ones"),
    ):
        parser.add_argument(option, action="append", default=[], metavar=metavar, help=words)


def _keys(options: dict[str, Any]) -> dict[str, str]:
    """The public keys, or their address, if one of them was said."""
    if not options["jwks"] and not options["jwks_uri"]:
        return {}
    return {"jwks": _read(options["jwks"]) if options["jwks"] else "", "jwks_uri": options["jwks_uri"] or ""}


def _add_keys(parser: CommandParser) -> None:
    keys = parser.add_mutually_exclusive_group()
    keys.add_argument("--jwks", metavar="FILE", help="its public keys (JWK Set); - reads them here")
    keys.add_argument("--jwks-uri", metavar="URI", help="where the application publishes its public keys")


def _add_certificate(parser: CommandParser) -> None:
    parser.add_argument(
        "--certificate-field", choices=CERTIFICATE_FIELDS, help="for tls_client_auth: by which part it is known"
    )
    parser.add_argument("--certificate-subject", metavar="TEXT", help="what stands in that part of its certificate")


def _read(path: str) -> str:
    """The content of a file, or of standard input for `-`."""
    try:
        content = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise Refused([Problem(Code.INVALID, "jwks", f"{path} can't be read.")]) from error
    require_text(content, of="jwks")
    return content


def _secret(application: Application, days: int) -> str:
    if not 1 <= days <= MAX_SECRET_DAYS:
        sentence = f"Write a whole number from 1 to {MAX_SECRET_DAYS}."
        raise Refused([Problem(Code.OUT_OF_RANGE, "secret-days", sentence)])
    expires_at = timezone.now() + timedelta(days=days)
    _, value = create_client_secret(
        application, description="Command line", expires_at=expires_at, actor=Actor.command()
    )
    return value
