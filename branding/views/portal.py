from collections.abc import Mapping
from operator import attrgetter
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from branding.brands.fallback import Brandings
from branding.forms.brandings import AddLanguageForm, BrandingForm
from branding.languages.locales import name_of_locale
from branding.languages.offered import falls_back_to, offer
from branding.look import resolve
from branding.looks.crops import LEAST_SIZE, TOLERANCE
from branding.models import DEFAULT, Branding, BrandingImage, Theme
from branding.pictures.images import LIMITS, type_of
from branding.policies import LIGHT_SURFACE, WHITE
from branding.preview.samples import preview_language, preview_languages, samples_by_group
from branding.services import add_language, delete_language, update_branding
from branding.telling.clashes import clashes
from branding.telling.logos import LOGOS, is_lost_on
from branding.telling.summary import what_is_set
from branding.telling.values import DARK_PICTURES
from branding.themes.applications import applications
from branding.views.addresses import BrandAt, brand_at, locale_of
from branding.views.customer import serve_image, unchanging
from branding.views.drafts import draft_context
from branding.views.looks import as_typed, look_context, sent_with_use
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@tenant_page(needs=Need.BRANDING_READ)
def overview(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """The default branding and those for languages, the form that adds one, and the themes at the tenant's own."""
    brand = brand_at(tenant, theme_id)
    rows = {row.locale: row for row in Branding.objects.of_brand(brand.theme)}
    form = AddLanguageForm(request.POST if request.method == "POST" else None, taken=set(rows))
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            add_language(locale=form.cleaned_data["locale"], theme=brand.theme, actor=request.actor)
            return redirect(brand.url_of("edit", form.cleaned_data["locale"]))
    own, below = brand.drafted(), brand.below()
    entries = [
        {
            "name": name_of_locale(locale),
            "locale": locale,
            "url": brand.url_of("edit", locale),
            "sets": what_is_set(values),
            "row": rows[locale],
            "look": resolve(brand.layers(locale, own, below), tenant_name=tenant.name),
        }
        for locale, values in own.items()
        if locale in rows
    ]
    entries.sort(key=lambda entry: (entry["locale"] != DEFAULT, entry["name"]))
    context = {
        "entries": entries,
        "form": form,
        "themes": None if brand.theme else _themes(),
        "import_route": f"{brand.prefix}-import",
        "import_url": brand.url("import"),
    }
    return TemplateResponse(request, "portal/branding/overview.html", {**context, **draft_context(request, brand)})


@tenant_page(needs=Need.BRANDING_READ)
def edit(request: PortalRequest, tenant: Tenant, locale: str, theme_id: UUID | None = None) -> HttpResponse:
    """All fields of one branding, beside the page that they make."""
    brand, locale = brand_at(tenant, theme_id), locale_of(locale)
    own, below = brand.drafted(), brand.below()
    wholes = _wholes(brand, locale)
    form = _form(request, brand, locale, own, below, wholes)
    if request.method == "POST" and "use" not in request.POST and form.is_valid():
        with ProblemsShownAt(form):
            update_branding(
                locale=locale,
                fields=form.changes,
                images=form.images,
                crops=form.crops,
                expected=form.expected,
                theme=brand.theme,
                actor=request.actor,
            )
            if "review" in request.POST:
                return _on_to(request, brand.url("publish"))
            messages.success(request, _("The draft is saved: %(name)s.") % {"name": name_of_locale(locale)})
            if form.merged:
                messages.info(request, _kept_of_others(form))
            return _on_to(request, brand.url_of("edit", locale))
    typed = as_typed(form)
    layers = brand.layers(locale, {**own, locale: typed}, below)
    context = {
        **_edit_context(form, brand, locale, wholes),
        "clashes": clashes(form),
        **look_context(form, typed, layers),
        **draft_context(request, brand),
    }
    return TemplateResponse(request, "portal/branding/edit.html", context)


@tenant_page(needs=Need.BRANDING_CHANGE)
def delete(request: PortalRequest, tenant: Tenant, locale: str, theme_id: UUID | None = None) -> HttpResponse:
    """Take a language out of the draft, after a question."""
    brand, locale = brand_at(tenant, theme_id), locale_of(locale)
    if locale == DEFAULT:
        raise Http404
    branding = get_object_or_404(Branding.objects.of_brand(brand.theme), locale=locale)
    if request.method == "POST":
        delete_language(locale=branding.locale, theme=brand.theme, actor=request.actor)
        told = _("%(name)s was removed from the draft.") % {"name": name_of_locale(locale)}
        messages.success(request, told)
        return redirect(brand.url())
    context = {
        "brand": brand,
        "brand_url": brand.url(),
        "name": name_of_locale(locale),
        "sets": what_is_set(brand.drafted()[locale]),
        "edit_url": brand.url_of("edit", locale),
    }
    return TemplateResponse(request, "portal/branding/delete.html", context)


@require_safe
@tenant_page(needs=Need.BRANDING_READ)
def image(request: PortalRequest, _: Tenant, digest: str) -> HttpResponse:
    """An image of the managed tenant, at the portal's own address: its pages load nothing from another."""
    response = serve_image(request, digest)
    patch_cache_control(response, private=True)
    return response


@require_safe
@tenant_page(needs=Need.BRANDING_READ)
def whole(request: PortalRequest, _: Tenant, image_id: UUID) -> HttpResponse:
    """The whole of an image of which a part is shown; no customer's page loads it."""
    row = get_object_or_404(BrandingImage.objects.croppable().only("whole"), pk=image_id)
    content = bytes(row.whole or b"")
    response = unchanging(request, str(image_id), content=content, content_type=type_of(content))
    patch_cache_control(response, private=True)
    return response


def _kept_of_others(form: BrandingForm) -> str:
    names = ", ".join(str(form[name].label) for name in form.merged)
    return _("What was changed elsewhere since you opened the page is kept: %(names)s.") % {"names": names}


def _on_to(request: PortalRequest, url: str) -> HttpResponse:
    """To that page; for the script that says how much of a picture has arrived, its address."""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"to": url})
    return redirect(url)


