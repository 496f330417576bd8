"""Where applications register themselves and manage what they registered (RFC 7591, RFC 7592)."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.conf import settings

from applications.models import Application
from audit.reasons import Reason
from audit.services import Actor, record_refused, record_unbounded_failure
from common.crypto.digests import digest_of
from common.problems import Refused
from common.web.http import client_ip, network_of, site_of
from common.web.limits import Attempts, Limit, TooManyAttempts, count_together, from_network, give_back
from oidc.issuer.identity import issuer_for
from oidc.models import RegistrationSwitch
from oidc.registration.metadata import described, read_metadata, refused
from oidc.registration.services import (
    check_may_register,
    deregister,
    expires_at_of_newest_secret,
    register_client,
    registered_application,
    replace_registration,
)
from oidc.wire.addresses import REGISTRATION_PATH
from oidc.wire.errors import InvalidClientMetadata, InvalidToken, LogoUndecoded, ProtocolError, TooManyRequests
from oidc.wire.requests import MAX_BODY_BYTES, Call
from oidc.wire.responses import EndpointAnswer, endpoint, json_answer

# By address, or by the token that somebody was handed: many who have one may share an address.
REGISTRATIONS = Limit("registrations", settings.CIAM_REGISTRATIONS_PER_HOUR, 60 * 60)
# What is refused doesn't count above, and yet makes this server read, and perhaps fetch.
REQUESTS = Limit("registration requests", 10 * settings.CIAM_REGISTRATIONS_PER_HOUR, 60 * 60)
# Whoever has many addresses still can't fill a tenant with applications.
OPEN_REGISTRATIONS = Limit("registrations without a token", 500, 24 * 60 * 60)
# Nor does one network use up the day of all: a fifth is what it gets, the many networks of an IPv6 site together.
OPEN_REGISTRATIONS_OF_SITE = Limit("registrations without a token from a site", 100, 24 * 60 * 60)
ANYONE = "anyone"
SOMEBODY = Actor("application", name="Anyone")
WRONG_TOKENS = Limit("wrong registration tokens by address", 20, 5 * 60)


@endpoint("POST")
def register(request: Call) -> EndpointAnswer:
    """RFC 7591 section 3. Only while the tenant has it switched on; with an initial access token, unless anyone may."""
    if not RegistrationSwitch.registers():
        raise InvalidToken("This tenant doesn't let applications register themselves.")
    token = _bearer_of(request) if "Authorization" in request.headers else ""
    try:
        check_may_register(token)
    except InvalidToken:
        _count_wrong_token(request)
        raise
    _count(*_by_caller(REQUESTS, request, token))
    metadata = read_metadata(_body_of(request))
    ip = client_ip(request)
    without_token = [(OPEN_REGISTRATIONS_OF_SITE, site_of(ip) or network_of(ip)), (OPEN_REGISTRATIONS, ANYONE)]
    with _counted(*_by_caller(REGISTRATIONS, request, token), *([] if token else without_token)):
        application, secret, value = register_client(metadata, initial_access_token=token)
    members = _members(request, application, secret=secret) | {"registration_access_token": value}
    return json_answer(members, status=HTTPStatus.CREATED)


@endpoint("GET", "PUT", "DELETE")
def manage(request: Call) -> EndpointAnswer:
    """RFC 7592 section 2: read, replace or remove a registration."""
    client_id = request.path_info.rpartition("/")[2]
    try:
        application = registered_application(client_id, registration_access_token=_bearer_of(request))
    except InvalidToken:
        _count_wrong_token(request)
        raise
    if request.method == "DELETE":
        deregister(application)
        return EndpointAnswer(HTTPStatus.NO_CONTENT, {"Cache-Control": "no-store"})
    secret = ""
    if request.method == "PUT":
        # A replacement makes this server fetch what a registration does.
        _count(*from_network(REQUESTS, client_ip(request)))
        metadata = read_metadata(_body_of(request))
        with _counted((REGISTRATIONS, client_id)):
            secret = replace_registration(application, metadata)
    return json_answer(_members(request, application, secret=secret))


@contextmanager
def _counted(*attempts: tuple[Limit, str]) -> Iterator[None]:
    """Count what happens within, unless it is refused: what came to nothing leaves the hour, and the day, to others.

    A logo that the decoder didn't get done counts: others waited for it. Tells what services refuse in the protocol's
    words.
    """
    _count(*attempts)
    try:
        yield
    except LogoUndecoded:
        raise
    except (ProtocolError, Refused) as error:
        give_back(*attempts)
        if isinstance(error, Refused):
            raise refused(error) from error
        raise


def _members(request: Call, application: Application, *, secret: str) -> dict[str, Any]:
    """What was registered, and a secret if one was made just now: an earlier one is never known again."""
    uri = f"{issuer_for(request.tenant).name}{REGISTRATION_PATH}/{application.client_id}"
    members = described(application) | {"registration_client_uri": uri}
    expires_at = expires_at_of_newest_secret(application)
    if secret and expires_at:
        members |= {"client_secret": secret, "client_secret_expires_at": int(expires_at.timestamp())}
    return members


def _bearer_of(request: Call) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken("Send the token as Authorization: Bearer.")
    return token.strip()


def _body_of(request: Call) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise InvalidClientMetadata("The metadata are too long.")
    if request.content_type != "application/json":
        raise InvalidClientMetadata("Send the metadata as application/json.")
    return request.body


def _count_wrong_token(request: Call) -> None:
    ip = client_ip(request)
    _count(*from_network(WRONG_TOKENS, ip))
    reason, subject = Reason.CREDENTIALS_WRONG, network_of(ip)
    record_unbounded_failure("registration.refused", actor=SOMEBODY, reason=reason, subject=subject)


def _by_caller(limit: Limit, request: Call, token: str) -> Attempts:
    """By the token that somebody was handed, or by where they are."""
    return [(limit, digest_of(token))] if token else from_network(limit, client_ip(request))


def _count(*attempts: tuple[Limit, str]) -> None:
    try:
        count_together(*attempts)
    except TooManyAttempts as refusal:
        record_refused("registration.refused", actor=SOMEBODY, refusal=refusal)
        raise TooManyRequests(refusal.retry_after) from refusal
