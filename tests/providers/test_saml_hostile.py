"""A-23 for SAML: responses that were forged, wrapped, replayed or made to be read in two ways. None lets anybody in."""

import base64
import copy
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.hmac import HMAC
from django_tenants.utils import tenant_context
from lxml import etree
from signxml.algorithms import SignatureMethod

from providers.errors import AnswerRefused, ProviderError, ProviderFailed
from providers.models import IdentityProvider
from providers.relying_party.exchange import Challenge, Identity, ProviderAnswer, Request
from providers.saml.answers import identify
from providers.saml.documents import metadata_in
from providers.saml.requests import sign_in_url
from providers.services import create_provider
from tenants.models import Tenant
from tests.browser import Browser
from tests.providers.conftest import BY_SAML, COMMAND, go_there
from tests.providers.elsewhere import EC_KEY
from tests.providers.saml import (
    CERTIFICATE,
    ENTITY_ID,
    KEY,
    OTHER_KEY,
    SAML,
    SAMLP,
    Provider,
    certificate_of,
    written,
)
from tests.userflows.customer import Customer

pytestmark = pytest.mark.django_db
DS = "http://www.w3.org/2000/09/xmldsig#"
ASSERTION, SIGNATURE, NAME_ID = f"{{{SAML}}}Assertion", f"{{{DS}}}Signature", f"{{{SAML}}}NameID"
NOW = datetime.now(UTC)
Spoilt = Callable[[Provider], Any]


class Visit:
    """Somebody on the way: what they left with, and what comes of an answer."""

    def __init__(self, provider: IdentityProvider, server: Provider) -> None:
        self.provider, self.challenge = provider, Challenge.new()
        self.place, self.entity_id = f"https://acme.example/providers/{provider.pk}/callback", "https://acme.example/md"
        server.arrive(sign_in_url(provider, Request(self.place, "state", self.challenge, entity_id=self.entity_id)))

    def ends_as(self, root: Any, **how: Any) -> Identity:
        document = root if isinstance(root, bytes) else etree.tostring(root)
        sent = {"SAMLResponse": base64.b64encode(document).decode()}
        answer = ProviderAnswer(sent, self.place, self.challenge, entity_id=self.entity_id, **how)
        return identify(self.provider, answer, is_known=lambda _: False)


@pytest.fixture
def visit(acme: Tenant, by_saml: IdentityProvider, idp: Provider) -> Iterator[Visit]:
    with tenant_context(acme):
        yield Visit(by_saml, idp)


def evil(assertion: Any) -> Any:
    """The same assertion about somebody else, without a signature."""
    forged = copy.deepcopy(assertion)
    for signature in list(forged.iter(SIGNATURE)):
        signature.getparent().remove(signature)
    next(forged.iter(NAME_ID)).text = "victim"
    forged.set("ID", "_evil")
    return forged


def parts(server: Provider, **how: Any) -> tuple[Any, Any, Any]:
    """A response that is right, its assertion and one that isn't."""
    root = server.response(**how)
    assertion = next(root.iter(ASSERTION))
    return root, assertion, evil(assertion)


def before(server: Provider) -> Any:
    root, assertion, forged = parts(server)
    assertion.addprevious(forged)
    return root


def after(server: Provider) -> Any:
    root, assertion, forged = parts(server)
    assertion.addnext(forged)
    return root


def around(server: Provider) -> Any:
    root, assertion, forged = parts(server)
    root.replace(assertion, forged)
    forged.append(assertion)
    return root


def with_its_signature(server: Provider) -> Any:
    root, assertion, forged = parts(server)
    signature = assertion.find(SIGNATURE)
    root.replace(assertion, forged)
    forged.insert(1, signature)
    root.append(assertion)
    return root


def in_its_signature(server: Provider) -> Any:
    root, assertion, forged = parts(server)
    signature = assertion.find(SIGNATURE)
    root.replace(assertion, forged)
    forged.insert(1, signature)
    signature.append(assertion)
    return root


def in_extensions(server: Provider) -> Any:
    root, _assertion, forged = parts(server)
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(forged)
    root.insert(1, extensions)
    return root


def in_an_object(server: Provider) -> Any:
    root, assertion, forged = parts(server)
    signature = assertion.find(SIGNATURE)
    root.replace(assertion, forged)
    forged.insert(1, signature)
    etree.SubElement(signature, f"{{{DS}}}Object").append(assertion)
    return root


