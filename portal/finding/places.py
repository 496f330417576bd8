"""The pages of the portal that are there without anything having been made, and the settings on them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.forms.utils import pretty_name
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, override, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branding.forms.brandings import BrandingForm
from captcha.forms import CaptchaForm
from common.text.languages import ENGLISH
from logs.forms import RulesForm
from mail.forms import OwnServerForm
from oidc.keys.forms import ScheduleForm
from portal.finding.found import MOST_OF_A_SOURCE, Asked, Found, fits
from portal.forms.installation import LimitsForm
from portal.forms.settings.deletion import GraceForm
from portal.forms.settings.passwords import PasswordRulesForm
from portal.forms.settings.recovery import RecoveryForm
from portal.forms.settings.sessions import SessionRulesForm
from portal.forms.tenants import TenantForm
from portal_frame.pages import may_open
from portal_frame.tabs import SETTINGS_TABS
from sms.forms import TextSettingsForm
from tenants.models import Tenant


@dataclass(frozen=True)
class Place:
    """A page by its URL name, and further words by which people look for it; `of` is what its address names besides."""

    title: str | Promise
    url_name: str
    words: str = ""
    of: tuple[str, ...] = ()


OF_A_TENANT = (
    Place(_("Overview"), "tenant", "home start figures issuer discovery"),
    Place(_("Figures"), "figures", "statistics charts sign-ins sign-ups signed up funnel lose leave dashboard"),
    Place(_("Customers"), "customers", "people users accounts block unblock lost phone sign-in check"),
    Place(_("Create customer"), "customer-create", "new user"),
    Place(_("Invite customer"), "customer-invite", "new user mail"),
    Place(_("Get started"), "tenant-start", "guide set up begin new"),
    Place(_("App registrations"), "applications", "applications clients"),
    Place(_("Register application"), "application-register", "new create app client"),
    Place(_("User flows"), "userflows", "sign-in sign-up methods attributes ask for postal code"),
    Place(_("Create user flow"), "userflow-create", "new"),
    Place(
        _("Identity providers"),
        "identity-providers",
        "google microsoft apple facebook github saml social login oidc openid connect federation",
    ),
    Place(
        _("Add identity provider"),
        "identity-provider-create",
        "new google microsoft apple facebook github saml openid connect",
    ),
    Place(_("Hooks"), "hooks", "web-hook custom authentication extension api connector claims external"),
    Place(_("Add hook"), "hook-create", "new web-hook extension"),
    Place(_("Custom attributes"), "custom-attributes", "fields profile"),
    Place(_("Groups"), "groups", "members"),
    Place(_("Import customers"), "imports", "csv json upload migrate"),
    Place(_("Export customers"), "export", "csv json download spreadsheet"),
    Place(_("Bulk operations"), "operations", "progress"),
    Place(_("Company branding"), "branding", "logo colours look pages emails themes draft"),
    Place(_("Review and publish"), "branding-publish", "branding draft schedule"),
    Place(_("Company branding › Coverage"), "branding-coverage", "languages fallback map"),
    Place(_("Company branding › Languages"), "branding-languages", "offered default translations"),
    Place(_("Company branding › History"), "branding-history", "versions restore undo who changed"),
    Place(_("Add theme"), "theme-create", "new branding look application"),
    Place(_("Words"), "words", "texts sentences translations languages labels buttons emails"),
    Place(_("Outbox"), "outbox", "mail messages codes"),
    Place(_("Logs › Sign-ins"), "logs", "events failed attempts why couldn't"),
    Place(_("Logs › Audit"), "logs-audit", "events changes who changed administrators"),
    Place(_("Administrators"), "administrators", "roles colleagues members read access remove"),
    Place(_("Invite administrator"), "administrator-invite", "add new colleague"),
)
# Further words for the settings, which are found by the tabs that lead to them.
WORDS_OF_SETTINGS = {
    "tenant-settings": "name country time zone",
    "tenant-domains": "custom domain host dns cname issuer address",
    "tenant-mail": "smtp server sender email test spf dkim dmarc",
    "text-sender": "sms gateway phone countries",
    "log-settings": "retention forward syslog seal",
    "tenant-sessions": "stay signed in inactivity timeout",
    "tenant-passwords": "length block list history policy rules",
    "captcha": "bots turnstile hcaptcha recaptcha",
    "tenant-recovery": "lost second factor phone passkey wait hours get back in",
    "tenant-deletion": "grace days customers delete their own account privacy",
    "signing-keys": "rotate rotation jwks certificate withdraw",
    "registration": "dynamic client register themselves initial access tokens valid days",
    "tenant-danger": "suspend delete tenant",
}
OF_THE_INSTALLATION = (
    Place(_("Tenants"), "tenants", "switch all"),
    Place(_("Create tenant"), "tenant-create", "new"),
    Place(_("Installation"), "installation", "operator health disk versions tenants"),
    Place(_("Logs of the installation"), "installation-logs", "events audit"),
    Place(_("Jobs"), "jobs", "worker queue stuck failed"),
    Place(_("Administrators of the installation"), "people", "operators colleagues"),
    Place(_("Installation settings"), "installation-settings", "defaults limits mail"),
    Place(_("Your profile"), "profile", "name me"),
    Place(_("Your sessions"), "profile-sessions", "browsers sign out me"),
    Place(_("Your roles"), "profile-roles", "tenants leave me"),
    Place(_("Documentation"), "documentation", "help manual"),
)
# The home tenant has administrators instead of customers, and stays.
NOT_AT_HOME = (
    "customers",
    "customer-create",
    "customer-invite",
    "imports",
    "export",
)
# The forms whose fields are found by their names, each with its page.
SETTINGS: tuple[tuple[Place, type[forms.BaseForm]], ...] = (
    (Place(_("Settings"), "tenant-settings"), TenantForm),
    (Place(_("Sessions"), "tenant-sessions"), SessionRulesForm),
    (Place(_("Passwords"), "tenant-passwords"), PasswordRulesForm),
    (Place(pgettext_lazy("portal", "Recovery"), "tenant-recovery"), RecoveryForm),
    (Place(_("Deletion"), "tenant-deletion"), GraceForm),
    (Place(_("Signing keys"), "signing-keys"), ScheduleForm),
    (Place(_("Mail"), "tenant-mail"), OwnServerForm),
    (Place(_("Logs"), "log-settings"), RulesForm),
    (Place(_("Text messages"), "text-sender"), TextSettingsForm),
    (Place(_("CAPTCHA"), "captcha"), CaptchaForm),
    (Place(_("Company branding"), "branding-edit", of=("default",)), BrandingForm),
)
SETTINGS_OF_THE_INSTALLATION = ((Place(_("Installation settings"), "installation-settings"), LimitsForm),)
# Fields that nobody looks for: what was seen, the units of numbers, and boxes that remove a picture.
NOT_LOOKED_FOR = re.compile(r"seen$|.*_unit$|remove_")


def find_pages(asked: Asked) -> list[Found]:
    """Pages whose title or words the query begins, in the reader's language or in English; all if nothing is asked."""
    with override(ENGLISH):
        english = {place.url_name: str(place.title) for place, _url in _open_places(asked)}
    found = [
        Found(str(place.title), url)
        for place, url in _open_places(asked)
        if fits(asked.words, f"{place.title} {english[place.url_name]} {place.words}")
    ]
    # A title comes before a word that stands for it.
    found.sort(key=lambda each: not fits(asked.words, each.title))
    return found[:MOST_OF_A_SOURCE] if asked.query else found


