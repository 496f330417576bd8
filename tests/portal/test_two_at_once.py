"""Two administrators have the same page open: whoever saves later is told before anything is lost."""

import pytest
from django.test.client import Client
from django_tenants.utils import tenant_context

from branding.models import Branding
from branding.services import add_language
from tenants.models import Tenant
from tests.branding.brands import ADA, NOTHING
from tests.branding.pictures import picture, upload
from tests.browser import Browser

SETTINGS = "/tenants/acme/settings/"
TOLD = "Someone else changed this"


def seen_at(portal: Client, page: str) -> str:
    return portal.get(page).context["form"]["seen"].value()


@pytest.mark.parametrize("locale", ["", "de"], ids=["default", "language"])
def test_of_two_who_brand_the_pages_the_later_is_told(ada_portal: Browser, acme: Tenant, locale: str) -> None:
    with tenant_context(acme):
        if locale:
            add_language(locale=locale, actor=ADA)
    page = f"/tenants/acme/branding/{locale or 'default'}/"
    fields = NOTHING | {"seen": seen_at(ada_portal, page)} | ({} if locale else {"layout": "split"})
    assert ada_portal.post(page, fields | {"username_hint": "first"}).status_code == 302

    told = ada_portal.post(page, fields | {"accent_color": "#aa0000"})

    assert TOLD in told.content.decode()
    assert 'value="#aa0000"' in told.content.decode()
    with tenant_context(acme):
        assert Branding.objects.get(locale=locale).username_hint == "first"
    again = fields | {"accent_color": "#aa0000", "seen": told.context["form"]["seen"].value()}
    assert ada_portal.post(page, again).status_code == 302


def test_an_image_is_a_change_as_well(ada_portal: Browser, acme: Tenant) -> None:
    page = "/tenants/acme/branding/default/"
    fields = NOTHING | {"layout": "split", "seen": seen_at(ada_portal, page)}
    logo = {"banner_logo": upload(picture(200, 36))}
    assert ada_portal.post(page, fields | logo).status_code == 302

    assert TOLD in ada_portal.post(page, fields).content.decode()


def test_of_two_who_rename_a_tenant_the_later_is_told(ada_portal: Browser, acme: Tenant) -> None:
    seen = seen_at(ada_portal, SETTINGS)
    assert ada_portal.post(SETTINGS, {"name": "Acme Books", "country": "DE", "seen": seen}).status_code == 302

    told = ada_portal.post(SETTINGS, {"name": "Acme", "country": "AT", "seen": seen})

    assert TOLD in told.content.decode()
    acme.refresh_from_db()
    assert (acme.name, acme.country) == ("Acme Books", "DE")
