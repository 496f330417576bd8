"""Signatures of a response: where they may stand, what they may say, and the bytes that they vouch for.

Everything that makes XML signatures dangerous is refused before any of it is computed: a reference to something else
than the element around it, transforms beyond the two that SAML needs, keys that come along, weak algorithms.
"""

from collections.abc import Sequence

from cryptography import x509
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

from common.text.translation import gettext_noop as _
from providers.errors import AnswerRefused
from providers.saml.xml import Element, children, only, parsed, tag

ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
PARENTS = (tag("samlp:Response"), tag("saml:Assertion"))
METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.SHA256_RSA_MGF1,
        SignatureMethod.SHA384_RSA_MGF1,
        SignatureMethod.SHA512_RSA_MGF1,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
        SignatureMethod.ECDSA_SHA512,
    }
)
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})


class SignatureWrong(AnswerRefused):
    """None of the provider's certificates fits: perhaps it has newer ones."""


def check_signatures(root: Element) -> None:
    """Each signature signs the response or assertion that it stands in, by the plain means. Raises `AnswerRefused`."""
    for signature in root.iter(tag("ds:Signature")):
        parent = signature.getparent()
        if parent is None or parent.tag not in PARENTS or len(list(children(parent, "ds:Signature"))) > 1:
            raise AnswerRefused(_("There is a signature where none belongs."))
        info = only(signature, "ds:SignedInfo")
        reference = only(info, "ds:Reference")
        steps = [each.get("Algorithm") for each in children(only(reference, "ds:Transforms"), "ds:Transform")]
        if (
            list(children(signature, "ds:Object"))
            or not parent.get("ID")
            or reference.get("URI") != f"#{parent.get('ID')}"
        ):
            raise AnswerRefused(_("A signature covers something other than the element it’s in."))
        by = only(info, "ds:SignatureMethod").get("Algorithm"), only(reference, "ds:DigestMethod").get("Algorithm")
        if by[0] not in {each.value for each in METHODS} or by[1] not in {each.value for each in DIGESTS}:
            raise AnswerRefused(_("A signature uses an algorithm that is no longer safe. Use SHA-256."))
        if steps != [ENVELOPED, EXCLUSIVE] or only(info, "ds:CanonicalizationMethod").get("Algorithm") != EXCLUSIVE:
            raise AnswerRefused(_("A signature asks for more than the two usual transforms."))


def verified(element: Element, certificates: Sequence[x509.Certificate]) -> Element:
    """The element as it was signed, and nothing else: read again from the bytes whose signature is right.

    Raises `SignatureWrong`, or `AnswerRefused` if it isn't signed itself.
    """
    if not list(children(element, "ds:Signature")):
        raise AnswerRefused(_("The %(element)s isn’t signed itself."), element=etree.QName(element).localname)
    # Alone in a document of its own, so that no signature finds anything else.
    document = etree.tostring(element, with_tail=False)
    for certificate in certificates:
        signed = _signed(document, certificate)
        if signed is not None:
            return parsed(signed)
    raise SignatureWrong("Its signature is by none of the provider’s certificates.")


def _signed(document: bytes, certificate: x509.Certificate) -> bytes | None:
    """The bytes that this certificate's key has signed; None if it hasn't."""
    wanted = SignatureConfiguration(
        location="./",
        signature_methods=METHODS,
        digest_algorithms=DIGESTS,
        # Of a certificate in the metadata nothing counts but the key (SAML Metadata Interoperability section 2.6.1).
        verification_time=certificate.not_valid_before_utc,
        ignore_ambiguous_key_info=True,
        default_reference_c14n_method=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    try:
        result = XMLVerifier().verify(document, x509_cert=certificate, expect_config=wanted, id_attribute="ID")
    except (SignXMLException, etree.LxmlError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return result.signed_data if isinstance(result, VerifyResult) else None
