"""What a careful relying party checks, one small function for each, told in plain words.

Each looks at what came over the wire and says whether it holds, and if it doesn't, why.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from applications.lookup.clients import RegisteredClient
from applications.policies.apis import DEFAULT_SCOPE
from oidc.issuer.identity import Issuer
from oidc.keys.jws import NotOurToken, verify
from oidc.runs.records import Check, ReadToken
from oidc.tokens.signed import ACCESS_TOKEN_TYPE, ID_TOKEN_TYPE
from oidc.wire.encoding import base64url
from oidc.wire.policies import OFFLINE_ACCESS

RESPONSE, TOKENS, ID_TOKEN, ACCESS_TOKEN, USERINFO = (
    "Response", "Token response", "ID token", "Access token", "Userinfo",
)  # fmt: skip
# By how much clocks may differ, in seconds.
SKEW = 30
EVERYTHING = f"/{DEFAULT_SCOPE}"


@dataclass(frozen=True)
class Answered:
    """What the token endpoint and userinfo answered to a request, and what it is compared with."""

    issuer: Issuer
    client: RegisteredClient
    request: Mapping[str, str]
    status: int
    members: Mapping[str, Any]
    userinfo: Mapping[str, Any]
    now: datetime

    @property
    def scopes(self) -> tuple[str, ...]:
        """Those granted; as many as were asked for unless the answer says otherwise (RFC 6749 section 5.1)."""
        return tuple(self.members.get("scope", self.request.get("scope", "")).split())


def check_response(request: Mapping[str, str], response: Mapping[str, str], *, issuer: str) -> list[Check]:
    """The authorization response. The run was found by its state, so that much is known to hold."""
    names_issuer = response.get("iss", "")
    checks = [
        _check(RESPONSE, "state", response.get("state") == request["state"],
               _("It is the state of this run, so the answer belongs to this browser and this request."),
               _("It isn’t the state that was sent: the answer belongs to another request.")),
        _check(RESPONSE, "iss", names_issuer == issuer,
               _("The answer comes from %(issuer)s (RFC 9207).") % {"issuer": issuer},
               _another_issuer(names_issuer[:200], issuer)),
    ]  # fmt: skip
    if "error" in response:
        checks.append(
            Check(
                RESPONSE,
                "error",
                "failed",
                _("The issuer answered %(error)s.") % {"error": response["error"][:100]},
            )
        )
    else:
        checks.append(_check(RESPONSE, "code", bool(response.get("code")),
                             _("An authorization code was returned, valid for one minute and one exchange."),
                             _("There is neither a code nor an error in the answer.")))  # fmt: skip
    return checks


def _another_issuer(named: str, issuer: str) -> str:
    if not named:
        return _("The answer names no issuer instead of %(issuer)s. A relying party must not redeem its code: it may "
                 "come from another server.") % {"issuer": issuer}  # fmt: skip
    return _("The answer names “%(named)s” instead of %(issuer)s. A relying party must not redeem its code: it may "
             "come from another server.") % {"named": named, "issuer": issuer}  # fmt: skip


def check_tokens(answered: Answered) -> list[Check]:
    """The token response, the tokens in it, and userinfo."""
    if answered.status != 200:
        error = answered.members.get("error", "an error")
        return [
            Check(
                TOKENS,
                "status",
                "failed",
                _("The token endpoint answered %(status)s with %(error)s.")
                % {"status": answered.status, "error": error},
            )
        ]
    return [
        *_token_response(answered),
        *_id_token(answered),
        *_access_token(answered),
        *_userinfo(answered),
    ]


def _token_response(answered: Answered) -> Iterator[Check]:
    members = answered.members
    yield Check(TOKENS, "PKCE", "passed",
                _("The verifier was accepted: its SHA-256 is the code_challenge of the request."))  # fmt: skip
    wanted = "DPoP" if answered.client.tokens.requires_dpop else "Bearer"
    yield _check(TOKENS, "token_type", members.get("token_type") == wanted,
                 _("%(wanted)s, as registered for the application.") % {"wanted": wanted},
                 _("%(came)s came where %(wanted)s is registered.")
                 % {"came": members.get("token_type"), "wanted": wanted})  # fmt: skip
    asked = answered.request.get("scope", "").split()
    missing = [scope for scope in asked if not _is_granted(scope, answered.scopes)]
    if missing:
        yield Check(TOKENS, "scope", "noted",
                    _("Not granted: %(scopes)s. The application may not have them, or the name is unknown; such scopes "
                      "are left out rather than refused.") % {"scopes": " ".join(missing)})  # fmt: skip
    else:
        yield Check(TOKENS, "scope", "passed", _("Everything that was asked for was granted."))
    if OFFLINE_ACCESS in answered.scopes:
        yield _check(TOKENS, "refresh_token", "refresh_token" in members,
                     _("A refresh token came, since offline_access was granted."),
                     _("offline_access was granted, and still no refresh token came."))  # fmt: skip


def _is_granted(scope: str, granted: Collection[str]) -> bool:
    """Whether a scope is among those granted; `.default` stands for all that the application may do at its API."""
    if scope.endswith(EVERYTHING):
        return any(word.startswith(scope.removesuffix(EVERYTHING) + "/") for word in granted)
    return scope in granted


def _id_token(answered: Answered) -> Iterator[Check]:
    text = answered.members.get("id_token", "")
    if not text:
        verdict = "failed" if "openid" in answered.scopes else "noted"
        yield Check(ID_TOKEN, "id_token", verdict, _("There is none: one comes if the scope openid is granted."))
        return
    yield _signature(ID_TOKEN, text, answered, typ=ID_TOKEN_TYPE, algorithm=answered.client.tokens.id_token_algorithm)
    claims = _claims(text)
    yield from _common(ID_TOKEN, claims, answered, audience=answered.client.client_id)
    request = answered.request
    yield _check(ID_TOKEN, "nonce", claims.get("nonce") == request["nonce"],
                 _("It is the nonce of this request, so no one has slipped in a token of another one."),
                 _("It isn’t the nonce that was sent: the token was made for another request."))  # fmt: skip
    digest = base64url(hashlib.sha256(str(answered.members.get("access_token", "")).encode()).digest()[:16])
    yield _check(ID_TOKEN, "at_hash", claims.get("at_hash") == digest,
                 _("It is the digest of the access token: the two belong together."),
                 _("It isn’t the digest of the access token that came along."))  # fmt: skip
    if "max_age" in request:
        age = int(answered.now.timestamp()) - int(claims.get("auth_time", 0))
        yield _check(ID_TOKEN, "auth_time", age <= int(request["max_age"]) + SKEW,
                     _("The sign-in was %(age)d seconds ago; max_age allows %(most)s.")
                     % {"age": age, "most": request["max_age"]},
                     _("The sign-in was %(age)d seconds ago, longer than max_age allows.") % {"age": age})  # fmt: skip


def _access_token(answered: Answered) -> Iterator[Check]:
    text = answered.members.get("access_token", "")
    algorithm = answered.client.tokens.access_token_algorithm
    yield _signature(ACCESS_TOKEN, text, answered, typ=ACCESS_TOKEN_TYPE, algorithm=algorithm)
    claims = _claims(text)
    yield from _common(ACCESS_TOKEN, claims, answered, audience="")
    yield _check(ACCESS_TOKEN, "client_id", claims.get("client_id") == answered.client.client_id,
                 _("It was issued to this application."),
                 _("It was issued to another application."))  # fmt: skip


def _userinfo(answered: Answered) -> Iterator[Check]:
    if "openid" not in answered.scopes:
        return
    audience = _claims(answered.members.get("access_token", "")).get("aud")
    if audience != answered.issuer.name:
        yield Check(USERINFO, "aud", "noted",
                    _("Not asked: the access token is for the API %(audience)s, and userinfo accepts only those for "
                    "the issuer. An application gets one with resource=%(issuer)s.")
                    % {"audience": audience, "issuer": answered.issuer.name})  # fmt: skip
        return
    if "error" in answered.userinfo:
        reason = answered.userinfo.get("error_description") or answered.userinfo["error"]
        yield Check(
            USERINFO, "status", "failed", _("Userinfo refused the access token. %(reason)s") % {"reason": reason}
        )
        return
    subject = _claims(answered.members.get("id_token", "")).get("sub")
    yield _check(USERINFO, "sub", answered.userinfo.get("sub") == subject,
                 _("It is the sub of the ID token: both are about the same person."),
                 _("It isn’t the sub of the ID token: what userinfo returns must not be used."))  # fmt: skip


def _common(about: str, claims: Mapping[str, Any], answered: Answered, *, audience: str) -> Iterator[Check]:
    """What holds for both kinds of tokens; an empty audience: any API the tenant knows."""
    issuer, moment = answered.issuer.name, answered.now.timestamp()
    yield _check(about, "iss", claims.get("iss") == issuer,
                 _("It is the issuer that discovery names, to the letter."),
                 _("It says %(named)s, and discovery says %(issuer)s.")
                 % {"named": claims.get("iss"), "issuer": issuer})  # fmt: skip
    aud = claims.get("aud")
    named = aud if isinstance(aud, list) else [aud]
    if audience:
        yield _check(about, "aud", audience in named,
                     _("It is this application’s client ID: the token is meant for it."),
                     _("It isn’t this application’s client ID: the token is meant for someone else."))  # fmt: skip
    else:
        yield _check(about, "aud", all(isinstance(name, str) and name for name in named),
                     _("Valid for %(names)s: any other API has to refuse it.")
                     % {"names": ", ".join(map(str, named))},
                     _("It names no one: no API may accept it."))  # fmt: skip
    yield _check(about, "exp", claims.get("exp", 0) > moment - SKEW,
                 _("It hadn’t expired when it came."),
                 _("It had expired when it came; compare the clocks."))  # fmt: skip
    yield _check(about, "iat", claims.get("iat", moment) <= moment + SKEW,
                 _("It wasn’t made in the future."),
                 _("It was made in the future; compare the clocks."))  # fmt: skip


def _signature(about: str, text: str, answered: Answered, *, typ: str, algorithm: str) -> Check:
    """The signature, by the key set that the issuer publishes, the algorithm registered, and the type."""
    read = ReadToken.of_text(text) or ReadToken()
    kid = read.header.get("kid", "")
    published = {key["kid"]: key for key in json.loads(answered.issuer.jwks)["keys"]}
    if kid not in published:
        return Check(
            about,
            "signature",
            "failed",
            _("The key set holds no key %(kid)s: applications can’t verify it.") % {"kid": kid},
        )
    if read.header.get("alg") != algorithm:
        detail = _("It is signed by %(named)s, and %(algorithm)s is registered for the application.") % {
            "named": read.header.get("alg"),
            "algorithm": algorithm,
        }
        return Check(about, "signature", "failed", detail)
    try:
        verify(text, keys=answered.issuer.keys, typ=typ)
    except NotOurToken:
        return Check(
            about,
            "signature",
            "failed",
            _("The key %(kid)s didn’t sign it, or its typ isn’t %(typ)s.") % {"kid": kid, "typ": typ},
        )
    return Check(
        about,
        "signature",
        "passed",
        _("Made with %(algorithm)s by the key %(kid)s, which is in the key set.")
        % {"algorithm": algorithm, "kid": kid},
    )


def _check(about: str, name: str, holds: bool, good: str, bad: str) -> Check:
    return Check(about, name, "passed" if holds else "failed", good if holds else bad)


def _claims(text: str) -> dict[str, Any]:
    read = ReadToken.of_text(text)
    return read.claims if read else {}
