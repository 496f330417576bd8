"""Which languages customers can choose, those of the tenant's own among them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from branding.languages.forms import LanguagesForm, OwnLanguageForm
from branding.languages.offered import LanguageRules, Offer
from branding.languages.services import (
    add_language_of_ones_own,
    apply,
    describe,
    remove_language_of_ones_own,
)
from branding.models import Branding
from branding.views.addresses import brand_at
from branding.views.drafts import draft_context
from common.problems import Refused
from common.text.languages import language_name
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

PAGE = "portal:branding-languages"


@tenant_page(needs=Need.BRANDING_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def languages(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The languages on offer and the default one: what is saved holds at once."""
    rules = describe()
    form = LanguagesForm(sent(request), rules=rules, known=Offer(rules).known)
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            apply(form.wished, expected_version=form.current, actor=request.actor)
            messages.success(request, _("Your changes are saved."))
            return redirect(PAGE, tenant.slug)
    return _page(request, tenant, rules, form, OwnLanguageForm())


@tenant_page(needs=Need.BRANDING_CHANGE)
@require_POST
def add(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """A language of the tenant's own."""
    form = OwnLanguageForm(request.POST)
    if form.is_valid():
        with ProblemsShownAt(form):
            add_language_of_ones_own(form.wished, actor=request.actor)
            told = _("%(name)s was added. Write what customers read in it, then publish.")
            messages.success(request, told % {"name": form.cleaned_data["name"]})
            return redirect(PAGE, tenant.slug)
    rules = describe()
    return _page(request, tenant, rules, LanguagesForm(rules=rules, known=Offer(rules).known), form)


@tenant_page(needs=Need.BRANDING_CHANGE)
@require_POST
def remove(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """One of them no more."""
    try:
        remove_language_of_ones_own(request.POST.get("language", ""), actor=request.actor)
        messages.success(request, _("Removed. Your texts in it come back if you add it again."))
    except Refused as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(PAGE, tenant.slug)


def _page(
    request: PortalRequest, tenant: Tenant, rules: LanguageRules, form: LanguagesForm, own_form: OwnLanguageForm
) -> HttpResponse:
    brand = brand_at(tenant, None)
    branded = set(Branding.objects.of_brand(None).values_list("locale", flat=True))
    own = [
        {
            "language": each,
            "falls_back_to": language_name(each.falls_back_to),
            "branding_url": brand.url_of("edit", each.code) if each.code in branded else "",
        }
        for each in rules.own
    ]
    context = {"form": form, "own": own, "own_form": own_form, **draft_context(request, brand)}
    return TemplateResponse(request, "portal/branding/languages.html", context)