def _themes() -> list[dict[str, object]]:
    """The themes by name, with the applications that have each."""
    names = applications()
    return [
        {
            "theme": theme,
            "applications": sorted(
                names[each.client_id] for each in theme.applications.all() if each.client_id in names
            ),
            "is_published": theme.is_published,  # type: ignore[attr-defined]
        }
        for theme in Theme.objects.told().prefetch_related("applications")
    ]


def _wholes(brand: BrandAt, locale: str) -> dict[str, BrandingImage]:
    """The images of the draft of which a part can be shown, by kind."""
    rows = BrandingImage.objects.croppable().of_draft(brand.theme, locale).only("kind", "crop")
    return {row.kind: row for row in rows}


def _form(
    request: PortalRequest,
    brand: BrandAt,
    locale: str,
    own: Brandings,
    below: Brandings,
    wholes: Mapping[str, BrandingImage],
) -> BrandingForm:
    if locale not in own:
        raise Http404
    without = {each: values for each, values in own.items() if each != locale}
    is_sent = request.method == "POST"
    return BrandingForm(
        sent_with_use(request) if is_sent else None,
        request.FILES if is_sent else None,
        own=own[locale],
        fallback=resolve(brand.layers(locale, without, below), tenant_name=brand.tenant.name),
        has_fallback=bool(locale or brand.theme),
        wholes=wholes,
    )


def _edit_context(
    form: BrandingForm, brand: BrandAt, locale: str, wholes: Mapping[str, BrandingImage]
) -> dict[str, object]:
    fallback = falls_back_to(locale) if locale else ""
    return {
        "form": form,
        "name": name_of_locale(locale),
        "header_color": form.own.header_color or form.fallback.header_color or LIGHT_SURFACE,
        "is_default": locale == DEFAULT,
        "images": {
            kind.value: {
                "field": form[kind.value],
                "remove": form[f"remove_{kind.value}"],
                "own": (own := form.own.pictures.get(kind)),
                "is_light": own is not None and kind in LOGOS and is_lost_on(own, WHITE),
                "fallback_url": attrgetter(_LOOK_ADDRESSES[kind])(form.fallback),
                "is_logo": kind in LOGOS,
                "is_for_dark": kind in DARK_PICTURES,
                "fallback_is_dark": kind == BrandingImage.Kind.BANNER_LOGO and form.fallback.logo_is_dark,
                **_crop_context(form, brand, kind, wholes.get(kind)),
            }
            for kind in BrandingImage.Kind
        },
        "groups": samples_by_group(with_variants=True),
        "preview_language": preview_language(locale),
        "preview_languages": preview_languages(locale),
        "changed": Branding.objects.of_brand(brand.theme).get(locale=locale),
        "edit_url": brand.url_of("edit", locale),
        "preview_url": brand.url_of("preview", locale),
        "delete_url": brand.url_of("delete-language", locale) if locale else "",
        "falls_back_to": name_of_locale(fallback) if fallback else "",
        "speaks_other": bool(locale) and offer().find(locale) is None,
    }


def _crop_context(
    form: BrandingForm, brand: BrandAt, kind: BrandingImage.Kind, row: BrandingImage | None
) -> dict[str, object]:
    """The controls that say which part is shown, and the whole picture."""
    name = f"{kind}_crop"
    return {
        "crop": form[name],
        "part": form.part(name),
        "whole_url": brand.whole_url(row.pk) if row else "",
        "shapes": LIMITS[kind].shapes,
        "is_mark": LIMITS[kind].is_mark,
        "tolerance": TOLERANCE,
        "least_size": LEAST_SIZE,
    }


_LOOK_ADDRESSES = {
    BrandingImage.Kind.BANNER_LOGO: "logo_url",
    BrandingImage.Kind.BANNER_LOGO_DARK: "dark_logo_url",
    BrandingImage.Kind.BACKGROUND: "background_url",
    BrandingImage.Kind.FAVICON: "favicon_url",
    **{kind: f"{kind}.url" for kind in ("header_logo", "square_logo", "square_logo_dark")},
}
