"""The certificate of a client, in the form in which each proxy hands it on."""

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from common.crypto.certificate_names import certificate_subject_problem, names_subject
from common.web.certificates import UnreadableCertificate, client_certificate, read_certificate
from tests.client_certificates import Holder, certified

SUBJECT = "CN=shop,O=Acme,C=DE"
SHOP, OTHER = certified(SUBJECT), certified("CN=other")


def traefik(holder: Holder) -> str:
    return "".join(holder.pem.splitlines()[1:-1])


FORMS = {
    "nginx": SHOP.escaped,
    "HAProxy and Caddy": SHOP.der,
    "RFC 9440": f":{SHOP.der}:",
    "Envoy": f'By=spiffe://edge;Hash=00;Cert="{SHOP.escaped}";Subject="CN=shop";URI=',
    "Traefik": traefik(SHOP),
}


@pytest.mark.parametrize("written", FORMS.values(), ids=FORMS)
def test_each_proxys_form_is_read(written: str) -> None:
    certificate, thumbprint = read_certificate(written)
    assert certificate == SHOP.certificate
    assert thumbprint == SHOP.thumbprint


@pytest.mark.parametrize(
    "written",
    [
        "nonsense",
        "-----BEGIN CERTIFICATE-----",
        f"{SHOP.der},{OTHER.der}",
        f'Cert="{SHOP.escaped}",Hash=1;Cert="{OTHER.escaped}"',
        f"{traefik(SHOP)},{traefik(OTHER)}",
        SHOP.escaped + OTHER.escaped,
        SHOP.der[:-8],
        "A" * 20_000,
    ],
    ids=["nonsense", "no content", "two headers", "a chain", "two hops", "two certificates", "cut off", "too long"],
)
def test_o43_what_isnt_one_certificate_is_refused(written: str) -> None:
    """Two headers become one with a comma: one may be a client's own."""
    with pytest.raises(UnreadableCertificate):
        read_certificate(written)


def test_o57_without_the_setting_no_header_counts(settings: Settings) -> None:
    request = RequestFactory().get("/", headers={"X-Client-Cert": SHOP.escaped, "X-Client-Verify": "SUCCESS"})
    assert client_certificate(request) is None
    settings.CIAM_CLIENT_CERTIFICATE_HEADER = "X-Client-Cert"
    shown = client_certificate(request)
    assert shown is not None
    assert not shown.is_verified, "Nobody has said that the proxy looks."
    settings.CIAM_CLIENT_CERTIFICATE_VERIFIED = "X-Client-Verify"
    assert client_certificate(request).is_verified  # type: ignore[union-attr]
    for said in ("FAILED:self-signed certificate", "NONE", ""):
        request = RequestFactory().get("/", headers={"X-Client-Cert": SHOP.escaped, "X-Client-Verify": said})
        assert not client_certificate(request).is_verified  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("subject_dn", SUBJECT, "C=DE,O=Acme,CN=shop"),
        ("subject_dn", "CN = shop, O = Acme, C = DE".replace(" ", ""), "CN=shop,O=Acme"),
        ("san_dns", "Shop.acme.example", "acme.example"),
        ("san_uri", "spiffe://acme/shop", "spiffe://acme/Shop"),
        ("san_ip", "192.0.2.7", "192.0.2.70"),
        ("san_email", "shop@acme.example", "acme.example"),
    ],
)
def test_one_part_of_it_says_whose_it_is(field: str, right: str, wrong: str) -> None:
    assert names_subject(SHOP.certificate, field=field, subject=right)
    assert not names_subject(SHOP.certificate, field=field, subject=wrong)


@pytest.mark.parametrize(
    ("field", "subject", "words"),
    [("subject_dn", "shop", "RFC 4514"), ("san_ip", "shop", "IP address"), ("san_dns", "", "1 to 1024")],
)
def test_what_can_stand_in_no_certificate_is_refused(field: str, subject: str, words: str) -> None:
    assert words in certificate_subject_problem(field, subject)