def response_in_its_signature(server: Provider) -> Any:
    root, _assertion, forged = parts(server, signs_response=True)
    outer = copy.deepcopy(root)
    signature = outer.find(SIGNATURE)
    etree.SubElement(signature, f"{{{DS}}}Object").append(root)
    outer.set("ID", "_evil_response")
    outer.replace(next(outer.iter(ASSERTION)), forged)
    return outer


def same_id(server: Provider) -> Any:
    root, assertion, forged = parts(server)
    forged.set("ID", assertion.get("ID"))
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(forged)
    root.insert(1, extensions)
    return root


def told(server: Provider, change: Callable[[Any], None]) -> Any:
    """A response that is changed after it was signed."""
    root = server.response()
    change(root)
    return root


def another_name(root: Any) -> None:
    next(root.iter(NAME_ID)).text = "victim"


def replaced(old: bytes, new: bytes) -> Spoilt:
    def spoilt(server: Provider) -> bytes:
        document = etree.tostring(server.response())
        assert old in document
        return document.replace(old, new)

    return spoilt


def signed(**how: Any) -> Spoilt:
    return lambda server: server.signed(server.response(signs_assertion=False), of=ASSERTION, **how)


def said(**changed: Any) -> Spoilt:
    return lambda server: server.response(**changed)


def with_a_transform(algorithm: str) -> Spoilt:
    def spoilt(server: Provider) -> Any:
        root = server.response()
        transforms = next(root.iter(f"{{{DS}}}Transforms"))
        transforms.insert(0, etree.Element(f"{{{DS}}}Transform", {"Algorithm": algorithm}))
        return root

    return spoilt


def with_reference(uri: str) -> Spoilt:
    def spoilt(server: Provider) -> Any:
        root = server.response()
        next(root.iter(f"{{{DS}}}Reference")).set("URI", uri)
        return root

    return spoilt


def twice_referenced(server: Provider) -> Any:
    root = server.response()
    reference = next(root.iter(f"{{{DS}}}Reference"))
    reference.addnext(copy.deepcopy(reference))
    return root


def by_hmac(server: Provider) -> Any:
    """HMAC with the certificate, which everybody knows, as the secret."""
    root = server.response()
    method = next(root.iter(f"{{{DS}}}SignatureMethod"))
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    secret = CERTIFICATE.public_bytes(serialization.Encoding.PEM)
    made = HMAC(secret, hashes.SHA256())
    made.update(etree.tostring(next(root.iter(f"{{{DS}}}SignedInfo")), method="c14n", exclusive=True))
    next(root.iter(f"{{{DS}}}SignatureValue")).text = base64.b64encode(made.finalize()).decode()
    return root


def with_its_own_key(server: Provider) -> Any:
    """Signed by Eve's key, whose certificate comes along."""
    root = server.signed(server.response(signs_assertion=False), of=ASSERTION, key=OTHER_KEY)
    info = etree.SubElement(next(root.iter(SIGNATURE)), f"{{{DS}}}KeyInfo")
    data = etree.SubElement(etree.SubElement(info, f"{{{DS}}}X509Data"), f"{{{DS}}}X509Certificate")
    data.text = base64.b64encode(certificate_of(OTHER_KEY).public_bytes(serialization.Encoding.DER)).decode()
    return root


