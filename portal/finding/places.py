"""The pages of the portal that are there without anything having been made, and the settings on them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.forms.utils import pretty_name
from django.urls import reverse

from branding.forms import BrandingForm
from frame.pages import may_open
from logs.forms import RulesForm
from mail.forms import OwnServerForm
from mail.transports import keeps_messages
from oidc.keys.forms import ScheduleForm
from portal.finding.found import MOST_OF_A_SOURCE, Asked, Found, fits
from portal.forms.sessions import SessionRulesForm
from portal.forms.tenants import TenantForm


@dataclass(frozen=True)
class Place:
    """A page by its URL name, and further words by which people look for it; `of` is what its address names besides."""

    title: str
    url_name: str
    words: str = ""
    of: tuple[str, ...] = ()


OF_A_TENANT = (
    Place("Overview", "tenant", "home start figures issuer discovery"),
    Place("Figures", "figures", "statistics charts sign-ins sign-ups funnel dashboard"),
    Place("Customers", "customers", "people users accounts"),
    Place("Create customer", "customer-create", "new user"),
    Place("Invite customer", "customer-invite", "new user mail"),
    Place("Get started", "tenant-start", "guide set up begin new"),
    Place("App registrations", "applications", "applications clients"),
    Place("Register application", "application-register", "new create app client"),
    Place("User flows", "userflows", "sign-in sign-up methods"),
    Place("Create user flow", "userflow-create", "new"),
    Place("Identity providers", "identity-providers", "google microsoft social login oidc openid connect federation"),
    Place("Add identity provider", "identity-provider-create", "new google microsoft openid connect"),
    Place("Custom attributes", "custom-attributes", "fields profile"),
    Place("Groups", "groups", "members"),
    Place("Import customers", "imports", "csv json upload migrate"),
    Place("Bulk operations", "operations", "progress"),
    Place("Company branding", "branding", "logo colours look pages emails"),
    Place("Outbox", "outbox", "mail messages codes"),
    Place("Logs › Sign-ins", "logs", "events failed attempts why"),
    Place("Logs › Audit", "logs-audit", "events changes who administrators"),
    Place("Administrators", "administrators", "roles colleagues members access"),
    Place("Invite administrator", "administrator-invite", "add new colleague"),
    Place("Settings", "tenant-settings", "name country time zone"),
    Place("Settings › Domains", "tenant-domains", "custom domain host dns cname issuer address"),
    Place("Settings › Mail", "tenant-mail", "smtp server sender email test spf dkim dmarc"),
    Place("Settings › Logs", "log-settings", "retention forward syslog seal"),
    Place("Settings › Sessions", "tenant-sessions", "stay signed in inactivity timeout"),
    Place("Settings › Signing keys", "signing-keys", "rotate jwks certificate withdraw"),
    Place("Settings › Registration", "registration", "dynamic register initial access tokens"),
    Place("Settings › Danger zone", "tenant-danger", "suspend delete tenant"),
)
OF_THE_INSTALLATION = (
    Place("Tenants", "tenants", "switch all"),
    Place("Create tenant", "tenant-create", "new"),
    Place("Installation", "installation", "operator health disk versions tenants"),
    Place("Logs of the installation", "installation-logs", "events audit"),
    Place("Jobs", "jobs", "worker queue stuck failed"),
    Place("Administrators of the installation", "people", "operators colleagues"),
    Place("Installation settings", "installation-settings", "defaults limits mail"),
    Place("Your profile", "profile", "name me"),
    Place("Your sessions", "profile-sessions", "browsers sign out me"),
    Place("Your roles", "profile-roles", "tenants leave me"),
    Place("Documentation", "documentation", "help manual"),
)
# The home tenant has administrators instead of customers, and stays.
NOT_AT_HOME = ("customers", "customer-create", "customer-invite", "imports", "tenant-domains", "tenant-danger")
# The forms whose fields are found by their names, each with its page.
SETTINGS: tuple[tuple[Place, type[forms.BaseForm]], ...] = (
    (Place("Settings", "tenant-settings"), TenantForm),
    (Place("Sessions", "tenant-sessions"), SessionRulesForm),
    (Place("Signing keys", "signing-keys"), ScheduleForm),
    (Place("Mail", "tenant-mail"), OwnServerForm),
    (Place("Logs", "log-settings"), RulesForm),
    (Place("Company branding", "branding-edit", of=("default",)), BrandingForm),
)
NOT_BY_NAME = ("Unit", "Seen")


def find_pages(asked: Asked) -> list[Found]:
    """Pages whose title or words the query begins; all of the tenant if nothing is asked for."""
    found = [
        Found(place.title, url)
        for place, url in _open_places(asked)
        if fits(asked.words, f"{place.title} {place.words}")
    ]
    # A title comes before a word that stands for it.
    found.sort(key=lambda each: not fits(asked.words, each.title))
    return found[:MOST_OF_A_SOURCE] if asked.query else found


def find_settings(asked: Asked) -> list[Found]:
    """Fields of the tenant's settings, by what stands above them."""
    if not asked.query or asked.tenant is None:
        return []
    found = []
    for place, form in SETTINGS:
        if may_open(asked.request, place.url_name):
            found += [
                Found(label, f"{asked.url(place.url_name, *place.of)}#id_{name}", place.title)
                for name, label in _labels(form)
                if fits(asked.words, label)
            ]
    return found[:MOST_OF_A_SOURCE]


def _labels(form: type[forms.BaseForm]) -> Iterator[tuple[str, str]]:
    fields: dict[str, forms.Field] = form.base_fields  # type: ignore[attr-defined]
    for name, field in fields.items():
        label = str(field.label or pretty_name(name))
        if not label.startswith("Remove") and label not in NOT_BY_NAME:
            yield name, label


def _open_places(asked: Asked) -> Iterator[tuple[Place, str]]:
    """Those that open to whoever asks, the tenant's first."""
    tenant = asked.tenant
    if tenant is not None:
        there = {"outbox": keeps_messages(), **dict.fromkeys(NOT_AT_HOME, not tenant.is_home)}
        for place in OF_A_TENANT:
            if may_open(asked.request, place.url_name) and there.get(place.url_name, True):
                yield place, asked.url(place.url_name)
    for place in OF_THE_INSTALLATION:
        if may_open(asked.request, place.url_name):
            yield place, reverse(f"portal:{place.url_name}")
