from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext_lazy as _

from branding.views import coverage, customer, drafts, history, portal, preview, shared, themes
from branding.views.drafts import BRANDING_TABS, THEME_TABS

_TENANT = "tenants/<slug:slug>/branding"
_THEME = f"{_TENANT}/themes/<uuid:theme_id>"
# What the tenant's own brand and each theme have alike: the rest of the address, the view, and the rest of its name.
_PAGES: list[tuple[str, Callable[..., Any], str]] = [
    ("publish/", drafts.review, "publish"),
    ("discard", drafts.discard_draft, "discard"),
    ("take-back", drafts.take_back, "take-back"),
    ("share/", drafts.share, "share"),
    ("coverage/", coverage.coverage_map, "coverage"),
    ("history/", history.history, "history"),
    ("history/<int:version_number>/", history.version, "version"),
    ("history/<int:version_number>/restore", history.restore_version, "restore"),
    ("<slug:locale>/", portal.edit, "edit"),
    ("<slug:locale>/preview", preview.preview, "preview"),
    ("<slug:locale>/delete", portal.delete, "delete-language"),
]

BRANDING_TABS.add(_("Brandings"), "branding", place=10)
BRANDING_TABS.add(_("Coverage"), "branding-coverage", place=20)
BRANDING_TABS.add(_("History"), "branding-history", place=30)
THEME_TABS.add(_("Brandings"), "theme", place=10)
THEME_TABS.add(_("Coverage"), "theme-coverage", place=20)
THEME_TABS.add(_("History"), "theme-history", place=30)
THEME_TABS.add(_("Settings"), "theme-settings", place=40)

portal_urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/", portal.overview, name="branding"),
    re_path(
        r"^tenants/(?P<slug>[a-z0-9]+)/branding/images/(?P<digest>[0-9a-f]{64})$", portal.image, name="branding-image"
    ),
    path(f"{_TENANT}/themes/", themes.create, name="theme-create"),
    path(f"{_THEME}/", portal.overview, name="theme"),
    path(f"{_THEME}/settings/", themes.settings, name="theme-settings"),
    path(f"{_THEME}/delete", themes.delete, name="theme-delete"),
    *(path(f"{_THEME}/{rest}", view, name=f"theme-{name}") for rest, view, name in _PAGES),
    *(path(f"{_TENANT}/{rest}", view, name=f"branding-{name}") for rest, view, name in _PAGES),
]
customer_urlpatterns: list[URLPattern] = [
    re_path(r"^images/(?P<digest>[0-9a-f]{64})$", customer.image, name="image"),
    re_path(r"^themes/(?P<digest>[0-9a-f]{32})\.css$", customer.style_sheet, name="style-sheet"),
    re_path(r"^drafts/(?P<token>[\w.=-]{1,400})/$", shared.draft, name="draft"),
    re_path(r"^drafts/(?P<token>[\w.=-]{1,400})/page$", shared.draft_page, name="draft-page"),
]
