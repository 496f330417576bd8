"""Ada reads of all that is wrong with a form at one time, in its own words, and of what she has to choose again."""

import pytest
from django_tenants.utils import tenant_context

from applications.models import Application
from tenants.models import Tenant
from tests.branding.brands import NOTHING
from tests.branding.pictures import picture, upload
from tests.browser import Browser
from tests.portal.registrations import AS_USUAL, CHOICES

WRONG_URI = "http://elsewhere.example/"
LONG_URI = f"https://a.example/{'x' * 3000}"
WRONG: dict[str, tuple[str, dict[str, str]]] = {
    "settings": ("", {"name": "", "redirect_uris": WRONG_URI, "post_logout_redirect_uris": "no uri"}),
    "a long name": ("", {"name": "n" * 300, "redirect_uris": WRONG_URI}),
    "tokens": ("tokens/", {"access_token_minutes": "", "id_token_minutes": "1", "refresh_idle_days": "91"}),
    "sign-out": ("sign-out/", {"backchannel_logout_uri": LONG_URI, "frontchannel_logout_uri": WRONG_URI}),
    "appearance": ("appearance/", {"client_uri": WRONG_URI, "tos_uri": "no uri"}),
    "a scope": (
        "api/scopes/new/",
        {"name": "?", "display_name": "", "description": "d" * 600, "customer_display_name": "c" * 200},
    ),
    "a role": ("roles/new/", {"value": "?", "display_name": "", "description": "d" * 600}),
    "a claim": ("claims/new/", {"name": "?", "text": ""}),
}


@pytest.mark.parametrize(("part", "wrong"), WRONG.values(), ids=WRONG.keys())
def test_everything_wrong_is_told_at_one_time(
    ada_portal: Browser, bookshop: Application, part: str, wrong: dict[str, str]
) -> None:
    fine = CHOICES | AS_USUAL | {"source": "constant", "user_flow": str(bookshop.user_flow_id), "consenter": "anybody"}

    answer = ada_portal.post(f"/tenants/acme/applications/{bookshop.client_id}/{part}", fine | wrong)

    assert set(answer.context["form"].errors) == set(wrong) | ({"for_customers"} if part.startswith("roles") else set())


def test_a_logo_that_wont_do_is_told_along_with_links(ada_portal: Browser, acme: Tenant, bookshop: Application) -> None:
    appearance = f"/tenants/acme/applications/{bookshop.client_id}/appearance/"
    fields = {"logo": upload(b"no picture"), "client_uri": "https://shop.example/", "tos_uri": "no uri"}

    assert set(ada_portal.post(appearance, fields).context["form"].errors) == {"logo", "tos_uri"}
    assert set(ada_portal.post(appearance, fields | {"tos_uri": ""}).context["form"].errors) == {"logo"}
    with tenant_context(acme):
        bookshop.refresh_from_db()
    assert bookshop.client_uri == ""


def test_so_is_everything_about_sessions(ada_portal: Browser) -> None:
    times = {"idle_amount": "1", "idle_unit": "1", "lifetime_amount": "x", "lifetime_unit": "60", "stay_days": "999"}

    errors = ada_portal.post("/tenants/acme/settings/sessions/", times).context["form"].errors

    assert set(errors) == {"idle_amount", "lifetime_amount", "stay_days"}
    assert errors["lifetime_amount"] == ["Enter a whole number for “Sign out after at most”."]


@pytest.mark.parametrize("page", ["/tenants/acme/settings/", "/tenants/new/"])
def test_a_name_that_is_too_long_is_refused_and_not_cut(olga_portal: Browser, page: str) -> None:
    answer = olga_portal.post(page, {"name": "n" * 300, "slug": "a-b", "country": ""}).content.decode()

    assert "Enter a name of 1 to 256 characters." in answer
    assert f'value="{"n" * 300}"' in answer
    assert 'maxlength="256"' not in answer


def test_numbers_are_asked_for_with_their_bounds(ada_portal: Browser) -> None:
    sent = {"description": "", "days": "many", "max_registrations": "0"}

    errors = ada_portal.post("/tenants/acme/settings/registration/", sent).context["form"].errors

    assert errors["description"] == ["Fill in “Description”."]
    assert errors["days"] == ["Enter a whole number from 1 to 365 for “Valid for (days)”."]
    assert errors["max_registrations"] == ["Enter a whole number from 1 to 1000 for “Applications at most”."]


def test_a_file_that_has_to_be_chosen_again_is_named(ada_portal: Browser, bookshop: Application) -> None:
    logo = upload(picture(200, 36))
    fields = NOTHING | {"layout": "split", "accent_color": "red", "banner_logo": logo}
    branded = ada_portal.post("/tenants/acme/branding/default/", fields).content.decode()
    appearance = f"/tenants/acme/applications/{bookshop.client_id}/appearance/"
    shown = ada_portal.post(appearance, {"logo": upload(picture(64, 64)), "tos_uri": WRONG_URI}).content.decode()

    for page in (branded, shown):
        assert page.count(f"Choose the file again: <bdi>{logo.name}</bdi>") == 1
    assert "Choose the file again" not in ada_portal.get(appearance).content.decode()
