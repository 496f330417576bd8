"""What each kind of provider speaks: the same three things are done with all of them.

Somebody `leave`s for it, what comes back is `check`ed to be its before it counts, and then says who `arrive`s. Whether
a known one arrives is told to it, since more has to be asked about a newcomer. None of them is called in a transaction:
another server may take its time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol as Interface

from providers.models import IdentityProvider
from providers.policies import FACEBOOK, GITHUB, SAML
from providers.relying_party import oauth, openid
from providers.relying_party.exchange import Identity, ProviderAnswer, Request


class Arrive(Interface):
    def __call__(
        self, provider: IdentityProvider, answer: ProviderAnswer, *, is_known: Callable[[Identity], bool]
    ) -> Identity: ...


@dataclass(frozen=True)
class Protocol:
    """How one kind of provider is spoken to.

    `leave` tells where to send the browser and raises `ProviderFailed`; `check` raises that or `AnswerRefused`;
    `arrive` tells who has come, and raises either or `TurnedBack`.
    """

    leave: Callable[[IdentityProvider, Request], str]
    check: Callable[[IdentityProvider, ProviderAnswer], None]
    arrive: Arrive


OPENID_CONNECT = Protocol(openid.leave, openid.check, openid.arrive)
OAUTH = Protocol(oauth.leave, oauth.check, oauth.arrive)
_OTHERS: Mapping[str, Protocol] = {FACEBOOK: OAUTH, GITHUB: OAUTH}


def protocol_of(provider: IdentityProvider) -> Protocol:
    """What the provider speaks."""
    if provider.kind == SAML:
        # Here, as all that reads XML: see `providers.saml`.
        from providers.saml import answers, requests

        return Protocol(requests.leave, answers.check, answers.arrive)
    return _OTHERS.get(provider.kind, OPENID_CONNECT)
