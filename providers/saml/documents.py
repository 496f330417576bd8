"""What a SAML provider publishes about itself: its metadata, fetched from its address or kept as it was pasted."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from common.text.translation import gettext_noop as _
from common.web.outgoing import url_fault
from providers.errors import AnswerRefused, ProviderFailed
from providers.models import IdentityProvider
from providers.relying_party.fetched import fetched, fresh
from providers.saml.rules import PERSISTENT, moment_of
from providers.saml.xml import MAX_BYTES, Element, children, parsed, tag

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
SAML_2 = "urn:oasis:names:tc:SAML:2.0:protocol"
MOST_CERTIFICATES, LEAST_RSA_BITS = 8, 2048


@dataclass(frozen=True)
class SamlMetadata:
    """What we need of a provider's metadata: where customers are sent, and whose signatures count.

    `wants_signed` is whether it takes signed requests alone, `knows_persistent` whether it may have persistent names.
    Of certificates nothing counts but the key: they stand in the metadata as long as the provider uses them.
    """

    entity_id: str
    sign_in_url: str
    certificates: tuple[x509.Certificate, ...]
    wants_signed: bool = False
    knows_persistent: bool = True


def metadata_of(provider: IdentityProvider, *, but: SamlMetadata | None = None) -> SamlMetadata:
    """The provider's metadata; other than this one, if it can be had. Raises `ProviderFailed`."""
    if not provider.metadata_url:
        return metadata_in(provider.metadata, provider.issuer)
    return fresh(
        ("saml", provider.pk, provider.metadata_url, provider.issuer),
        lambda: read_metadata(provider),
        will_do=lambda kept: kept is not but,
    )


def entity_at(url: str) -> str:
    """The entity ID that the metadata at an address is of, if it is of one alone. Raises `ProviderFailed`."""
    return _only_entity(_fetched(url))


def entity_in(document: str) -> str:
    """The same of metadata that was pasted. Raises `ProviderFailed`."""
    return _only_entity(document.encode())


def read_metadata(provider: IdentityProvider) -> SamlMetadata:
    """The metadata as it is now, whatever is known. Raises `ProviderFailed`."""
    if not provider.metadata_url:
        return metadata_in(provider.metadata, provider.issuer)
    return _read(_fetched(provider.metadata_url), provider.issuer)


@lru_cache(maxsize=32)
def metadata_in(document: str, entity_id: str) -> SamlMetadata:
    """The metadata of this entity in a document. Raises `ProviderFailed`."""
    return _read(document.encode(), entity_id)


def _fetched(url: str) -> bytes:
    return fetched(url, max_bytes=MAX_BYTES, accept="application/samlmetadata+xml, application/xml, text/xml").body


def _entities(document: bytes) -> list[Element]:
    """All that the metadata describes. Raises `ProviderFailed`."""
    try:
        root = parsed(document, may_have_comments=True)
    except AnswerRefused as error:
        raise ProviderFailed(_("The metadata can’t be read. %(problem)s"), problem=error.sentence) from error
    return list(root.iter(tag("md:EntityDescriptor")))


def _only_entity(document: bytes) -> str:
    names = [str(each.get("entityID", "")) for each in _entities(document)]
    if len(names) != 1:
        raise ProviderFailed(
            _("The metadata describes %(number)s entities. Write the entity ID of the one you mean."), number=len(names)
        )
    return names[0]


def _read(document: bytes, entity_id: str) -> SamlMetadata:
    entity = _entity(_entities(document), entity_id)
    valid_until = moment_of(entity.get("validUntil", ""))
    if valid_until is not None and valid_until < datetime.now(UTC):
        raise ProviderFailed(_("The metadata was valid until %(day)s (validUntil)."), day=f"{valid_until:%Y-%m-%d}")
    roles = [each for each in children(entity, "md:IDPSSODescriptor") if SAML_2 in _protocols(each)]
    if not roles:
        raise ProviderFailed(
            _("The metadata doesn’t describe an identity provider that speaks SAML 2.0 (IDPSSODescriptor).")
        )
    certificates = tuple(
        certificate
        for role in roles
        for each in children(role, "md:KeyDescriptor")
        for certificate in _certificates(each)
    )
    if not 0 < len(certificates) <= MOST_CERTIFICATES:
        raise ProviderFailed(
            _(
                "The metadata has to have a certificate that signs, and %(most)s at most: with an RSA key of %(bits)s"
                " bits or more, or an elliptic one."
            ),
            most=MOST_CERTIFICATES,
            bits=LEAST_RSA_BITS,
        )
    formats = [(each.text or "").strip() for role in roles for each in children(role, "md:NameIDFormat")]
    return SamlMetadata(
        entity_id,
        _sign_in_url(roles),
        certificates,
        wants_signed=any(role.get("WantAuthnRequestsSigned") in {"true", "1"} for role in roles),
        knows_persistent=not formats or PERSISTENT in formats,
    )


def _entity(described: list[Element], entity_id: str) -> Element:
    """The description of this entity, among others perhaps."""
    wanted = [each for each in described if each.get("entityID") == entity_id]
    if len(wanted) != 1:
        names = ", ".join(repr(each.get("entityID", "")[:200]) for each in described[:3]) or "no one"
        raise ProviderFailed(
            _("The metadata belongs to %(names)s. If that is the one you mean, write the entity ID exactly like this."),
            names=names,
        )
    return wanted[0]


def _protocols(role: Element) -> list[str]:
    return str(role.get("protocolSupportEnumeration", "")).split()


def _sign_in_url(roles: list[Element]) -> str:
    """Where customers are sent by a redirect."""
    places = [place for role in roles for place in children(role, "md:SingleSignOnService")]
    url = next((place.get("Location", "") for place in places if place.get("Binding") == REDIRECT), "")
    if not url:
        raise ProviderFailed(_("The metadata has no SingleSignOnService for HTTP-Redirect."))
    if problem := url_fault(url):
        raise ProviderFailed(_("The address of its SingleSignOnService can’t be used. %(problem)s"), problem=problem)
    return url


def _certificates(key: Element) -> list[x509.Certificate]:
    """The certificates of a key, if it signs; those for something else, or of weak keys, are passed over."""
    if key.get("use", "signing") != "signing":
        return []
    found = []
    for each in key.iter(tag("ds:X509Certificate")):
        try:
            certificate = x509.load_der_x509_certificate(base64.b64decode("".join((each.text or "").split())))
            public = certificate.public_key()
        except ValueError:
            continue
        is_strong = isinstance(public, rsa.RSAPublicKey) and public.key_size >= LEAST_RSA_BITS
        if is_strong or isinstance(public, ec.EllipticCurvePublicKey):
            found.append(certificate)
    return found