def find_settings(asked: Asked) -> list[Found]:
    """Fields of the tenant's settings and the installation's, by what stands above them."""
    if not asked.query:
        return []
    found = []
    for place, url, form in _open_forms(asked):
        found += [
            Found(label, f"{url}#id_{name}", str(place.title))
            for name, label in _labels(form)
            if fits(asked.words, label)
        ]
    return found[:MOST_OF_A_SOURCE]


def _open_forms(asked: Asked) -> Iterator[tuple[Place, str, type[forms.BaseForm]]]:
    """Those that open to whoever asks, with their addresses, the tenant's first."""
    for place, form in SETTINGS if asked.tenant else ():
        if may_open(asked.request, place.url_name):
            yield place, asked.url(place.url_name, *place.of), form
    for place, form in SETTINGS_OF_THE_INSTALLATION:
        if may_open(asked.request, place.url_name):
            yield place, reverse(f"portal:{place.url_name}"), form


def _labels(form: type[forms.BaseForm]) -> Iterator[tuple[str, str]]:
    fields: dict[str, forms.Field] = form.base_fields  # type: ignore[attr-defined]
    for name, field in fields.items():
        label = str(field.label or pretty_name(name))
        if not NOT_LOOKED_FOR.match(name):
            yield name, label


def _settings_of(tenant: Tenant) -> Iterator[Place]:
    for url_name, names in SETTINGS_TABS.ways(of=tenant):
        yield Place(" › ".join([gettext("Settings"), *names]), url_name, WORDS_OF_SETTINGS.get(url_name, ""))


def _open_places(asked: Asked) -> Iterator[tuple[Place, str]]:
    """Those that open to whoever asks, the tenant's first."""
    tenant = asked.tenant
    if tenant is not None:
        there = dict.fromkeys(NOT_AT_HOME, not tenant.is_home)
        for place in (*OF_A_TENANT, *_settings_of(tenant)):
            if may_open(asked.request, place.url_name) and there.get(place.url_name, True):
                yield place, asked.url(place.url_name)
    for place in OF_THE_INSTALLATION:
        if may_open(asked.request, place.url_name):
            yield place, reverse(f"portal:{place.url_name}")
