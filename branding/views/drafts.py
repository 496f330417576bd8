"""What becomes of a draft: looked over and published, now or later; discarded; shown to others by a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branding.brands.content import EMPTY, Content, count_changes, read, seen_as
from branding.forms.brandings import PublishForm, ShareForm
from branding.look import resolve
from branding.models import DEFAULT, Branding, BrandVersion, DraftLink
from branding.preview.samples import sample_named, samples
from branding.preview.sentences import samples_by_sentence
from branding.telling.differences import OfLanguage, differences
from branding.versions.links import make_link, take_link_back
from branding.versions.scheduling import schedule, unschedule
from branding.versions.services import discard, draft_of, newest, publish, scheduled
from branding.views.addresses import BrandAt, brand_at
from common.problems import Refused
from common.text.time_zones import zone_named
from portal_frame.access import Need
from portal_frame.forms import CHANGED_BEFORE_IT, ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.shown_once import show_once, shown_once
from portal_frame.tabs import TabBar
from portal_frame.templatetags.portal import day_and_time
from tenants.addressing import base_url
from tenants.models import Tenant


@dataclass(frozen=True)
class Side:
    """One of two states that are compared: the version of this number, or the draft without one."""

    content: Content
    number: int | None = None

    @classmethod
    def of(cls, version: BrandVersion | None) -> "Side | None":
        """That of a version; None if there is none."""
        return cls(version.content, version.number) if version else None


@dataclass(frozen=True)
class Picture:
    """A page before and after in a language that differs; "" for an address where there is no page."""

    name: str
    before_url: str
    after_url: str


_MOST_PAGES = 4
BRANDING_TABS, THEME_TABS = TabBar(), TabBar()


@tenant_page(needs=Need.BRANDING_READ)
def review(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """What publishing the draft would change, and the button that does it, now or at a time in the tenant's zone."""
    brand = brand_at(tenant, theme_id)
    draft, shown = draft_of(brand.theme), newest(brand.theme)
    form = PublishForm(sent(request), version=seen_as(draft), zone=zone_named(tenant.time_zone))
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            _publish(request, brand, form)
            return redirect(brand.url())
    changes = differences(_content_of(shown), draft, brand.image_url, of_theme=bool(brand.theme))
    context = {
        "form": form,
        "changes": changes,
        "pictures": pictures_of(brand, changes, Side.of(shown), Side(draft)),
        **draft_context(request, brand),
    }
    return TemplateResponse(request, "portal/branding/publish.html", context)


