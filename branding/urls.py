from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext_lazy as _

from branding.versions.attention import overdue_brands
from branding.views import (
    coverage,
    customer,
    drafts,
    history,
    imports,
    languages,
    portal,
    preview,
    shared,
    sheet,
    themes,
)
from branding.views.drafts import BRANDING_TABS, THEME_TABS
from portal_frame.access import Need
from portal_frame.attention import ATTENTION

_TENANT = "tenants/<slug:slug>/branding"
_THEME = f"{_TENANT}/themes/<uuid:theme_id>"

BRANDING_TABS.add(_("Brandings"), "branding", place=10)
BRANDING_TABS.add(_("Coverage"), "branding-coverage", place=20)
BRANDING_TABS.add(_("Languages"), "branding-languages", place=25)
BRANDING_TABS.add(_("All pages"), "branding-sheet", place=27)
BRANDING_TABS.add(_("History"), "branding-history", place=30)
THEME_TABS.add(_("Brandings"), "theme", place=10)
THEME_TABS.add(_("Coverage"), "theme-coverage", place=20)
THEME_TABS.add(_("All pages"), "theme-sheet", place=27)
THEME_TABS.add(_("History"), "theme-history", place=30)
THEME_TABS.add(_("Settings"), "theme-settings", place=40)

ATTENTION.add(overdue_brands, needs=Need.BRANDING_READ)

portal_urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/", portal.overview, name="branding"),
    re_path(
        r"^tenants/(?P<slug>[a-z0-9]+)/branding/images/(?P<digest>[0-9a-f]{64})$", portal.image, name="branding-image"
    ),
    path(f"{_TENANT}/images/<uuid:image_id>/whole", portal.whole, name="branding-whole"),
    path(f"{_TENANT}/themes/", themes.create, name="theme-create"),
    path(f"{_THEME}/", portal.overview, name="theme"),
    path(f"{_THEME}/settings/", themes.settings, name="theme-settings"),
    path(f"{_THEME}/delete", themes.delete, name="theme-delete"),
    path(f"{_THEME}/publish/", drafts.review, name="theme-publish"),
    path(f"{_THEME}/discard", drafts.discard_draft, name="theme-discard"),
    path(f"{_THEME}/take-back", drafts.take_back, name="theme-take-back"),
    path(f"{_THEME}/share/", drafts.share, name="theme-share"),
    path(f"{_THEME}/links/<uuid:link_id>/take-back", drafts.take_back_link, name="theme-link-take-back"),
    path(f"{_THEME}/sheet/", sheet.sheet, name="theme-sheet"),
    path(f"{_THEME}/sheet/page", sheet.sheet_page, name="theme-sheet-page"),
    path(f"{_THEME}/coverage/", coverage.coverage_map, name="theme-coverage"),
    path(f"{_THEME}/history/", history.history, name="theme-history"),
    path(f"{_THEME}/history/<int:version_number>/", history.version, name="theme-version"),
    path(f"{_THEME}/history/<int:version_number>/restore", history.restore_version, name="theme-restore"),
    path(f"{_THEME}/import/", imports.take, name="theme-import"),
    path(f"{_THEME}/<slug:locale>/", portal.edit, name="theme-edit"),
    path(f"{_THEME}/<slug:locale>/preview", preview.preview, name="theme-preview"),
    path(f"{_THEME}/<slug:locale>/delete", portal.delete, name="theme-delete-language"),
    path(f"{_TENANT}/publish/", drafts.review, name="branding-publish"),
    path(f"{_TENANT}/discard", drafts.discard_draft, name="branding-discard"),
    path(f"{_TENANT}/take-back", drafts.take_back, name="branding-take-back"),
    path(f"{_TENANT}/share/", drafts.share, name="branding-share"),
    path(f"{_TENANT}/links/<uuid:link_id>/take-back", drafts.take_back_link, name="branding-link-take-back"),
    path(f"{_TENANT}/sheet/", sheet.sheet, name="branding-sheet"),
    path(f"{_TENANT}/sheet/page", sheet.sheet_page, name="branding-sheet-page"),
    path(f"{_TENANT}/languages/", languages.languages, name="branding-languages"),
    path(f"{_TENANT}/languages/add", languages.add, name="branding-add-language"),
    path(f"{_TENANT}/languages/remove", languages.remove, name="branding-remove-language"),
    path(f"{_TENANT}/coverage/", coverage.coverage_map, name="branding-coverage"),
    path(f"{_TENANT}/history/", history.history, name="branding-history"),
    path(f"{_TENANT}/history/<int:version_number>/", history.version, name="branding-version"),
    path(f"{_TENANT}/history/<int:version_number>/restore", history.restore_version, name="branding-restore"),
    path(f"{_TENANT}/import/", imports.take, name="branding-import"),
    path(f"{_TENANT}/<slug:locale>/", portal.edit, name="branding-edit"),
    path(f"{_TENANT}/<slug:locale>/preview", preview.preview, name="branding-preview"),
    path(f"{_TENANT}/<slug:locale>/delete", portal.delete, name="branding-delete-language"),
]
customer_urlpatterns: list[URLPattern] = [
    re_path(r"^images/(?P<digest>[0-9a-f]{64})$", customer.image, name="image"),
    re_path(r"^themes/(?P<digest>[0-9a-f]{32})\.css$", customer.style_sheet, name="style-sheet"),
    re_path(r"^drafts/(?P<token>[\w-]{1,100})/$", shared.draft, name="draft"),
    re_path(r"^drafts/(?P<token>[\w-]{1,100})/sheet/$", shared.draft_sheet, name="draft-sheet"),
    re_path(r"^drafts/(?P<token>[\w-]{1,100})/page$", shared.draft_page, name="draft-page"),
]
