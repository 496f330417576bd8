from argparse import BooleanOptionalAction
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.services import Actor
from commands.answers import Answer, VerbCommand, text_from_stdin
from commands.named import serving
from providers.description import ProviderDescription, described, usual
from providers.models import IdentityProvider, LinkedIdentity
from providers.policies import PRESETS, SAML
from providers.saml.rules import entity_id_at
from providers.services import apply, create_provider
from providers.trial import ProviderFinding, ProviderFindingState, try_provider, with_entity_id
from tenants.addressing import default_url
from tenants.lookup import urls_of
from tenants.models import Tenant
from userflows.flows.removal import delete_provider_everywhere
from userflows.state import method_of_provider

ACTOR = Actor.command()
OPTIONS = {
    "scopes": "scope",
    "claims": "claim",
    "trusted_domains": "trusted_domain",
    "metadata": "metadata_file",
    "signs_requests": "sign_requests",
}
TEXTS = (
    "name",
    "issuer",
    "client_id",
    "team_id",
    "key_id",
    "metadata_url",
    "subject_attribute",
    "authentication",
    "trust",
)
OPTIONS |= {name: name for name in TEXTS}


class Command(VerbCommand):
    help = "Add identity providers to a tenant, change, test and delete them."

    def add_verbs(self) -> None:
        self.verb("list", self.list_all, summary="list the identity providers").add_argument(
            "--tenant", required=True, metavar="DOMAIN"
        )
        add = self.verb("add", self.add, summary="add an identity provider")
        add.add_argument("--kind", choices=list(PRESETS), default="oidc", help="oidc, for any, unless given")
        change = self.verb("change", self.change, summary="change what is set up about one")
        for parser in (add, change):
            parser.add_argument("--tenant", required=True, metavar="DOMAIN")
            _add_options(parser)
        change.add_argument("--on", action="store_true", help="let customers sign in with it")
        change.add_argument("--off", action="store_true", help="let nobody in by it, and forget nothing")
        for verb in (
            change,
            self.verb("test", self.test, summary="ask it what it publishes, and whether it knows us"),
            self.verb("delete", self.delete, summary="delete one, and forget who was linked"),
        ):
            if verb is not change:
                verb.add_argument("--tenant", required=True, metavar="DOMAIN")
            verb.add_argument("--id", required=True, dest="provider_id", help="as list names it")

    def list_all(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            found = [_facts(tenant, each) for each in IdentityProvider.objects.all()]
        lines = [f"{each['id']}  {each['name']}  {each['issuer']}" for each in found]
        return Answer({"identity_providers": found}, "\n".join(lines) or "There is none.")

    def add(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            wished = with_entity_id(_wished(usual(options["kind"]), options))
            made = create_provider(wished, secret=_secret(options), actor=ACTOR)
            facts = _facts(tenant, made)
        places = [facts["entity_id"]] if facts["entity_id"] else facts["redirect_uris"]
        return Answer(facts, f"{made.name} is added. Register at it: {' '.join(places)}")

    def change(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            provider = _named(options["provider_id"])
            wished = _wished(described(provider), options)
            if options["on"] or options["off"]:
                wished = replace(wished, is_on=options["on"])
            apply(provider, wished, secret=_secret(options), actor=ACTOR)
            return Answer(_facts(tenant, provider), f"{provider.name} is changed.")

    def test(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]) as tenant:
            provider = _named(options["provider_id"])
            uri = _facts(tenant, provider)["redirect_uris"][0]
            found = try_provider(provider, redirect_uri=uri, actor=ACTOR)
        lines = [f"{each.state:9} {each.title}: {each.text}" for each in found]
        if any(each.state is ProviderFindingState.BAD for each in found):
            raise CommandError("\n".join(lines))
        return Answer({"findings": [_told(each) for each in found]}, "\n".join(lines))

    def delete(self, options: dict[str, Any]) -> Answer:
        with serving(options["tenant"]):
            provider = _named(options["provider_id"])
            name = provider.name
            delete_provider_everywhere(provider, actor=ACTOR)
        return Answer({"id": options["provider_id"]}, f"{name} is deleted.")


def _add_options(parser: CommandParser) -> None:
    parser.add_argument("--name", help="what customers read")
    parser.add_argument("--issuer", help="the address whose /.well-known/openid-configuration describes it")
    parser.add_argument("--client-id", help="who we are there")
    parser.add_argument("--metadata-url", help="where a SAML provider's metadata stands")
    parser.add_argument("--metadata-file", type=Path, help="a file with it, for one that publishes none")
    parser.add_argument("--subject-attribute", help="the attribute that tells who somebody is, instead of the NameID")
    parser.add_argument(
        "--sign-requests", action=BooleanOptionalAction, help="whether requests to a SAML provider are signed"
    )
    parser.add_argument("--team-id", help="of Apple's developer account")
    parser.add_argument("--key-id", help="of Apple's key, which is read as the secret")
    parser.add_argument("--secret-stdin", action="store_true", help="read the client secret from standard input")
    parser.add_argument("--authentication", choices=IdentityProvider.Authentication.values)
    parser.add_argument("--scope", action="append", help="what is asked for; repeatable")
    parser.add_argument(
        "--claim",
        action="append",
        metavar="ATTRIBUTE=CLAIM",
        help="repeatable, such as city=address.locality; replaces all",
    )
    parser.add_argument("--trust", choices=IdentityProvider.Trust.values, help="whose verified addresses count here")
    parser.add_argument("--trusted-domain", action="append", help="repeatable; goes with --trust domains")


def _wished(now: ProviderDescription, options: dict[str, Any]) -> ProviderDescription:
    _refuse_others(now.kind, options)
    wished = replace(now, **{name: options[name] for name in TEXTS if options[name] is not None})
    if options["scope"] is not None:
        wished = replace(wished, scopes=tuple(options["scope"]))
    if options["trusted_domain"] is not None:
        wished = replace(wished, trusted_domains=tuple(options["trusted_domain"]))
    if options["metadata_file"] is not None:
        wished = replace(wished, metadata=_text_in(options["metadata_file"]))
    if options["sign_requests"] is not None:
        wished = replace(wished, signs_requests=options["sign_requests"])
    if options["claim"] is not None:
        pairs = [each.partition("=") for each in options["claim"]]
        wished = replace(wished, claims={name: claim for name, _, claim in pairs})
    return wished


def _text_in(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--metadata-file: {file} can’t be read as text.") from error


def _refuse_others(kind: str, options: dict[str, Any]) -> None:
    """Raises `CommandError` for an option about something that providers of this kind don't have."""
    had = PRESETS[kind].fields | {"name"}
    for name, option in OPTIONS.items():
        if options[option] is not None and name not in had:
            raise CommandError(f"--{option.replace('_', '-')}: A provider of the kind {kind} has no such thing.")


def _secret(options: dict[str, Any]) -> str:
    return text_from_stdin(of="secret") if options["secret_stdin"] else ""


def _named(provider_id: str) -> IdentityProvider:
    provider = IdentityProvider.objects.filter(pk=provider_id).first()
    if provider is None:
        raise CommandError(f"There is no identity provider with the ID “{provider_id}”.")
    return provider


def _facts(tenant: Tenant, provider: IdentityProvider) -> dict[str, Any]:
    described_as = vars(described(provider))
    return {
        "id": provider.pk,
        **{name: list(value) if isinstance(value, tuple) else value for name, value in described_as.items()},
        "entity_id": entity_id_at(default_url(tenant), provider.pk) if provider.kind == SAML else "",
        "method": method_of_provider(provider.pk),
        "redirect_uris": [f"{url}/providers/{provider.pk}/callback" for url in urls_of(tenant)],
        "linked": LinkedIdentity.objects.at(provider).count(),
        "failing_since": provider.failing_since.isoformat() if provider.failing_since else None,
        "error": provider.problem.in_english,
    }


def _told(finding: ProviderFinding) -> dict[str, str]:
    return {name: str(value) for name, value in vars(finding).items()}
