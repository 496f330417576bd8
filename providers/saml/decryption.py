"""Assertions that were encrypted for us (XML Encryption 1.1): by AES-GCM, its key by RSA-OAEP, and no other way.

CBC, which many providers have as their first choice, tells whoever may ask often enough what stands in it.
"""

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from common.text.translation import gettext_noop as _
from providers.errors import AnswerRefused
from providers.saml.xml import Element, children, only, parsed, tag

KEY_BYTES = {f"http://www.w3.org/2009/xmlenc11#aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)}
OAEP, OAEP_11 = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2009/xmlenc11#rsa-oaep"
NONCE_BYTES = 12
HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "http://www.w3.org/2000/09/xmldsig#sha1": hashes.SHA1,
    "http://www.w3.org/2001/04/xmlenc#sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashes.SHA512,
    "http://www.w3.org/2009/xmlenc11#mgf1sha1": hashes.SHA1,
    "http://www.w3.org/2009/xmlenc11#mgf1sha256": hashes.SHA256,
    "http://www.w3.org/2009/xmlenc11#mgf1sha512": hashes.SHA512,
}
ONLY = _(
    "An assertion can be encrypted only by AES-GCM with RSA-OAEP. Choose that at the provider, or turn encryption off."
)


def decrypted(encrypted: Element, key: rsa.RSAPrivateKey) -> Element:
    """The assertion that an EncryptedAssertion holds. Raises `AnswerRefused`."""
    data = only(encrypted, "xenc:EncryptedData")
    algorithm = only(data, "xenc:EncryptionMethod").get("Algorithm", "")
    keys = list(encrypted.iter(tag("xenc:EncryptedKey")))
    if algorithm not in KEY_BYTES or len(keys) != 1:
        raise AnswerRefused(ONLY)
    wrapped, sealed = _value(keys[0]), _value(data)
    try:
        content_key = key.decrypt(wrapped, _padding(only(keys[0], "xenc:EncryptionMethod")))
        if len(content_key) != KEY_BYTES[algorithm]:
            raise ValueError
        document = AESGCM(content_key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except (ValueError, InvalidTag) as error:
        raise AnswerRefused(_("The assertion can’t be decrypted: it wasn’t encrypted for our key.")) from error
    return parsed(document)


def _padding(method: Element) -> padding.OAEP:
    algorithm = method.get("Algorithm")
    if algorithm not in {OAEP, OAEP_11}:
        raise AnswerRefused(ONLY)
    sha1 = "http://www.w3.org/2000/09/xmldsig#sha1"
    digest = next((each.get("Algorithm", "") for each in children(method, "ds:DigestMethod")), sha1)
    mask = next((each.get("Algorithm", "") for each in children(method, "xenc11:MGF")), sha1)
    if digest not in HASHES or mask not in HASHES or (algorithm == OAEP and mask != sha1):
        raise AnswerRefused(ONLY)
    return padding.OAEP(mgf=padding.MGF1(HASHES[mask]()), algorithm=HASHES[digest](), label=None)


def _value(encrypted: Element) -> bytes:
    text = only(only(encrypted, "xenc:CipherData"), "xenc:CipherValue").text or ""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise AnswerRefused(_("What is encrypted isn’t base64.")) from error
