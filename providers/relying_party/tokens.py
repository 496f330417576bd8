"""How a code is redeemed at a provider's token endpoint (RFC 6749 section 4.1.3), and what its refusals mean."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from common.crypto.encryption import CannotUnseal
from common.text.translation import gettext_noop as _
from common.web.outgoing import Content
from providers.credentials import ASSERTION_TYPE, assertion_by_secret, assertion_for, secret_of
from providers.errors import AnswerRefused, AuthorizationCodeRefused, ProviderFailed, TurnedBack
from providers.models import IdentityProvider
from providers.policies import MICROSOFT
from providers.relying_party.documents import OpenIdMetadata
from providers.relying_party.exchange import ProviderAnswer
from providers.relying_party.fetched import OK, called, object_in

MAX_ANSWER_BYTES = 128 * 1024
MAX_TOKEN_LENGTH = 16 * 1024
FORM = "application/x-www-form-urlencoded"
# What may stand in a code (RFC 6749 appendix A.11), and in the code of an error as it is told on.
CODE, WORD = re.compile(r"[\x20-\x7e]+"), re.compile(r"[a-z_]{1,60}")
# Ways to show a secret (Core section 9): as it is, or by what is signed with it.
SENT, SIGNED = frozenset({"client_secret_basic", "client_secret_post"}), "client_secret_jwt"
# RFC 6749 section 5.2, and GitHub's words for the same.
ABOUT_CODE = frozenset({"invalid_grant", "bad_verification_code"})
ABOUT_US = frozenset({"invalid_client", "unauthorized_client", "incorrect_client_credentials", "application_suspended"})
ABOUT_SET_UP = frozenset({"redirect_uri_mismatch", "unsupported_grant_type", "invalid_scope"})
BY_ITSELF = frozenset({"server_error", "temporarily_unavailable"})
# Those of Facebook's numbers that mean one of them.
NUMBERS = {1: "invalid_client", 101: "invalid_client", 100: "invalid_grant"}
# With any other status of 4xx it may be what the customer brought that the endpoint can't stand.
OF_THE_SERVER = frozenset({401, 404, 405, 408, 429})


def check_sender(answer: ProviderAnswer, metadata: OpenIdMetadata) -> None:
    """An answer that says from whom it is says the right one (RFC 9207). Raises `AnswerRefused`."""
    told = answer["iss"]
    if (told is None and metadata.names_itself) or (told is not None and told != metadata.issuer):
        raise AnswerRefused(_("The answer came from another provider than the one that was asked (iss)."))


def code_of(answer: ProviderAnswer) -> str:
    """The code that has come. Raises `TurnedBack` or `AnswerRefused`."""
    error, code = answer["error"], answer["code"]
    if error is not None:
        raise TurnedBack(error if WORD.fullmatch(error) else "")
    if not code:
        raise AnswerRefused(_("The answer has neither a code nor an error."))
    if not CODE.fullmatch(code):
        raise AnswerRefused(_("The code has characters that no code has."))
    return code


def redeem(
    provider: IdentityProvider, metadata: OpenIdMetadata, *, code: str, redirect_uri: str, verifier: str
) -> dict[str, Any]:
    """What the token endpoint gives for a code. Raises `ProviderFailed`; `AnswerRefused` if it may be about the code,
    `AuthorizationCodeRefused` if it is.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    try:
        proof, headers = _proof(provider, metadata)
    except CannotUnseal as gone:
        raise ProviderFailed(_("The kept secret can’t be read: its encryption key is gone. Enter it again.")) from gone
    content = Content(urlencode({**form, **proof}).encode(), FORM, headers)
    answer = called(url=metadata.token_endpoint, content=content, max_bytes=MAX_ANSWER_BYTES)
    error = _error_in(answer.body)
    if answer.status != OK or error:
        # GitHub says what is wrong with status 200.
        raise _refusal(answer.status, error)
    return object_in(answer, metadata.token_endpoint)


def bearer_in(answered: Mapping[str, Any]) -> str:
    """The access token that came for the code, to be sent in a header; "" if none did."""
    token = answered.get("access_token")
    is_one = isinstance(token, str) and len(token) <= MAX_TOKEN_LENGTH and token.isascii() and token.isprintable()
    return str(token) if is_one else ""


def told_about(bearer: str, *, url: str, headers: Mapping[str, str] | None = None) -> Any:
    """What a provider tells of whom the access token is about, as JSON.

    Raises `ProviderFailed`, or `AnswerRefused` if it is this customer that it tells nothing about.
    """
    answer = called(
        url=url, headers={"Authorization": f"Bearer {bearer}", **(headers or {})}, max_bytes=MAX_ANSWER_BYTES
    )
    place = url.partition("?")[0]
    if answer.status in {400, 403}:
        raise AnswerRefused(
            _("%(place)s answered with status %(status)s: it returns nothing about this customer."),
            place=place,
            status=answer.status,
        )
    if answer.status != OK:
        raise ProviderFailed(
            _("%(place)s answered with status %(status)s, not 200."), place=place, status=answer.status
        )
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise ProviderFailed(_("What %(place)s answered with isn’t JSON."), place=place) from error


def _error_in(body: bytes) -> str:
    """The code of the error that an answer tells of; "" if it tells of none that could be one."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = said.get("error") if isinstance(said, dict) else ""
    if isinstance(error, dict):
        number = error.get("code")
        error = NUMBERS.get(number, "server_error") if isinstance(number, int) else "server_error"
    return error if isinstance(error, str) and WORD.fullmatch(error) else ""


def _refusal(status: int, error: str) -> ProviderFailed | AnswerRefused:
    """What a token endpoint meant that gave nothing."""
    told = f" ({error})" if error else ""
    if error in ABOUT_CODE:
        return AuthorizationCodeRefused(
            _("The provider didn’t accept the code that came with the customer%(told)s."), told=told
        )
    if error in ABOUT_US:
        return ProviderFailed(_("The provider doesn’t accept our client ID, secret or key%(told)s."), told=told)
    if error in ABOUT_SET_UP:
        return ProviderFailed(_("What is registered at the provider isn’t what is set up here%(told)s."), told=told)
    if error not in BY_ITSELF and (status == OK or (400 <= status < 500 and status not in OF_THE_SERVER)):
        return AnswerRefused(_("The token endpoint answered with status %(status)s%(told)s."), status=status, told=told)
    return ProviderFailed(_("The token endpoint answered with status %(status)s%(told)s."), status=status, told=told)


def _proof(provider: IdentityProvider, metadata: OpenIdMetadata) -> tuple[dict[str, str], dict[str, str]]:
    """By which members of the form and headers we show who we are (Core section 9). Raises `CannotUnseal`."""
    if provider.authentication == provider.Authentication.KEY:
        # An assertion for the issuer can't be used at another's endpoint; Microsoft knows its endpoint alone.
        audience = metadata.token_endpoint if provider.kind == MICROSOFT else metadata.issuer
        return _asserted(provider, assertion_for(provider, audience=audience)), {}
    if SIGNED in metadata.token_authentication and not SENT & set(metadata.token_authentication):
        return _asserted(provider, assertion_by_secret(provider, audience=metadata.issuer)), {}
    secret = secret_of(provider)
    if "client_secret_basic" not in metadata.token_authentication:
        return {"client_id": provider.client_id, "client_secret": secret}, {}
    # Each half is encoded as in a form (RFC 6749 section 2.3.1).
    pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
    return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _asserted(provider: IdentityProvider, assertion: str) -> dict[str, str]:
    """What goes with the form (RFC 7523 section 2.2)."""
    return {
        "client_id": provider.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
