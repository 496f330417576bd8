"""What has to be true of a response and its assertion (SAML Core, and Profiles section 4.1.4), as pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from common.text.translation import gettext_noop as _
from providers.policies import MAX_AGE_SECONDS, SKEW_SECONDS

SKEW, MAX_AGE = timedelta(seconds=SKEW_SECONDS), timedelta(seconds=MAX_AGE_SECONDS)
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
AS_ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
# What providers call the things that OpenID Connect has one name for; compared without regard to case.
USUAL_NAMES: Mapping[str, str] = {
    name: claim
    for claim, names in {
        "email": (
            "email emailaddress mail urn:oid:0.9.2342.19200300.100.1.3"
            " http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
        ),
        "given_name": (
            "given_name givenname firstname urn:oid:2.5.4.42"
            " http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname"
        ),
        "family_name": (
            "family_name familyname lastname surname sn urn:oid:2.5.4.4"
            " http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"
        ),
        "name": (
            "name displayname urn:oid:2.16.840.1.113730.3.1.241 http://schemas.microsoft.com/identity/claims/displayname"
        ),
    }.items()
    for name in names.split()
}


@dataclass(frozen=True)
class Wanted:
    """What an answer has to be to: our request, from this entity to us, at this address and moment."""

    request_id: str
    issuer: str
    entity_id: str
    place: str
    now: datetime
    is_asked_anew: bool = False


@dataclass(frozen=True)
class Confirmation:
    """By which an assertion says to whom it may be brought, for how long. None for what can't be read as a moment."""

    method: str
    recipient: str
    in_response_to: str
    until: datetime | None
    has_beginning: bool = False


@dataclass(frozen=True)
class AssertionFacts:
    """What a signed assertion says. A moment is None where there is none, or none that can be read (`is_readable`).

    `audiences` are those of each restriction, of which each has to be met. `authenticated_at` is when its subject
    proved themself.
    """

    issuer: str
    confirmations: Sequence[Confirmation]
    audiences: Sequence[Sequence[str]]
    not_before: datetime | None
    until: datetime | None
    authenticated_at: datetime | None
    session_until: datetime | None
    name_id: str
    name_id_format: str
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_readable: bool = True


def entity_id_at(url: str, provider_id: str) -> str:
    """By which name a provider knows us: the address of our metadata, below the one that a tenant keeps."""
    return f"{url}/providers/{provider_id}/metadata"


def moment_of(text: str) -> datetime | None:
    """The moment that a SAML document means; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def response_problem(*, destination: str, in_response_to: str, issuer: str, wanted: Wanted) -> str:
    """What is wrong with the frame around an assertion, as far as it says anything; "" if nothing is."""
    problems = {
        _("It answers another request (InResponseTo)."): in_response_to != wanted.request_id,
        _("It is for another address (Destination)."): destination not in {"", wanted.place},
        _("It was issued by someone else (Issuer)."): issuer not in {"", wanted.issuer},
    }
    return next((sentence for sentence, is_wrong in problems.items() if is_wrong), "")


def assertion_problem(facts: AssertionFacts, wanted: Wanted) -> str:
    """What is wrong with a signed assertion; "" if nothing is."""
    now = wanted.now
    problems = {
        _("It was issued by someone else (Issuer)."): facts.issuer != wanted.issuer,
        _("A date or time in it can’t be read."): not facts.is_readable,
        _("It isn’t meant for this address, has expired, or answers another request (SubjectConfirmation)."): not any(
            _confirms(each, wanted) for each in facts.confirmations
        ),
        _("It isn’t valid yet (NotBefore)."): facts.not_before is not None and facts.not_before > now + SKEW,
        _("It has expired (NotOnOrAfter)."): facts.until is not None and facts.until <= now - SKEW,
        _("It is for someone else (Audience)."): not facts.audiences
        or not all(wanted.entity_id in each for each in facts.audiences),
        _("It doesn’t say that anyone signed in (AuthnStatement)."): facts.authenticated_at is None
        or facts.authenticated_at > now + SKEW,
        _("The session there is over (SessionNotOnOrAfter)."): facts.session_until is not None
        and facts.session_until <= now - SKEW,
        _("Its subject wasn’t asked again (AuthnInstant)."): wanted.is_asked_anew
        and facts.authenticated_at is not None
        and facts.authenticated_at < now - MAX_AGE,
    }
    return next((sentence for sentence, is_wrong in problems.items() if is_wrong), "")


def subject_of(facts: AssertionFacts, attribute: str) -> str:
    """Who it is about: a name that never means somebody else. "" if it tells none.

    That is the persistent NameID, or the one value of the attribute that the tenant has chosen for it.
    """
    if attribute:
        values = facts.attributes.get(attribute, ())
        subject = values[0] if len(values) == 1 else ""
    else:
        subject = facts.name_id if facts.name_id_format == PERSISTENT else ""
    return subject if 0 < len(subject) <= 255 and subject.isprintable() else ""


def claims_of(facts: AssertionFacts, *, email_at: str = "email") -> dict[str, str]:
    """What it tells, by the names it has itself and, where they are usual ones, by those of OpenID Connect as well.

    `email_at` names the attribute that tells the address; "email" stands for what it is usually called, "" for none.
    """
    told = {name: values[0] for name, values in facts.attributes.items() if values and values[0]}
    usual: dict[str, str] = {}
    for name, value in told.items():
        if claim := USUAL_NAMES.get(name.lower()):
            usual.setdefault(claim, value)
    if facts.name_id_format == AS_ADDRESS:
        usual.setdefault("email", facts.name_id)
    claims = {**told, **usual}
    if email_at != "email":
        claims["email"] = told.get(email_at, "") if email_at else ""
    return claims


def _confirms(confirmation: Confirmation, wanted: Wanted) -> bool:
    return (
        confirmation.method == BEARER
        and confirmation.recipient == wanted.place
        and confirmation.in_response_to == wanted.request_id
        and confirmation.until is not None
        and confirmation.until > wanted.now - SKEW
        and not confirmation.has_beginning
    )
