"""Providers that speak OpenID Connect, and what Apple does in its own way."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from providers.models import IdentityProvider
from providers.policies import APPLE
from providers.relying_party.answers import identity_from
from providers.relying_party.documents import metadata_of
from providers.relying_party.exchange import Identity, ProviderAnswer, Request
from providers.relying_party.requests import authorization_url
from providers.relying_party.tokens import check_sender

NAMES = {"given_name": "firstName", "family_name": "lastName"}


def sign_in_url(provider: IdentityProvider, request: Request) -> str:
    """Where to send the browser. Raises `ProviderFailed`."""
    more = {
        "nonce": request.challenge.nonce,
        "login_hint": "" if request.offers_choice else request.login_hint,
        "ui_locales": request.ui_locales,
        # Apple tells names and addresses in no other way.
        "response_mode": "form_post" if provider.kind == APPLE else "",
    }
    return authorization_url(provider, metadata_of(provider), request, more=more)


def check(provider: IdentityProvider, answer: ProviderAnswer) -> None:
    """Whether the answer may be this provider's. Raises `ProviderFailed` or `AnswerRefused`."""
    check_sender(answer, metadata_of(provider))


def identify(provider: IdentityProvider, answer: ProviderAnswer, *, is_known: Callable[[Identity], bool]) -> Identity:
    """Who has come. Raises `ProviderFailed`, `AnswerRefused` or `TurnedBack`."""
    identity = identity_from(provider, metadata_of(provider), answer, is_known=is_known)
    if provider.kind != APPLE:
        return identity
    return replace(identity, claims={**_names_in(answer["user"] or ""), **identity.claims})


def _names_in(told: str) -> Mapping[str, str]:
    """The names that come beside Apple's answer, the first time alone and signed by nobody: their owner's own word.

    The address that stands beside them counts for nothing; that of the ID token does.
    """
    try:
        said: Any = json.loads(told)
        parts = {claim: said["name"][name].strip() for claim, name in NAMES.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {**parts, "name": " ".join(part for part in parts.values() if part)}