@tenant_page(needs=Need.BRANDING_CHANGE)
def discard_draft(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """Throw away what isn't published, as it was seen, once it is told what is lost."""
    brand = brand_at(tenant, theme_id)
    if request.method != "POST":
        return _discard_page(request, brand)
    try:
        discard(theme=brand.theme, seen=request.POST.get("seen", ""), actor=request.actor)
        messages.success(request, _("The draft is discarded. It is what customers see again."))
    except Refused:
        messages.error(request, CHANGED_BEFORE_IT)
    return redirect(brand.url())


def _discard_page(request: PortalRequest, brand: BrandAt) -> HttpResponse:
    draft, shown = draft_of(brand.theme), newest(brand.theme)
    changes = differences(draft, _content_of(shown), brand.image_url, of_theme=bool(brand.theme))
    context = {"changes": changes, **draft_context(request, brand)}
    return TemplateResponse(request, "portal/branding/discard.html", context)


@tenant_page(needs=Need.BRANDING_CHANGE)
@require_POST
def take_back(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """Don't publish what is scheduled."""
    brand = brand_at(tenant, theme_id)
    unschedule(theme=brand.theme, actor=request.actor)
    messages.success(request, _("Nothing is scheduled any longer. The draft is still here."))
    return redirect(brand.url())


@tenant_page(needs=Need.BRANDING_CHANGE)
def share(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """Make a link by which others see the draft, without an account here; and what links there are."""
    brand = brand_at(tenant, theme_id)
    form = ShareForm(sent(request))
    if request.method == "POST" and form.is_valid():
        days, note = int(form.cleaned_data["days"]), form.cleaned_data["note"]
        with ProblemsShownAt(form):
            path = make_link(theme=brand.theme, days=days, note=note, actor=request.actor)
            return show_once(request, urljoin(base_url(tenant), path))
    rows = DraftLink.objects.of_brand(brand.theme).alive()
    links = [{"row": row, "take_back_url": brand.url("link-take-back", row.pk)} for row in rows]
    context = {"form": form, "link": shown_once(request), "links": links, **draft_context(request, brand)}
    return TemplateResponse(request, "portal/branding/share.html", context)


@tenant_page(needs=Need.BRANDING_CHANGE)
@require_POST
def take_back_link(request: PortalRequest, tenant: Tenant, link_id: UUID, theme_id: UUID | None = None) -> HttpResponse:
    """Revoke a link to the draft."""
    brand = brand_at(tenant, theme_id)
    take_link_back(get_object_or_404(DraftLink.objects.of_brand(brand.theme), pk=link_id), actor=request.actor)
    messages.success(request, _("The link is withdrawn and no longer works."))
    return redirect(brand.url("share"))


def pictures_of(brand: BrandAt, changes: Sequence[OfLanguage], before: Side | None, after: Side) -> list[Picture]:
    """Of each language that differs."""
    return [
        Picture(
            f"{each.name} · {sample_named(page).label}",
            _preview_url(brand, each.locale, before, page) if before else "",
            _preview_url(brand, each.locale, after, page),
        )
        for each in changes
        for page in _pages_with(brand, each, after.content)
    ]


def _pages_with(brand: BrandAt, changed: OfLanguage, content: Content) -> list[str]:
    """The pages that show what differs: the first of all for the look, and a few on which the sentences stand."""
    sentences = [each.label for each in changed.differences if each.is_sentence and not each.flow]
    has_look = bool(changed.note) or not all(each.is_sentence for each in changed.differences)
    pages = [samples()[0].key] if has_look else []
    if sentences:
        look = resolve(brand.layers(changed.locale, read(content), brand.below()), tenant_name=brand.tenant.name)
        shown_on = samples_by_sentence(look)
        for sentence in sentences:
            if not {*pages} & {*shown_on.get(sentence, ())}:
                pages += shown_on.get(sentence, ())[:1]
    return pages[:_MOST_PAGES]


def _preview_url(brand: BrandAt, locale: str, side: Side, page: str) -> str:
    """In the brand of the language, or in the default one where there is none."""
    is_own = locale in side.content["brandings"]
    asked = {
        "version": side.number,
        "preview_language": "" if is_own else locale,
        "preview_page": page,
        "preview_all": "on",
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{brand.url_of('preview', locale if is_own else DEFAULT)}{query and '?'}{query}"


def draft_context(request: PortalRequest, brand: BrandAt) -> dict[str, Any]:
    """What each page about a brand says on top: how its draft stands beside what customers see."""
    draft, shown = draft_of(brand.theme), newest(brand.theme)
    tabs = THEME_TABS if brand.theme else BRANDING_TABS
    count = count_changes(_content_of(shown), draft)
    return {
        "brand": brand,
        "brand_url": brand.url(),
        "tabs": tabs.at(request, of=brand, named=brand.named),
        "seen": seen_as(draft),
        "shown": shown,
        "change_count": count,
        "is_unpublished": shown is None or bool(count),
        "last_change": Branding.objects.of_brand(brand.theme).order_by("-updated_at").first(),
        "waiting": _waiting(brand, draft),
        "publish_url": brand.url("publish"),
        "discard_url": brand.url("discard"),
        "share_url": brand.url("share"),
        "take_back_url": brand.url("take-back"),
        **{f"{page}_route": f"{brand.prefix}-{page}" for page in ("discard", "share", "restore", "mails")},
        "take_back_route": f"{brand.prefix}-take-back",
        "delete_route": f"{brand.prefix}-delete-language",
    }


def _waiting(brand: BrandAt, draft: Content) -> dict[str, Any] | None:
    """What is scheduled: when, by whom, and whether the draft has changed since."""
    version: BrandVersion | None = scheduled(brand.theme)
    if version is None:
        return None
    zone: ZoneInfo = zone_named(brand.tenant.time_zone)
    at = day_and_time(version.due_at.astimezone(zone)) if version.due_at else ""
    return {"version": version, "at": at, "zone": zone.key, "is_other": version.content != draft}


def _content_of(version: BrandVersion | None) -> Content:
    return version.content if version else EMPTY


def _publish(request: PortalRequest, brand: BrandAt, form: PublishForm) -> None:
    """Raises `Refused`."""
    if form.moment:
        schedule(due_at=form.moment, theme=brand.theme, seen=form.current, actor=request.actor)
        messages.success(request, _("The draft will be published at the scheduled time."))
    else:
        version = publish(theme=brand.theme, seen=form.current, actor=request.actor)
        told = _("Version %(number)s is published: customers see it now.") % {"number": version.number}
        messages.success(request, told)