BOMB = (
    b'<!DOCTYPE r [<!ENTITY a "xxxxxxxxxx">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8))
    + b"]>"
)
PAST, FUTURE = written(NOW - timedelta(minutes=10)), written(NOW + timedelta(days=1))
FORGED: dict[str, Spoilt] = {
    "wrapped: before it": before,
    "wrapped: after it": after,
    "wrapped: around it": around,
    "wrapped: with its signature": with_its_signature,
    "wrapped: in its signature": in_its_signature,
    "wrapped: in extensions": in_extensions,
    "wrapped: in an object": in_an_object,
    "wrapped: the response in its signature": response_in_its_signature,
    "wrapped: by the same ID": same_id,
    "not signed": said(signs_assertion=False),
    "the response alone is signed": said(signs_assertion=False, signs_response=True),
    "changed after it was signed": lambda server: told(server, another_name),
    "another's key": signed(key=OTHER_KEY),
    "its own key in the signature": with_its_own_key,
    "HMAC with the certificate": by_hmac,
    "the digest is SHA-1": signed(digest="sha1"),
    "the signature is by SHA-1": signed(algorithm=SignatureMethod.RSA_SHA1),
    "a comment in the name": replaced(b"nina-at-elsewhere", b"nina<!-- -->-at-elsewhere"),
    "CDATA in the name": replaced(b"nina-at-elsewhere", b"<![CDATA[nina-at-elsewhere]]>"),
    "an instruction in the name": replaced(b"nina-at-elsewhere", b"nina<?x y?>-at-elsewhere"),
    "an element in the name": replaced(b"nina-at-elsewhere", b"<b>nina</b>-at-elsewhere"),
    "a document type": replaced(b"<samlp:Response", b"<!DOCTYPE x><samlp:Response"),
    "a document type in other letters": replaced(b"<samlp:Response", b"<!doctype x><samlp:Response"),
    "a bomb of entities": lambda server: BOMB + etree.tostring(server.response()).replace(b"nina-at", b"&i;nina-at"),
    "a file": lambda server: (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        + etree.tostring(server.response()).replace(b"nina-at", b"&e;nina-at")
    ),
    "UTF-16": lambda server: etree.tostring(server.response(), encoding="UTF-16"),
    "XSLT": with_a_transform("http://www.w3.org/TR/1999/REC-xslt-19991116"),
    "XPath": with_a_transform("http://www.w3.org/TR/1999/REC-xpath-19991116"),
    "base64": with_a_transform("http://www.w3.org/2000/09/xmldsig#base64"),
    "a reference to everything": with_reference(""),
    "a reference elsewhere": with_reference("https://evil.example/a.xml"),
    "a reference to the response": with_reference("#_r1"),
    "two references": twice_referenced,
    "no XML": lambda _: b"SAML",
    "no response": lambda _: f'<saml:Assertion xmlns:saml="{SAML}" Version="2.0"/>'.encode(),
    "huge": lambda server: etree.tostring(server.response()) + b" " * 262_144,
    "nested": lambda _: b"<a>" * 50_000,
    "of SAML 1.1": said(version="1.1"),
    "another issuer": said(issuer="https://evil.example"),
    "another request": said(request="_another", confirmation_request="_another"),
    "another request, inside": said(confirmation_request="_another"),
    "no request, inside": said(confirmation_request=""),
    "another address": said(destination="https://evil.example/"),
    "another recipient": said(recipient="https://evil.example/"),
    "another audience": said(audience="<saml:Audience>https://evil.example</saml:Audience>"),
    "no audience": said(audience=""),
    "another audience besides": said(
        audience="<saml:Audience>https://acme.example/md</saml:Audience></saml:AudienceRestriction>"
        "<saml:AudienceRestriction><saml:Audience>https://evil.example</saml:Audience>"
    ),
    "a condition of its own": said(
        audience="<saml:Audience>https://acme.example/md</saml:Audience></saml:AudienceRestriction>"
        '<saml:Condition xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="x"/>'
        "<saml:AudienceRestriction><saml:Audience>https://acme.example/md</saml:Audience>"
    ),
    "expired": said(until=PAST),
    "not to be brought any more": said(confirmed_until=PAST),
    "not good yet": said(not_before=FUTURE),
    "proved in the future": said(authenticated_at=FUTURE),
    "no moment": said(until="tomorrow"),
    "a moment of no zone": said(until="2099-01-01T00:00:00"),
    "not by its bearer": said(method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
    "a transient name": said(format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
    "an address for a name": said(format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"),
    "nobody": said(subject=""),
    "an endless name": said(subject="x" * 256),
    "an error": said(status="urn:oasis:names:tc:SAML:2.0:status:Requester"),
}


def test_a23_a_good_one_is_let_in(visit: Visit, idp: Provider) -> None:
    for how in ({}, {"signs_response": True}):
        identity = visit.ends_as(idp.response(**how))
        assert (identity.issuer, identity.subject, identity.email) == (
            ENTITY_ID,
            "nina-at-elsewhere",
            "nina@new.example",
        )


def test_a23_forged_responses_let_nobody_in(visit: Visit, idp: Provider) -> None:
    for what, forge in FORGED.items():
        try:
            identity = visit.ends_as(forge(idp))
        except ProviderError as refused:
            assert isinstance(refused, AnswerRefused), f"{what}: the provider isn't to blame"  # noqa: PT017
        else:
            pytest.fail(f"{what}: {identity.subject} is let in")


def test_a23_no_byte_can_be_changed(visit: Visit, idp: Provider) -> None:
    """Whatever a random change does, whoever comes is still the one who was signed."""
    document, chance = etree.tostring(idp.response()), random.Random(14)  # noqa: S311
    outcomes = set()
    for _ in range(300):
        place = chance.randrange(len(document))
        spoilt = document[:place] + bytes([chance.randrange(256)]) + document[place + 1 :]
        try:
            outcomes.add(visit.ends_as(spoilt).subject)
        except ProviderError as refused:
            outcomes.add(type(refused).__name__)
    assert outcomes <= {"nina-at-elsewhere", "AnswerRefused", "SignatureWrong", "TurnedBack"}
    assert {"AnswerRefused", "SignatureWrong"} <= outcomes


def test_a23_an_answer_counts_once_in_one_browser_for_one_tenant(
    by_saml: IdentityProvider,
    idp: Provider,
    acme: Tenant,
    globex: Tenant,
) -> None:
    with tenant_context(globex):
        create_provider(BY_SAML, provider_id=by_saml.pk, actor=COMMAND)
    customer = Customer(acme)
    idp.arrive(go_there(customer, by_saml))
    path, form = idp.posts(idp.response())
    of_globex = Browser(globex).post(path.replace("/t/acme", "/t/globex"), form)
    assert Browser(globex).get(of_globex["Location"]).status_code == 404, "it is another tenant's"
    back = Browser(acme).post(path, form)["Location"]
    assert Browser(acme).get(back).status_code == 404, "it is another browser's"
    customer.visit(back)
    assert "Complete your account" in customer.text

    eve = Customer(acme)
    idp.arrive(go_there(eve, by_saml))
    replayed = {**form, "RelayState": idp.asked["RelayState"]}
    eve.visit(Browser(acme).post(path, replayed)["Location"])
    assert "work. Try again." in eve.text, "what was answered once answers nothing else"
    customer.visit(Browser(acme).post(path, form)["Location"])
    assert "Complete your account" in customer.text


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(KEY, SignatureMethod.SHA256_RSA_MGF1), (KEY, SignatureMethod.RSA_SHA512), (EC_KEY, SignatureMethod.ECDSA_SHA256)],
    ids=["RSA-PSS", "SHA-512", "elliptic"],
)
def test_other_sound_ways_to_sign_are_read(key: Any, algorithm: SignatureMethod, visit: Visit, idp: Provider) -> None:
    visit.provider.metadata_url, visit.provider.metadata = "", idp.metadata(only=certificate_of(key))

    assert visit.ends_as(signed(key=key, algorithm=algorithm)(idp)).subject == "nina-at-elsewhere"


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        (lambda server: server.metadata(entity_id="https://evil.example"), "belongs to 'https://evil.example'"),
        (lambda server: server.metadata(location="javascript:alert(1)"), "can’t be used"),
        (
            lambda server: server.metadata().replace("IDPSSODescriptor", "SPSSODescriptor"),
            "doesn’t describe an identity provider",
        ),
        (lambda server: server.metadata().replace("HTTP-Redirect", "HTTP-POST"), "no SingleSignOnService"),
        (lambda server: server.metadata().replace('use="signing"', 'use="encryption"'), "a certificate that signs"),
        (
            lambda server: server.metadata().replace(" entityID", ' validUntil="2020-01-01T00:00:00Z" entityID'),
            "validUntil",
        ),
        (lambda server: "<!DOCTYPE x [<!ENTITY e 'x'>]>" + server.metadata(), "document type"),
        (lambda _: "<html/>", "belongs to no one"),
        (lambda _: "{}", "well-formed"),
    ],
)
def test_metadata_that_is_no_good_says_why(metadata: Callable[[Provider], str], problem: str) -> None:
    with pytest.raises(ProviderFailed) as failed:
        metadata_in(metadata(Provider()), ENTITY_ID)
    assert problem in str(failed.value)


def test_the_days_of_a_certificate_count_for_nothing(visit: Visit, idp: Provider) -> None:
    """Providers sign by one key for years; what says that it is theirs is the metadata."""
    visit.provider.metadata_url, visit.provider.metadata = "", idp.metadata(old=certificate_of(KEY, days=-400))

    assert visit.ends_as(idp.response()).subject == "nina-at-elsewhere"
