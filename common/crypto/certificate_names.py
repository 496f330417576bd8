"""Whose a certificate is, by the one part of it that is looked at (RFC 8705 section 2.1.2)."""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

from cryptography import x509

from common.text.translation import gettext as _

SUBJECT_DN, SAN_DNS, SAN_URI, SAN_IP, SAN_EMAIL = "subject_dn", "san_dns", "san_uri", "san_ip", "san_email"
CERTIFICATE_FIELDS = (SUBJECT_DN, SAN_DNS, SAN_URI, SAN_IP, SAN_EMAIL)
MAX_SUBJECT_LENGTH = 1024
UNREADABLE_NAMES = (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError)


def certificate_subject_problem(field: str, subject: str) -> str:
    """What is wrong with what shall stand in this part, as a sentence; empty if nothing is."""
    if not 0 < len(subject) <= MAX_SUBJECT_LENGTH or not subject.isprintable():
        return _("Enter the name exactly as it is in the certificate: 1 to %(longest)d characters.") % {
            "longest": MAX_SUBJECT_LENGTH
        }
    if field == SUBJECT_DN and _name(subject) is None:
        return _("Write the subject as RFC 4514 does, the last part first: CN=shop,O=Acme,C=DE.")
    if field == SAN_IP and _ip(subject) is None:
        return _("This isn’t an IP address.")
    return ""


def names_subject(certificate: x509.Certificate, *, field: str, subject: str) -> bool:
    """Whether this part of the certificate says so: the whole subject, or one of the alternative names of a kind."""
    try:
        if field == SUBJECT_DN:
            return certificate.subject == _name(subject)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except UNREADABLE_NAMES:
        return False
    kind, in_form = ALTERNATIVES[field]
    return in_form(subject) in map(in_form, map(str, names.get_values_for_type(kind)))


def _name(text: str) -> x509.Name | None:
    """A distinguished name of its text (RFC 4514); None if it is none."""
    try:
        return x509.Name.from_rfc4514_string(text)
    except ValueError:
        return None


def _ip(text: str) -> Any:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


ALTERNATIVES: Mapping[str, tuple[Any, Callable[[str], Any]]] = {
    SAN_DNS: (x509.DNSName, str.lower),
    SAN_URI: (x509.UniformResourceIdentifier, str),
    SAN_IP: (x509.IPAddress, _ip),
    SAN_EMAIL: (x509.RFC822Name, str),
}
