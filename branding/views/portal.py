from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from branding.forms import AddLanguageForm, BrandingForm
from branding.look import BrandingValues, chain_of, read_brandings, resolve
from branding.models import DEFAULT, Branding, BrandingImage
from branding.pictures.images import LIMITS
from branding.policies import name_of_locale
from branding.preview.samples import preview_language, preview_languages, samples
from branding.services import add_language, delete_language, update_branding
from branding.summary import what_is_set
from branding.views.addresses import address_of, locale_of
from branding.views.customer import serve_image
from frame.access import Need
from frame.forms import ProblemsShownAt
from frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@tenant_page(needs=Need.BRANDING_READ)
def overview(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The default branding and those for languages, and the form that adds one."""
    rows = {row.locale: row for row in Branding.objects.all()}
    form = AddLanguageForm(request.POST if request.method == "POST" else None, taken=set(rows))
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            add_language(locale=form.cleaned_data["locale"], actor=request.actor)
            return redirect(address_of("branding-edit", tenant, form.cleaned_data["locale"]))
    brandings = read_brandings()
    entries = [
        {
            "name": name_of_locale(locale),
            "locale": locale,
            "url": address_of("branding-edit", tenant, locale),
            "sets": what_is_set(values),
            "updated_at": rows[locale].updated_at,
            "look": resolve([brandings[each] for each in chain_of(locale, brandings)], tenant_name=tenant.name),
        }
        for locale, values in brandings.items()
        if locale in rows
    ]
    entries.sort(key=lambda entry: (entry["locale"] != DEFAULT, entry["name"]))
    return TemplateResponse(request, "portal/branding/overview.html", {"entries": entries, "form": form})


@tenant_page(needs=Need.BRANDING_READ)
def edit(request: PortalRequest, tenant: Tenant, locale: str) -> HttpResponse:
    """All fields of one branding, beside the page that they make."""
    locale = locale_of(locale)
    form = _form(request, tenant, locale)
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            update_branding(locale=locale, fields=form.values, images=form.images, actor=request.actor)
            messages.success(request, _("The branding is saved: %(name)s.") % {"name": name_of_locale(locale)})
            return redirect(address_of("branding-edit", tenant, locale))
    return TemplateResponse(request, "portal/branding/edit.html", _edit_context(form, tenant, locale))


@tenant_page(needs=Need.BRANDING_CHANGE)
def delete(request: PortalRequest, tenant: Tenant, locale: str) -> HttpResponse:
    """Delete the branding for a language, after a question."""
    locale = locale_of(locale)
    if locale == DEFAULT:
        raise Http404
    branding = get_object_or_404(Branding, locale=locale)
    if request.method == "POST":
        delete_language(locale=branding.locale, actor=request.actor)
        messages.success(request, _("The branding for %(name)s is deleted.") % {"name": name_of_locale(locale)})
        return redirect(reverse("portal:branding", args=[tenant.slug]))
    context = {
        "name": name_of_locale(locale),
        "sets": what_is_set(read_brandings()[locale]),
        "edit_url": address_of("branding-edit", tenant, locale),
    }
    return TemplateResponse(request, "portal/branding/delete.html", context)


@require_safe
@tenant_page(needs=Need.BRANDING_READ)
def image(request: PortalRequest, _: Tenant, digest: str) -> HttpResponse:
    """An image of the managed tenant, at the portal's own address: its pages load nothing from another."""
    response = serve_image(request, digest)
    patch_cache_control(response, private=True)
    return response


def portal_brandings(tenant: Tenant) -> dict[str, BrandingValues]:
    """The brandings as saved, with images that portal pages can load."""
    return read_brandings(image_url=lambda digest: reverse("portal:branding-image", args=[tenant.slug, digest]))


def _form(request: PortalRequest, tenant: Tenant, locale: str) -> BrandingForm:
    brandings = portal_brandings(tenant)
    if locale not in brandings:
        raise Http404
    without = [brandings[each] for each in chain_of(locale, brandings) if each != locale]
    is_sent = request.method == "POST"
    return BrandingForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        own=brandings[locale],
        fallback=resolve(without, tenant_name=tenant.name),
        locale=locale,
    )


def _edit_context(form: BrandingForm, tenant: Tenant, locale: str) -> dict[str, object]:
    return {
        "form": form,
        "name": name_of_locale(locale),
        "effective": {
            "accent_color": form.own.accent_color or form.fallback.accent_color,
            "background_color": form.own.background_color or form.fallback.background_color,
        },
        "is_default": locale == DEFAULT,
        "images": {
            kind.value: {
                "field": form[kind.value],
                "remove": form[f"remove_{kind.value}"],
                "own": form.own.pictures.get(kind),
                "fallback_url": getattr(form.fallback, _LOOK_ADDRESSES[kind]),
                "fallback_is_dark": kind == BrandingImage.Kind.BANNER_LOGO and form.fallback.logo_is_dark,
                "limits": LIMITS[kind],
            }
            for kind in BrandingImage.Kind
        },
        "samples": samples(),
        "preview_language": preview_language(locale),
        "preview_languages": preview_languages(locale),
        "preview_url": address_of("branding-preview", tenant, locale),
        "delete_url": address_of("branding-delete", tenant, locale) if locale else "",
        "speaks_other": bool(locale) and preview_language(locale) != locale.partition("-")[0],
    }


_LOOK_ADDRESSES = {
    BrandingImage.Kind.BANNER_LOGO: "logo_url",
    BrandingImage.Kind.BACKGROUND: "background_url",
    BrandingImage.Kind.FAVICON: "favicon_url",
}
