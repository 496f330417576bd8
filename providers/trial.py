"""Trying a provider out, while an administrator waits: what it publishes, and whether it knows us there."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from audit.services import Actor, record
from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.web.outgoing import from_pages, url_problem
from providers.description import ProviderDescription
from providers.errors import AnswerRefused, AuthorizationCodeRefused, ProviderError, ProviderFailed
from providers.models import IdentityProvider
from providers.protocols import OAUTH, protocol_of
from providers.relying_party.documents import OpenIdMetadata, read_keys, read_metadata
from providers.relying_party.oauth import endpoints_of
from providers.relying_party.tokens import redeem
from providers.services import note_problem, note_working
from tenants.postgresql import current_schema

NEVER_GIVEN = gettext_noop("The provider redeemed a code that it never issued.")


class ProviderFindingState(StrEnum):
    """What a finding means: all is well, it works and might be better, or it can't work so."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True)
class ProviderFinding:
    """One thing that was looked at, and what there is to say."""

    state: ProviderFindingState
    title: str
    text: str
    # The same where something can't work so, to be kept.
    problem: KeptSentence = NOTHING_TO_SAY


def try_provider(provider: IdentityProvider, *, redirect_uri: str, actor: Actor) -> list[ProviderFinding]:
    """Ask the provider what it publishes, and by a code that nobody has whether it knows us. Raises `TooManyWaiting`.

    Call it outside of any transaction. Nobody is signed in, and nothing is kept but what came of it.
    """
    with from_pages.one(current_schema()):
        found = list(_findings(provider, redirect_uri))
    problem = next((each.problem for each in found if each.state is ProviderFindingState.BAD), NOTHING_TO_SAY)
    with transaction.atomic():
        if problem:
            note_problem(provider, problem)
        else:
            note_working(provider)
        record("identity_provider.tested", actor=actor, target=provider, details={"works": not problem})
    return found


def with_entity_id(wished: ProviderDescription) -> ProviderDescription:
    """The description, with the entity ID that its metadata names where none was written. Raises `TooManyWaiting`.

    Where that can't be found out, it stays empty, and whoever saves it is told to write it. Call it outside of any
    transaction.
    """
    if wished.kind != IdentityProvider.Kind.SAML or wished.issuer.strip():
        return wished
    # Here, as all that reads XML: see `providers.saml`.
    from providers.saml import documents as saml_documents

    try:
        if wished.metadata.strip():
            return replace(wished, issuer=saml_documents.entity_in(wished.metadata.strip()))
        if url_problem(wished.metadata_url.strip()):
            return wished
        with from_pages.one(current_schema()):
            return replace(wished, issuer=saml_documents.entity_at(wished.metadata_url.strip()))
    except ProviderFailed:
        return wished


def _findings(provider: IdentityProvider, redirect_uri: str) -> Iterator[ProviderFinding]:
    if protocol_of(provider) is OAUTH:
        yield _about_us(provider, endpoints_of(provider), redirect_uri)
    elif provider.kind == IdentityProvider.Kind.SAML:
        yield from _about_metadata(provider)
    else:
        yield from _about_openid(provider, redirect_uri)


def _about_openid(provider: IdentityProvider, redirect_uri: str) -> Iterator[ProviderFinding]:
    try:
        metadata = read_metadata(provider)
        yield ProviderFinding(
            ProviderFindingState.GOOD, _("Discovery"), _("The issuer is %(issuer)s.") % {"issuer": metadata.issuer}
        )
        keys = read_keys(metadata)
        counted = ngettext("%(count)d that signs ID tokens.", "%(count)d that sign ID tokens.", len(keys))
        yield ProviderFinding(ProviderFindingState.GOOD, _("Keys"), counted % {"count": len(keys)})
    except ProviderError as error:
        yield _bad(_("Discovery"), error.sentence)
        return
    yield _about_us(provider, metadata, redirect_uri)
    if provider.kind != IdentityProvider.Kind.OIDC:
        return
    if not metadata.knows_pkce:
        text = _(
            "The provider doesn’t say that it knows PKCE (code_challenge_methods_supported). It is sent all the same."
        )
        yield ProviderFinding(ProviderFindingState.DOUBTFUL, "PKCE", text)
    yield from _about_trust(provider)


def _about_metadata(provider: IdentityProvider) -> Iterator[ProviderFinding]:
    """What a SAML provider publishes; whether it knows us shows at the first sign-in alone."""
    # Here, as all that reads XML: see `providers.saml`.
    from providers.saml import documents as saml_documents

    try:
        metadata = saml_documents.read_metadata(provider)
    except ProviderError as error:
        yield _bad(_("Metadata"), error.sentence)
        return
    yield ProviderFinding(
        ProviderFindingState.GOOD, _("Metadata"), _("Customers are sent to %(url)s.") % {"url": metadata.sign_in_url}
    )
    count, last = len(metadata.certificates), max(each.not_valid_after_utc for each in metadata.certificates)
    counted = ngettext("%(count)d that signs, good until %(day)s.", "%(count)d that sign, until %(day)s.", count)
    is_over = last < timezone.now()
    text = counted % {"count": count, "day": last.strftime("%Y-%m-%d")}
    over = _("That day has passed; the key still counts, as long as it’s in the metadata.")
    state = ProviderFindingState.DOUBTFUL if is_over else ProviderFindingState.GOOD
    yield ProviderFinding(state, _("Certificates"), f"{text} {over}" if is_over else text)
    if metadata.wants_signed and not provider.signs_requests:
        text = _("The provider accepts only signed requests (WantAuthnRequestsSigned): have them signed.")
        yield ProviderFinding(ProviderFindingState.BAD, _("Requests"), text)
    if not metadata.knows_persistent and not provider.subject_attribute:
        text = _(
            "The provider lists no persistent NameID. Have it send one, or name an attribute"
            " that identifies the customer."
        )
        yield ProviderFinding(ProviderFindingState.DOUBTFUL, _("Who the customer is"), text)
    yield from _about_trust(provider)


def _about_trust(provider: IdentityProvider) -> Iterator[ProviderFinding]:
    if provider.trust == IdentityProvider.Trust.ALL:
        text = _(
            "The people who run this provider can create an account here with any address that doesn’t have one yet."
        )
        yield ProviderFinding(ProviderFindingState.DOUBTFUL, _("Trust"), text)


def _about_us(provider: IdentityProvider, metadata: OpenIdMetadata, redirect_uri: str) -> ProviderFinding:
    has_key = provider.authentication == IdentityProvider.Authentication.KEY
    what = _("Key pair") if has_key else _("Client secret")
    nobodys = secrets.token_urlsafe(32)
    try:
        redeem(provider, metadata, code=nobodys, redirect_uri=redirect_uri, verifier=nobodys)
    except AuthorizationCodeRefused:
        # It knows who asks, and says that there is no such code.
        return ProviderFinding(ProviderFindingState.GOOD, what, _("The provider accepts it."))
    except AnswerRefused as error:
        text = _("The first sign-in will show whether the provider accepts it: a made-up code can’t.")
        return ProviderFinding(ProviderFindingState.DOUBTFUL, what, f"{text} {error.sentence}")
    except ProviderError as error:
        return _bad(what, error.sentence)
    return _bad(what, KeptSentence(NEVER_GIVEN))


def _bad(title: str, problem: KeptSentence) -> ProviderFinding:
    return ProviderFinding(ProviderFindingState.BAD, title, str(problem), problem)
