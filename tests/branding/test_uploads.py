"""Forms with pictures as no browser sends them: refused in words or by a status, and the brand stays as it was."""

import base64
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from branding.models import BrandingImage
from tenants.models import Tenant
from tests.branding.brands import DEFAULT, brand
from tests.branding.pictures import picture, upload
from tests.browser import Browser

pytestmark = pytest.mark.django_db
BOUNDARY = "boundary"
OF_A_FILE = 'name="banner_logo"; filename="logo.png"'


def part(disposition: str, content: bytes = b"", *headers: str) -> bytes:
    head = "\r\n".join((f"Content-Disposition: form-data; {disposition}", *headers))
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


def sent(browser: Browser, *parts: bytes, kind: str = f"multipart/form-data; boundary={BOUNDARY}") -> Any:
    return browser.post(DEFAULT, b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), kind)


def logo_of(acme: Tenant) -> BrandingImage:
    with tenant_context(acme):
        return BrandingImage.objects.get()


@pytest.mark.parametrize("content", [b"", picture(200, 36)[:-30]], ids=["empty", "cut off"])
def test_b10_a_file_of_which_not_all_has_come_is_refused_and_the_logo_stays(
    acme: Tenant, ada_portal: Browser, content: bytes
) -> None:
    brand(acme, images={BrandingImage.Kind.BANNER_LOGO: upload(picture(90, 30))})
    answer = sent(ada_portal, part(OF_A_FILE, content))
    assert "banner_logo" in answer.context["form"].errors
    assert logo_of(acme).width == 90


@pytest.mark.parametrize("disposition", ['name="layout"', OF_A_FILE], ids=["fields", "files"])
def test_b15_ten_thousand_parts_are_refused_before_anybody_reads_them(
    acme: Tenant, ada_portal: Browser, disposition: str
) -> None:
    assert sent(ada_portal, *[part(disposition, b"x")] * 10_000).status_code == 400


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\u00e9"]
)
def test_b15_parts_without_a_boundary_are_refused(acme: Tenant, ada_portal: Browser, kind: str) -> None:
    assert sent(ada_portal, part(OF_A_FILE, picture(90, 30)), kind=kind).status_code == 400


def test_b15_a_part_is_a_file_and_never_parts_again(acme: Tenant, ada_portal: Browser) -> None:
    nested = part(OF_A_FILE, picture(90, 30)).replace(BOUNDARY.encode(), b"inner") + b"--inner--\r\n"
    answer = sent(ada_portal, part(OF_A_FILE, nested, "Content-Type: multipart/mixed; boundary=inner"))
    assert "banner_logo" in answer.context["form"].errors


def test_b15_a_file_in_base64_is_the_file_or_refused(acme: Tenant, ada_portal: Browser) -> None:
    encoding = "Content-Transfer-Encoding: base64"
    assert sent(ada_portal, part(OF_A_FILE, b"A" * 4097 + b"=", encoding)).status_code == 400
    assert sent(ada_portal, part(OF_A_FILE, base64.b64encode(picture(90, 30)), encoding)).status_code == 302
    assert logo_of(acme).width == 90
