"""What the protocol refuses, in the protocol's words.

ProtocolError                    becomes JSON at the endpoints of machines, a redirect at the authorization endpoint
├── InvalidRequest               RFC 6749 section 5.2
│   └── NoEncryptionKey          likewise: the application has no key to encrypt to
├── InvalidClient                likewise, 401
├── InvalidGrant
├── InvalidScope
├── UnauthorizedClient
├── UnsupportedGrantType
├── UnsupportedResponseType      RFC 6749 section 4.1.2.1
├── LoginRequired                OpenID Connect Core section 3.1.2.6
├── InteractionRequired          likewise
├── ConsentRequired              likewise
├── AccessDenied                 RFC 6749 section 4.1.2.1
├── AuthorizationPending         RFC 8628 section 3.5
├── SlowDown                     likewise
├── ExpiredToken                 likewise
├── InvalidRedirectUri           RFC 7591 section 3.2.2
├── InvalidClientMetadata        likewise
├── InvalidRequestObject         RFC 9101 section 7
├── RequestNotSupported          OpenID Connect Core section 3.1.2.6
├── RequestUriNotSupported       likewise
├── RegistrationNotSupported     likewise
├── UnmetAuthenticationRequirements  OpenID Connect Core Error Code unmet_authentication_requirements 1.0
├── InvalidTarget                RFC 8707 section 2
├── InvalidDpopProof             RFC 9449 section 5
│   └── UseDpopNonce             RFC 9449 section 8, with the nonce in a header
├── InvalidToken                 RFC 6750 section 3.1, 401
│   └── NoToken                  likewise, without a word about what is wrong
├── InsufficientScope            likewise, 403
└── TemporarilyUnavailable       503
    ├── TooManyRequests          429
    ├── LogoUndecoded            the decoder of pictures didn't get it done
    └── SigningKeysUnreadable
PageRefusal                      becomes a page: there is no address that could be trusted with an answer
SigningKeyGone                   the signing key was withdrawn or has gone meanwhile
"""

from django.utils.functional import Promise

from audit.reasons import Reason


class ProtocolError(Exception):
    """The base: `code` is the wire name, `description` a sentence for developers, `status` the HTTP status."""

    code = "server_error"
    status = 400

    def __init__(self, description: str = "") -> None:
        super().__init__(description)
        self.description = description

    @property
    def members(self) -> dict[str, str]:
        """What the client is told (RFC 6749 sections 4.1.2.1 and 5.2)."""
        return {"error": self.code, **({"error_description": self.description} if self.description else {})}


class InvalidRequest(ProtocolError):
    code = "invalid_request"


class InvalidClient(ProtocolError):
    code = "invalid_client"
    status = 401

    def __init__(self, description: str = "The client couldn't be authenticated.") -> None:
        super().__init__(description)


class NoEncryptionKey(InvalidRequest):
    """What the application wants encrypted can't be: there is no key to encrypt to."""


class InvalidGrant(ProtocolError):
    code = "invalid_grant"


class InvalidScope(ProtocolError):
    code = "invalid_scope"


class UnauthorizedClient(ProtocolError):
    code = "unauthorized_client"


class UnsupportedGrantType(ProtocolError):
    code = "unsupported_grant_type"


class UnsupportedResponseType(ProtocolError):
    code = "unsupported_response_type"


class LoginRequired(ProtocolError):
    code = "login_required"


class AccountSelectionRequired(ProtocolError):
    code = "account_selection_required"


class InteractionRequired(ProtocolError):
    code = "interaction_required"


class ConsentRequired(ProtocolError):
    code = "consent_required"


class AccessDenied(ProtocolError):
    code = "access_denied"


class AuthorizationPending(ProtocolError):
    code = "authorization_pending"


class SlowDown(ProtocolError):
    code = "slow_down"


class ExpiredToken(ProtocolError):
    code = "expired_token"


class InvalidRedirectUri(ProtocolError):
    code = "invalid_redirect_uri"


class InvalidClientMetadata(ProtocolError):
    code = "invalid_client_metadata"


class InvalidRequestObject(ProtocolError):
    code = "invalid_request_object"


class RequestNotSupported(ProtocolError):
    code = "request_not_supported"


class RequestUriNotSupported(ProtocolError):
    code = "request_uri_not_supported"


class RegistrationNotSupported(ProtocolError):
    code = "registration_not_supported"


class UnmetAuthenticationRequirements(ProtocolError):
    code = "unmet_authentication_requirements"


class InvalidTarget(ProtocolError):
    code = "invalid_target"


class InvalidDpopProof(ProtocolError):
    code = "invalid_dpop_proof"


class UseDpopNonce(InvalidDpopProof):
    code = "use_dpop_nonce"


class InvalidToken(ProtocolError):
    code = "invalid_token"
    status = 401

    def __init__(self, description: str = "The access token is unknown, expired or revoked.") -> None:
        super().__init__(description)


class NoToken(InvalidToken):
    """The request shows no token at all, so it is told which scheme to use and nothing else."""


class InsufficientScope(ProtocolError):
    code = "insufficient_scope"
    status = 403


class TemporarilyUnavailable(ProtocolError):
    code = "temporarily_unavailable"
    status = 503


class TooManyRequests(TemporarilyUnavailable):
    """RFC 6585 section 4, with the seconds to wait in a header."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests; try again in {retry_after} seconds.")
        self.retry_after = retry_after


class LogoUndecoded(TemporarilyUnavailable):
    """The decoder had no time for the picture at `logo_uri`, or ended without an answer: the next may cost as much."""


class SigningKeysUnreadable(TemporarilyUnavailable):
    """The tenant's signing keys are sealed under a key that isn't in CIAM_ENCRYPTION_KEYS, or were changed."""

    def __init__(self) -> None:
        super().__init__(
            "The issuer's signing keys can't be read. Whoever runs this installation finds why in its log."
        )


class SigningKeyGone(Exception):
    def __init__(self) -> None:
        super().__init__("There is no such signing key. It was withdrawn, or its time was over.")


class PageRefusal(Exception):
    """The message is a sentence for the person in front of the page; `detail` helps the application's developer.

    `application_name` and `application_url` lead back to the application, where it is certain which one it is;
    `client_id` and `reason` are for the audit log.
    """

    def __init__(
        self,
        message: str | Promise,
        detail: str = "",
        *,
        application_name: str = "",
        application_url: str = "",
        client_id: str = "",
        reason: Reason = Reason.REQUEST_REFUSED,
    ) -> None:
        super().__init__(message)
        self.detail, self.client_id, self.reason = detail, client_id, reason
        self.application_name, self.application_url = application_name, application_url
