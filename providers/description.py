"""What may be chosen about an identity provider, as one value. The secret is no part of it: it goes in, never out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from common.problems import Code, Problem, name_problems, wrong
from common.text.email_address import domain_in_ascii
from common.text.translation import gettext as _
from common.versions import version_of
from common.web.outgoing import url_problem
from providers.credentials import is_private_key
from providers.errors import ProviderFailed
from providers.models import IdentityProvider
from providers.policies import APPLE, OIDC, PRESETS, SAML, USUAL_CLAIMS, USUAL_SCOPES

MAX_NAME, MAX_ISSUER, MAX_CLIENT_ID, MAX_SECRET = 64, 512, 256, 4096
MAX_SCOPES, MAX_DOMAINS, MAX_CLAIMS = 20, 100, 50
# Characters of a scope (RFC 6749 section 3.3), and of a client ID or secret as it is pasted.
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")
PLAIN = re.compile(r"[\x21-\x7e]+")
CLAIM = re.compile(r"[\x21-\x7e]{1,200}")
# As Apple makes them.
TEN_CHARACTERS = re.compile(r"[A-Z0-9]{10}")


@dataclass(frozen=True)
class ProviderDescription:
    """What customers read of it, where it is, who we are there, and what of its word is believed.

    `claims` says which claim fills which attribute of a new account. `trust` is whose verified addresses count as
    verified here: none, those of `trusted_domains`, or all. One that isn't on is offered nowhere and signs nobody in.
    `team_id` and `key_id` are Apple's. For SAML the issuer is an entity ID, whose metadata stands at `metadata_url` or
    is `metadata` itself; `subject_attribute` names the attribute that tells who somebody is, where the NameID doesn't.
    What its kind doesn't have (`Preset.fields`) stays as it usually is.
    """

    kind: str = OIDC
    name: str = ""
    issuer: str = ""
    client_id: str = ""
    team_id: str = ""
    key_id: str = ""
    metadata_url: str = ""
    metadata: str = ""
    subject_attribute: str = ""
    signs_requests: bool = False
    authentication: str = "client_secret"
    scopes: tuple[str, ...] = USUAL_SCOPES
    claims: Mapping[str, str] = field(default_factory=lambda: dict(USUAL_CLAIMS))
    trust: str = "none"
    trusted_domains: tuple[str, ...] = ()
    is_on: bool = True

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)

    @property
    def place(self) -> tuple[str, str]:
        """Whom a secret is told, and for whom."""
        return self.issuer, self.client_id


def usual(kind: str) -> ProviderDescription:
    """What is said of a provider of this kind before anybody has chosen anything."""
    preset = PRESETS[kind]
    return ProviderDescription(
        kind=kind,
        name=preset.name,
        issuer=preset.issuer,
        scopes=preset.scopes,
        claims=dict(preset.claims),
        trust=preset.trust,
        authentication=preset.authentication,
    )


def described(kept: IdentityProvider) -> ProviderDescription:
    """What a row says."""
    values = {each.name: getattr(kept, each.name) for each in fields(ProviderDescription)}
    lists = {name: tuple(values[name]) for name in ("scopes", "trusted_domains")}
    return ProviderDescription(**{**values, **lists})


def tidied(wished: ProviderDescription) -> ProviderDescription:
    """As it is kept: nothing around what was typed, domains as mail writes them, nothing that counts for nothing."""
    wished = _without_others(wished)
    texts = {name: value.strip() for name, value in vars(wished).items() if isinstance(value, str)}
    domains = [domain_in_ascii(each.strip().lstrip("@")) or each for each in wished.trusted_domains]
    claims = {name: claim.strip() for name, claim in wished.claims.items() if claim.strip()}
    rest = {
        "scopes": tuple(dict.fromkeys(wished.scopes)),
        "claims": claims,
        "trusted_domains": tuple(dict.fromkeys(domains)) if wished.trust == "domains" else (),
    }
    return ProviderDescription(**{**vars(wished), **texts, **rest})


def problems_of(wished: ProviderDescription, *, attributes: Sequence[str]) -> list[Problem]:
    """All that is wrong with it. `attributes` are the names of those that a claim may fill."""
    found = name_problems(wished.name, longest=MAX_NAME)
    if wished.kind not in PRESETS:
        return [*found, *wrong(Code.INVALID, "kind", _one_of(PRESETS))]
    told = {
        "issuer": _issuer_problem(wished.issuer) if wished.kind != SAML else _entity_problem(wished.issuer),
        "metadata_url": _metadata_problem(wished),
        "metadata": _document_problem(wished),
        "subject_attribute": _attribute_problem(wished.subject_attribute),
        "client_id": _client_id_problem(wished.client_id),
        "team_id": _ten_problem(wished.team_id),
        "key_id": _ten_problem(wished.key_id),
        "authentication": _choice_problem(wished.authentication, IdentityProvider.Authentication.values),
        "scopes": _scopes_problem(wished),
        "claims": _claims_problem(wished.claims, attributes),
        "trust": _choice_problem(wished.trust, IdentityProvider.Trust.values),
        "trusted_domains": _domains_problem(wished),
    }
    judged = {name: sentence for name, sentence in told.items() if name in PRESETS[wished.kind].fields}
    return [*found, *(each for name, sentence in judged.items() for each in wrong(Code.INVALID, name, sentence))]


def secret_problem(kind: str, secret: str) -> str:
    """What is wrong with a client secret, or Apple's key, as a sentence; empty if nothing is."""
    if kind == APPLE:
        sentence = _("Paste the whole key file that Apple has given you, from -----BEGIN PRIVATE KEY----- on.")
        return "" if is_private_key(secret) else sentence
    if not secret:
        return _("Paste the client secret: none is saved for this issuer and client ID.")
    if len(secret) > MAX_SECRET:
        return _at_most(MAX_SECRET)
    return "" if PLAIN.fullmatch(secret) else _("A client secret has no spaces and no letters beyond ASCII.")


