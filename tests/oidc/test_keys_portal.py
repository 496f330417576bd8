"""The portal's page about signing keys."""

from datetime import timedelta

import pytest
from django_tenants.utils import tenant_context

from audit.models import Event
from oidc.models import RotationSchedule, SigningKey
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.signing_keys import age, keep, kids, published

PAGE = "/tenants/acme/settings/signing-keys/"


def key_page(tenant: Tenant, kid: str) -> str:
    with tenant_context(tenant):
        return f"/tenants/{tenant.slug}/settings/signing-keys/{SigningKey.objects.get(kid=kid).pk}/withdraw"


def test_the_page_is_reached_from_the_settings_and_shows_each_key(ada_portal: Browser, acme: Tenant) -> None:
    keep(acme)
    assert PAGE in ada_portal.get("/tenants/acme/settings/").content.decode()
    shown = ada_portal.get(PAGE).content.decode()
    for state in ("active", "next"):
        assert all(kid in shown for kid in kids(acme, state).values())
    assert "Every 90 days (recommended)" in shown


def test_p04_the_page_shows_no_private_part(ada_portal: Browser, acme: Tenant) -> None:
    keep(acme)
    pages = [PAGE, *(key_page(acme, kid) for kid in kids(acme, "active").values())]
    with tenant_context(acme):
        sealed = [key.sealed_private_key for key in SigningKey.objects.all()]
    for page in pages:
        shown = ada_portal.get(page).content.decode()
        assert not any(value in shown for value in sealed)
        assert "PRIVATE KEY" not in shown


def test_rotation_is_offered_when_the_next_keys_are_ready(ada_portal: Browser, acme: Tenant) -> None:
    assert "Publish next keys" in ada_portal.get(PAGE).content.decode()
    answer = ada_portal.post(f"{PAGE}rotate", follow=True).content.decode()
    assert "notice-green" in answer
    assert "The next keys are published. They can sign from" in answer
    assert "Rotate keys" not in answer
    too_early = ada_portal.post(f"{PAGE}rotate", follow=True).content.decode()
    assert "published long enough" in too_early
    coming = kids(acme, "next")
    age(acme, timedelta(days=1))
    assert "Rotate keys" in ada_portal.get(PAGE).content.decode()
    assert "The keys were rotated." in ada_portal.post(f"{PAGE}rotate", follow=True).content.decode()
    assert kids(acme, "active") == coming
    # Twice pressed: the second time says why not, and changes nothing.
    ada_portal.post(f"{PAGE}rotate")
    assert kids(acme, "active") == coming
    with tenant_context(acme):
        event = Event.objects.get(action="signing_keys.rotated")
        assert (event.actor_kind, event.actor_name) == ("administrator", "ada@portal.example")


def test_withdrawing_says_what_it_costs_and_asks_first(
    ada_portal: Browser, acme: Tenant, acme_browser: Browser
) -> None:
    keep(acme)
    doomed, coming = kids(acme, "active")["ES256"], kids(acme, "next")["ES256"]
    page = key_page(acme, doomed)
    asked = ada_portal.get(page).content.decode()
    assert "Access tokens it signed are refused immediately." in asked
    assert "fail until they fetch it again" in asked
    assert kids(acme, "active")["ES256"] == doomed
    assert "The key is withdrawn." in ada_portal.post(page, follow=True).content.decode()
    assert doomed not in published(acme_browser)
    assert kids(acme, "active")["ES256"] == coming
    assert ada_portal.post(page).status_code == 404


def test_the_next_key_goes_along_when_ticked(ada_portal: Browser, acme: Tenant) -> None:
    keep(acme)
    doomed, coming = kids(acme, "active")["RS256"], kids(acme, "next")["RS256"]
    ada_portal.post(key_page(acme, doomed), {"with_next": "on"})
    assert kids(acme, "active")["RS256"] not in {doomed, coming}
    assert kids(acme, "next")["RS256"] != coming


@pytest.mark.parametrize(("chosen", "every_days"), [("30", 30), ("365", 365), ("off", None)])
def test_the_schedule_is_saved(ada_portal: Browser, acme: Tenant, chosen: str, every_days: int | None) -> None:
    answer = ada_portal.post(PAGE, {"every_days": chosen}, follow=True).content.decode()
    assert "The schedule is saved." in answer
    assert ("Keys don’t rotate automatically." in answer) == (every_days is None)
    with tenant_context(acme):
        assert RotationSchedule.days() == every_days


@pytest.mark.parametrize("nonsense", ["", "0", "1", "x", "99999999999"])
def test_no_other_schedule_is_taken(ada_portal: Browser, acme: Tenant, nonsense: str) -> None:
    answer = ada_portal.post(PAGE, {"every_days": nonsense})
    assert answer.status_code == 200
    assert "Not saved yet" in answer.content.decode()
    with tenant_context(acme):
        assert RotationSchedule.days() == 90


def test_t18_grace_neither_sees_nor_rotates_nor_withdraws_acmes_keys(
    grace_portal: Browser, stranger_portal: Browser, acme: Tenant, globex: Tenant
) -> None:
    keep(acme)
    age(acme, timedelta(days=1))
    before, page = kids(acme, "active"), key_page(acme, kids(acme, "active")["ES256"])
    for browser in (grace_portal, stranger_portal):
        for address in (PAGE, page):
            assert browser.get(address).status_code == 404
            assert browser.post(address, {"every_days": "off"}).status_code == 404
        assert browser.post(f"{PAGE}rotate").status_code == 404
    # Nor by the address of her own tenant.
    assert grace_portal.post(page.replace("/acme/", "/globex/")).status_code == 404
    assert kids(acme, "active") == before
    with tenant_context(acme):
        assert RotationSchedule.days() == 90


def test_t18_eve_has_no_door_to_it_at_her_tenant(globex_browser: Browser, eve: object, globex: Tenant) -> None:
    globex_browser.sign_in(eve)  # type: ignore[arg-type]
    for path in (PAGE, PAGE.replace("/acme/", "/globex/"), f"{PAGE}rotate"):
        assert globex_browser.get(path).status_code == globex_browser.post(path).status_code == 404
