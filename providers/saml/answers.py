"""Who comes back from a SAML provider, by what it has signed (Core section 3.3.3, Profiles section 4.1.4)."""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from cryptography import x509

from accounts.attributes import EMAIL
from common.crypto.encryption import CannotUnseal
from common.text.translation import KeptSentence
from common.text.translation import gettext_noop as _
from providers.errors import AnswerRefused, ProviderFailed, TurnedBack
from providers.models import IdentityProvider
from providers.relying_party.exchange import Identity, ProviderAnswer
from providers.saml.decryption import decrypted
from providers.saml.documents import metadata_of
from providers.saml.keys import private_key_of
from providers.saml.rules import (
    AssertionFacts,
    Confirmation,
    Wanted,
    assertion_problem,
    claims_of,
    moment_of,
    response_problem,
    subject_of,
)
from providers.saml.signatures import SignatureWrong, check_signatures, verified
from providers.saml.xml import Element, check_ids, children, only, parsed, tag, text_of

STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
# What a provider says of somebody who didn't sign in there.
NOTHING_PROVED = ("AuthnFailed", "RequestDenied", "NoPassive")


def check(_provider: IdentityProvider, answer: ProviderAnswer) -> None:
    """Whether there is an answer at all; whose it is, its signature says. Raises `AnswerRefused`."""
    if not answer["SAMLResponse"]:
        raise AnswerRefused(_("The answer has no SAMLResponse that could be read."))


def identify(
    provider: IdentityProvider,
    answer: ProviderAnswer,
    *,
    is_known: Callable[[Identity], bool],  # noqa: ARG001 - an assertion tells the same of everybody
) -> Identity:
    """Who has come. Raises `ProviderFailed`, `AnswerRefused` or `TurnedBack`."""
    wanted = Wanted(
        request_id=answer.challenge.request_id,
        issuer=provider.issuer,
        entity_id=answer.entity_id,
        place=answer.redirect_uri,
        now=datetime.now(UTC),
        is_asked_anew=answer.is_asked_anew,
    )
    response = _response(answer["SAMLResponse"] or "", wanted)
    facts = _facts(_signed_assertion(provider, response))
    if problem := assertion_problem(facts, wanted):
        raise AnswerRefused(_("The assertion was refused. %(problem)s"), problem=KeptSentence(problem))
    subject = subject_of(facts, provider.subject_attribute)
    if not subject:
        named = f"the attribute {provider.subject_attribute}" if provider.subject_attribute else "a persistent NameID"
        raise AnswerRefused(_("The assertion names no one by %(named)s."), named=named)
    claims = claims_of(facts, email_at=provider.claims.get(EMAIL, ""))
    return Identity(facts.issuer, subject, claims)


def _response(encoded: str, wanted: Wanted) -> Element:
    """The response, as far as it fits the request. Nothing of it is believed yet."""
    try:
        document = base64.b64decode("".join(encoded.split()), validate=True)
    except ValueError as error:
        raise AnswerRefused(_("The SAMLResponse isn’t base64.")) from error
    root = parsed(document)
    if root.tag != tag("samlp:Response") or root.get("Version") != "2.0":
        raise AnswerRefused(_("The SAMLResponse isn’t a SAML 2.0 response."))
    check_ids(root)
    check_signatures(root)
    issuers = [text_of(each) for each in children(root, "saml:Issuer")]
    problem = response_problem(
        destination=root.get("Destination", ""),
        in_response_to=root.get("InResponseTo", ""),
        issuer="".join(issuers),
        wanted=wanted,
    )
    if problem:
        raise AnswerRefused(_("The response was refused. %(problem)s"), problem=KeptSentence(problem))
    _check_status(only(root, "samlp:Status"))
    return root


def _check_status(status: Element) -> None:
    code = only(status, "samlp:StatusCode")
    if code.get("Value") == f"{STATUS}Success":
        return
    codes = [each.get("Value", "").removeprefix(STATUS) for each in status.iter(tag("samlp:StatusCode"))]
    told = next((each for each in reversed(codes) if each.isalpha()), "")
    if told in NOTHING_PROVED:
        raise TurnedBack(told)
    raise AnswerRefused(_("The provider answered with an error (%(told)s)."), told=told)


def _signed_assertion(provider: IdentityProvider, response: Element) -> Element:
    """The one assertion, as it was signed; a signature of the whole response is right as well, if it has one.

    Where none of the certificates fits, the provider may have newer ones: its metadata is looked at once more.
    """
    metadata = metadata_of(provider)
    try:
        return _verified(provider, response, metadata.certificates)
    except SignatureWrong:
        newer = metadata_of(provider, but=metadata)
        if newer.certificates == metadata.certificates:
            raise
        return _verified(provider, response, newer.certificates)


