"""Making a theme, choosing its name and applications, and deleting it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from branding.forms.brandings import ThemeForm
from branding.models import Theme, ThemedApplication
from branding.themes.applications import applications
from branding.themes.services import apply_theme, create_theme, delete_theme, describe_theme
from branding.views.addresses import BrandAt, brand_at
from branding.views.drafts import draft_context
from portal_frame.access import Need
from portal_frame.confirmation import TypedNameForm
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@tenant_page(needs=Need.BRANDING_CHANGE)
def create(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """A new theme: its name and its applications. How it looks comes afterwards."""
    form = ThemeForm(sent(request), names=applications(), taken=_taken(None))
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            theme = create_theme(form.wished, actor=request.actor)
            return redirect(BrandAt(tenant, theme).url_of("edit", ""))
    return TemplateResponse(request, "portal/branding/theme_create.html", {"form": form})


@tenant_page(needs=Need.BRANDING_READ)
def settings(request: PortalRequest, tenant: Tenant, theme_id: UUID) -> HttpResponse:
    """What a theme is called and which applications have it: that holds at once."""
    brand = brand_at(tenant, theme_id)
    theme: Theme = brand.theme  # type: ignore[assignment]
    form = ThemeForm(sent(request), kept=describe_theme(theme), names=applications(), taken=_taken(theme))
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            apply_theme(theme, form.wished, expected_version=form.current, actor=request.actor)
            messages.success(request, _("Your changes are saved."))
            return redirect(brand.url("settings"))
    context = {"form": form, **draft_context(request, brand)}
    return TemplateResponse(request, "portal/branding/theme_settings.html", context)


@tenant_page(needs=Need.BRANDING_CHANGE)
def delete(request: PortalRequest, tenant: Tenant, theme_id: UUID) -> HttpResponse:
    """Delete a theme, whose name is typed before."""
    brand = brand_at(tenant, theme_id)
    theme: Theme = brand.theme  # type: ignore[assignment]
    form = TypedNameForm(sent(request), name=theme.name)
    if request.method == "POST" and form.is_valid():
        delete_theme(theme, actor=request.actor)
        messages.success(request, _("The theme %(name)s is deleted.") % {"name": theme.name})
        return redirect("portal:branding", tenant.slug)
    names, kept = applications(), describe_theme(theme).client_ids
    context = {
        "form": form,
        "brand": brand,
        "brand_url": brand.url(),
        "applications": [names[each] for each in kept if each in names],
    }
    return TemplateResponse(request, "portal/branding/theme_delete.html", context)


def _taken(theme: Theme | None) -> dict[str, str]:
    """The names of the other themes that applications have, by client ID."""
    rows = ThemedApplication.objects.exclude(theme=theme) if theme else ThemedApplication.objects.all()
    return dict(rows.values_list("client_id", "theme__name"))
