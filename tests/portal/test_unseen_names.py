"""A name that others read can be seen, whichever page it is typed on; what scripts and emojis need stays in it."""

from collections.abc import Mapping
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from common.text import texts
from tenants.models import Tenant
from tests.branding.brands import NOTHING
from tests.browser import Browser
from tests.portal.registrations import CHOICES

ACME, PROFILE = "/tenants/acme", "/me/"
NOT_SEEN = str(texts.NOT_SEEN)
UNSEEN = {
    "a zero-width space": "\u200b",
    "a soft hyphen in the midst": "Bo\u00adok",
    "an empty pattern of Braille": "\u2800",
    "a filler of Hangul": "\u3164",
    "a joiner with nothing to join": "\u200d",
    "a mark that turns the rest round": "Kim\u202egnikcah",
    "an isolate": "\u2066Kim",
}
# By what is named: the page, the field, and what else the form needs.
DOORS: dict[str, tuple[str, str, Mapping[str, Any]]] = {
    "a tenant": (f"{ACME}/settings/", "name", {"country": ""}),
    "a new tenant": ("/tenants/new/", "name", {"slug": "initech", "country": ""}),
    "an application": (f"{ACME}/applications/{{client_id}}/", "name", CHOICES),
    "a new application": (f"{ACME}/applications/new/", "name", {**CHOICES, "kind": "service"}),
    "a scope": (
        f"{ACME}/applications/{{client_id}}/api/scopes/new/",
        "display_name",
        {"name": "read", "consenter": "anybody"},
    ),
    "a scope to customers": (
        f"{ACME}/applications/{{client_id}}/api/scopes/new/",
        "customer_display_name",
        {"name": "read", "display_name": "Read", "consenter": "anybody"},
    ),
    "a role": (f"{ACME}/applications/{{client_id}}/roles/new/", "display_name", {"value": "r", "for_customers": "on"}),
    "a group": (f"{ACME}/groups/", "name", {}),
    "a user flow": (f"{ACME}/user-flows/new/", "name", {"methods": ["password"]}),
    "an attribute": (f"{ACME}/user-flows/{{flow}}/page-layout/", "city-label", {"attribute": ["city"]}),
    "a link of the brand": (f"{ACME}/branding/default/", "privacy_text", NOTHING),
    "the hint of the brand": (f"{ACME}/branding/default/", "username_hint", NOTHING),
}


@pytest.fixture
def open_door(olga_portal: Browser, bookshop: Application) -> Any:
    """Send one of the forms, with this in the place of its name."""

    def send(door: str, name: str) -> Any:
        path, field, fields = DOORS[door]
        path = path.format(client_id=bookshop.client_id, flow=bookshop.user_flow_id)
        return olga_portal.post(path, {**fields, "user_flow": str(bookshop.user_flow_id), field: name})

    return send


@pytest.mark.parametrize("door", DOORS)
def test_p28_eve_gives_nothing_a_name_that_cannot_be_seen(open_door: Any, door: str) -> None:
    for what, name in UNSEEN.items():
        answer = open_door(door, name)
        assert (answer.status_code, NOT_SEEN in answer.content.decode()) == (200, True), what


@pytest.mark.parametrize("door", DOORS)
def test_names_of_every_script_and_emojis_are_kept(open_door: Any, door: str) -> None:
    answer = open_door(door, "می\u200cخواهم 👩\u200d👧")
    assert answer.status_code == 302


def test_p28_nobody_is_an_administrator_without_a_name(olga_portal: Browser, olga: Account, home: Tenant) -> None:
    """Who left it empty is called by their address in the log, so that is what an unseen name comes to."""
    turned = olga_portal.post(PROFILE, {"name": UNSEEN["a mark that turns the rest round"]})
    assert NOT_SEEN in turned.content.decode()
    for unseen in ("\u200b", "\u2800", "\u3164", "\u00ad", "\u200d"):
        assert olga_portal.post(PROFILE, {"name": unseen}).status_code == 302
        with tenant_context(home):
            assert Account.objects.get(pk=olga.pk).display_name == ""
