"""What each kind of provider speaks: the same three things are done with all of them.

The browser goes to its `sign_in_url`, what comes back is `check`ed to be its before it counts, and then `identify`
tells who has come. Whether somebody is known is told to it, since more has to be asked about a newcomer. None of these
is called in a transaction: another server may take its time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol as Interface

from providers.models import IdentityProvider
from providers.policies import FACEBOOK, GITHUB, SAML
from providers.relying_party import oauth, openid
from providers.relying_party.exchange import Identity, ProviderAnswer, Request


class Identify(Interface):
    def __call__(
        self, provider: IdentityProvider, answer: ProviderAnswer, *, is_known: Callable[[Identity], bool]
    ) -> Identity: ...


@dataclass(frozen=True)
class Protocol:
    """How one kind of provider is spoken to.

    `sign_in_url` tells where to send the browser and raises `ProviderFailed`; `check` raises that or `AnswerRefused`;
    `identify` tells who has come, and raises either or `TurnedBack`.
    """

    sign_in_url: Callable[[IdentityProvider, Request], str]
    check: Callable[[IdentityProvider, ProviderAnswer], None]
    identify: Identify


OPENID_CONNECT = Protocol(openid.sign_in_url, openid.check, openid.identify)
OAUTH = Protocol(oauth.sign_in_url, oauth.check, oauth.identify)
_OTHERS: Mapping[str, Protocol] = {FACEBOOK: OAUTH, GITHUB: OAUTH}


def protocol_of(provider: IdentityProvider) -> Protocol:
    """What the provider speaks."""
    if provider.kind == SAML:
        # Here, as all that reads XML: see `providers.saml`.
        from providers.saml import answers, requests

        return Protocol(requests.sign_in_url, answers.check, answers.identify)
    return _OTHERS.get(provider.kind, OPENID_CONNECT)
