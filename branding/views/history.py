"""The versions of a brand: what each changed, what it looks like, and having one back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from branding.brands.content import EMPTY
from branding.languages.locales import name_of_locale
from branding.models import BrandVersion
from branding.telling.differences import differences
from branding.versions.services import newest, restore
from branding.views.addresses import BrandAt, brand_at
from branding.views.drafts import Side, draft_context, pictures_of
from common.database.published import KEPT_NEWEST
from common.problems import Refused
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

# Languages of which the list tells sentences; the version itself tells all.
MOST_NAMED = 3


@tenant_page(needs=Need.BRANDING_READ)
def history(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """All published versions, the newest first."""
    brand = brand_at(tenant, theme_id)
    rows = _published(brand).defer("content", "pictures")
    entries = [_entry(row, brand.url("version", row.number)) for row in rows]
    context = {"entries": entries, "kept_newest": KEPT_NEWEST, **draft_context(request, brand)}
    return TemplateResponse(request, "portal/branding/history.html", context)


def _entry(row: BrandVersion, url: str) -> dict[str, Any]:
    """A version in the list: how much it changed, and of which languages how many sentences, the most first."""
    counted = sorted(row.sentences.items(), key=lambda each: (-each[1], name_of_locale(each[0])))
    sentences = [(name_of_locale(locale), number, f"{url}#changes-{locale}") for locale, number in counted]
    return {
        "version": row,
        "url": url,
        "count": row.number_of_changes,
        "sentences": sentences[:MOST_NAMED],
        "languages_more": len(sentences[MOST_NAMED:]),
    }


@tenant_page(needs=Need.BRANDING_READ)
def version(request: PortalRequest, tenant: Tenant, version_number: int, theme_id: UUID | None = None) -> HttpResponse:
    """One version beside the one before it, in words and pictures."""
    brand = brand_at(tenant, theme_id)
    row = get_object_or_404(_published(brand), number=version_number)
    before = _published(brand).filter(number__lt=version_number).first()
    old = before.content if before else EMPTY
    changes = differences(old, row.content, brand.image_url, of_theme=bool(brand.theme))
    context = {
        "version": row,
        "before": before,
        "changes": changes,
        "pictures": pictures_of(brand, changes, Side.of(before), Side(row.content, row.number)),
        "restore_url": brand.url("restore", row.number),
        **_version_context(request, brand, row),
    }
    return TemplateResponse(request, "portal/branding/version.html", context)


@tenant_page(needs=Need.BRANDING_CHANGE)
def restore_version(
    request: PortalRequest, tenant: Tenant, version_number: int, theme_id: UUID | None = None
) -> HttpResponse:
    """Restore a version, so that customers see it again, once it is told how it differs from what they see now."""
    brand = brand_at(tenant, theme_id)
    row = get_object_or_404(_published(brand), number=version_number)
    if request.method != "POST":
        return _restore_page(request, brand, row)
    try:
        restored = restore(row, seen=request.POST.get("seen", ""), actor=request.actor)
    except Refused as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(brand.url("history"))
    numbers = {"number": version_number, "as": restored.number}
    messages.success(request, _("Version %(number)d is what customers see again, as version %(as)d.") % numbers)
    return redirect(brand.url("history"))


def _restore_page(request: PortalRequest, brand: BrandAt, row: BrandVersion) -> HttpResponse:
    shown = get_object_or_404(_published(brand)[:1])
    changes = differences(shown.content, row.content, brand.image_url, of_theme=bool(brand.theme))
    context = {
        "version": row,
        "changes": changes,
        "pictures": pictures_of(brand, changes, Side.of(shown), Side(row.content, row.number)),
        "version_url": brand.url("version", row.number),
        **_version_context(request, brand, row),
    }
    return TemplateResponse(request, "portal/branding/restore.html", context)


def _version_context(request: PortalRequest, brand: BrandAt, row: BrandVersion) -> dict[str, Any]:
    """What a page about one version is told besides."""
    return {
        "history_url": brand.url("history"),
        "is_newest": row == newest(brand.theme),
        **draft_context(request, brand),
    }


def _published(brand: BrandAt) -> QuerySet[BrandVersion]:
    return BrandVersion.objects.of_brand(brand.theme).filter(number__isnull=False)