def _verified(provider: IdentityProvider, response: Element, certificates: Sequence[x509.Certificate]) -> Element:
    if list(children(response, "ds:Signature")):
        verified(response, certificates)
    return verified(_assertion(provider, response), certificates)


def _assertion(provider: IdentityProvider, response: Element) -> Element:
    """The assertion: the only one wherever one looks, in the clear or encrypted for us."""
    plain, encrypted = list(response.iter(tag("saml:Assertion"))), list(response.iter(tag("saml:EncryptedAssertion")))
    if len(plain) + len(encrypted) != 1:
        raise AnswerRefused(_("The response must contain exactly one assertion."))
    if (plain or encrypted)[0].getparent() is not response:
        raise AnswerRefused(_("There is an assertion where none belongs."))
    if plain:
        return plain[0]
    try:
        found = decrypted(encrypted[0], private_key_of(provider))
    except CannotUnseal as gone:
        raise ProviderFailed(_("Our key can’t be read: its encryption key is gone. Add the provider again.")) from gone
    if found.tag != tag("saml:Assertion") or len(list(found.iter(tag("saml:Assertion")))) != 1:
        raise AnswerRefused(_("What was encrypted isn’t one assertion."))
    check_ids(found)
    check_signatures(found)
    return found


def _facts(assertion: Element) -> AssertionFacts:
    """What a verified assertion says. Raises `AnswerRefused` for what has no place in one."""
    if assertion.tag != tag("saml:Assertion") or assertion.get("Version") != "2.0":
        raise AnswerRefused(_("What was signed isn’t a SAML 2.0 assertion."))
    subject, conditions = only(assertion, "saml:Subject"), only(assertion, "saml:Conditions")
    name_id = next(children(subject, "saml:NameID"), None)
    statements = list(children(assertion, "saml:AuthnStatement"))
    if list(children(conditions, "saml:Condition")):
        raise AnswerRefused(_("The assertion has an unknown condition."))
    moments = [*_moments(conditions, "NotBefore", "NotOnOrAfter")]
    sessions = [_moments(each, "AuthnInstant", "SessionNotOnOrAfter") for each in statements]
    told = [conditions.get("NotBefore"), conditions.get("NotOnOrAfter")]
    told += [each.get(name) for each in statements for name in ("AuthnInstant", "SessionNotOnOrAfter")]
    ends = [end for _at, end in sessions if end]
    return AssertionFacts(
        issuer=text_of(only(assertion, "saml:Issuer")),
        confirmations=[_confirmation(each) for each in children(subject, "saml:SubjectConfirmation")],
        audiences=[
            [text_of(audience) for audience in children(each, "saml:Audience")]
            for each in children(conditions, "saml:AudienceRestriction")
        ],
        not_before=moments[0],
        until=moments[1],
        authenticated_at=min((at for at, _end in sessions if at), default=None),
        session_until=min(ends, default=None),
        name_id=text_of(name_id) if name_id is not None else "",
        name_id_format=name_id.get("Format", "") if name_id is not None else "",
        attributes=_attributes(assertion),
        is_readable=all(moment_of(text) is not None for text in told if text is not None),
    )


def _moments(element: Element, first: str, second: str) -> tuple[datetime | None, datetime | None]:
    return moment_of(element.get(first, "")), moment_of(element.get(second, ""))


def _confirmation(element: Element) -> Confirmation:
    data = next(children(element, "saml:SubjectConfirmationData"), None)
    told = data.attrib if data is not None else {}
    return Confirmation(
        method=element.get("Method", ""),
        recipient=str(told.get("Recipient", "")),
        in_response_to=str(told.get("InResponseTo", "")),
        until=moment_of(str(told.get("NotOnOrAfter", ""))),
        has_beginning="NotBefore" in told,
    )


def _attributes(assertion: Element) -> dict[str, list[str]]:
    """The values of each attribute that are plain text; others, such as names within names, are passed over."""
    found: dict[str, list[str]] = {}
    for statement in children(assertion, "saml:AttributeStatement"):
        for attribute in children(statement, "saml:Attribute"):
            values = [text_of(each) for each in children(attribute, "saml:AttributeValue") if not len(each)]
            found.setdefault(attribute.get("Name", ""), []).extend(values)
    return found