def _without_others(wished: ProviderDescription) -> ProviderDescription:
    """What is wished, with what its kind doesn't have as it usually is."""
    if wished.kind not in PRESETS:
        return wished
    has, plain = PRESETS[wished.kind].fields | {"kind", "name", "is_on"}, usual(wished.kind)
    return replace(wished, **{each.name: getattr(plain, each.name) for each in fields(wished) if each.name not in has})


def _issuer_problem(issuer: str) -> str:
    if len(issuer) > MAX_ISSUER:
        return _at_most(MAX_ISSUER)
    if "?" in issuer:
        return _("An issuer has no query, the part from ? on.")
    return url_problem(issuer)


def _entity_problem(entity_id: str) -> str:
    if not entity_id:
        return _(
            "The metadata couldn’t be read, or describes several entities. Write the entity"
            " ID as it’s named there (entityID)."
        )
    if len(entity_id) > MAX_ISSUER or not PLAIN.fullmatch(entity_id):
        return _("An entity ID has up to %(count)d characters, without spaces.") % {"count": MAX_ISSUER}
    return ""


def _metadata_problem(wished: ProviderDescription) -> str:
    if bool(wished.metadata_url) == bool(wished.metadata):
        return _("Write the address of the metadata, or paste the metadata below: one of the two.")
    return url_problem(wished.metadata_url) if wished.metadata_url else ""


def _document_problem(wished: ProviderDescription) -> str:
    """What is wrong with metadata that was pasted; that at an address is looked at when it is tested."""
    if not wished.metadata or not wished.issuer:
        return ""
    # Here, as all that reads XML: see `providers.saml`.
    from providers.saml.documents import metadata_in

    try:
        metadata_in(wished.metadata, wished.issuer)
    except ProviderFailed as failed:
        return str(failed)
    return ""


def _attribute_problem(name: str) -> str:
    if name and not CLAIM.fullmatch(name):
        return _("An attribute’s name has up to 200 characters, without spaces.")
    return ""


def _client_id_problem(client_id: str) -> str:
    if not client_id:
        return _("Paste the client ID that the provider has given you.")
    if len(client_id) > MAX_CLIENT_ID or not PLAIN.fullmatch(client_id):
        return _("A client ID has up to %(count)d characters, without spaces.") % {"count": MAX_CLIENT_ID}
    return ""


def _choice_problem(chosen: str, choices: Sequence[str]) -> str:
    return "" if chosen in choices else _one_of(choices)


def _ten_problem(identifier: str) -> str:
    return "" if TEN_CHARACTERS.fullmatch(identifier) else _("It has ten characters, capitals and digits.")


def _scopes_problem(wished: ProviderDescription) -> str:
    scopes = wished.scopes
    if "openid" in PRESETS[wished.kind].scopes and "openid" not in scopes:
        return _("Ask for openid: without it, no provider says who the customer is.")
    if len(scopes) > MAX_SCOPES or not all(SCOPE.fullmatch(each) for each in scopes):
        return _("Write up to %(count)d scopes, separated by spaces.") % {"count": MAX_SCOPES}
    return ""


def _claims_problem(claims: Mapping[str, str], attributes: Sequence[str]) -> str:
    unknown = [name for name in claims if name not in attributes]
    if unknown:
        return _("There is no attribute named “%(name)s” to fill.") % {"name": unknown[0]}
    if len(claims) > MAX_CLAIMS or not all(CLAIM.fullmatch(each) for each in claims.values()):
        return _("A claim’s name has up to 200 characters, without spaces.")
    return ""


def _domains_problem(wished: ProviderDescription) -> str:
    if wished.trust == "domains" and not wished.trusted_domains:
        return _("Name at least one domain, such as example.com.")
    if len(wished.trusted_domains) > MAX_DOMAINS:
        return _("Name at most %(count)d domains.") % {"count": MAX_DOMAINS}
    wrong_one = next((each for each in wished.trusted_domains if "." not in each or not domain_in_ascii(each)), "")
    return _("“%(domain)s” isn’t a domain, such as example.com.") % {"domain": wrong_one} if wrong_one else ""


def _one_of(choices: Iterable[str]) -> str:
    return _("Choose from %(choices)s.") % {"choices": ", ".join(choices)}


def _at_most(count: int) -> str:
    return _("Use at most %(count)d characters.") % {"count": count}
