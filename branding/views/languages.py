"""Which languages customers can choose."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branding.languages.forms import LanguagesForm
from branding.languages.services import apply, describe
from branding.views.addresses import brand_at
from branding.views.drafts import draft_context
from frame.access import Need
from frame.forms import ProblemsShownAt, sent
from frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant


@tenant_page(needs=Need.BRANDING_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def languages(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The languages on offer and the default one: what is saved holds at once."""
    brand = brand_at(tenant, None)
    form = LanguagesForm(sent(request), rules=describe())
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            apply(form.wished, expected_version=form.current, actor=request.actor)
            messages.success(request, _("Your changes are saved."))
            return redirect("portal:branding-languages", tenant.slug)
    context = {"form": form, **draft_context(request, brand)}
    return TemplateResponse(request, "portal/branding/languages.html", context)
