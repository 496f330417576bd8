"""The guide on which a new tenant opens: from nothing to a customer who has signed in to an application.

Nothing of it is remembered: how far somebody has come is what there is. Whoever leaves it finds it again by search.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from applications.models import Application
from applications.services.registration import register_application
from branding.forms.brandings import BrandingForm
from branding.look import resolve
from branding.models import DEFAULT, Branding, BrandingImage
from branding.services import update_branding
from branding.telling.clashes import clashes
from branding.versions.services import is_published, publish
from branding.views.addresses import BrandAt
from mail.sending.transports import keeps_messages
from oidc.quick_start.sample_applications import samples_for
from oidc.runs.views import FIRST_SCOPES
from oidc.wire.pages import allow_forms_to
from portal.forms.start import StartApplicationForm, StartMethodForm
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt
from portal_frame.pages import PortalRequest, tenant_page
from tenants.addressing import base_url
from tenants.models import Tenant
from tenants.services.life_cycle import put_guide_away
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

GUIDE = Need.OVERVIEW_READ | Need.FLOWS_CHANGE | Need.BRANDING_CHANGE | Need.APPLICATIONS_CHANGE | Need.FLOWS_RUN
METHOD, LOOK, APPLICATION, RUN = "method", "look", "application", "run"


@dataclass(frozen=True)
class Step:
    """One step of the guide: `title` says what to do, `done` what there is once it is done; "" until then."""

    key: str
    title: str
    done: str

    @property
    def template(self) -> str:
        return f"portal/start/{self.key}.html"


@tenant_page(needs=GUIDE)
@require_safe
def start(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    return _page(request, tenant)


@tenant_page(needs=GUIDE)
@require_POST
def choose_method(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    flow = _default_flow()
    form = StartMethodForm(request.POST, flow=flow)
    if form.is_valid():
        with ProblemsShownAt(form):
            if form.methods:
                change_user_flow(flow, methods=form.methods, actor=request.actor)
            return redirect("portal:tenant-start", tenant.slug)
    return _page(request, tenant, method_form=form, current=METHOD)


@tenant_page(needs=GUIDE)
@require_POST
def choose_look(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Publish the default branding, of which the guide shows logo and colours; the rest is sent along as it is."""
    form = _look_form(request, tenant)
    if form.is_valid():
        with ProblemsShownAt(form):
            update_branding(
                locale=DEFAULT, fields=form.changes, images=form.images, expected=form.expected, actor=request.actor
            )
            if not is_published(None):
                publish(actor=request.actor)
            return redirect("portal:tenant-start", tenant.slug)
    return _page(request, tenant, look_form=form, current=LOOK)


@tenant_page(needs=GUIDE)
@require_POST
def register_sample(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Register a sample application with the addresses at which it receives customers."""
    form = StartApplicationForm(request.POST)
    if form.is_valid():
        sample = form.chosen
        with ProblemsShownAt(form):
            application = register_application(
                name="Sample application",
                kind=sample.kinds[0],
                redirect_uris=[sample.redirect_uri],
                post_logout_redirect_uris=[sample.signed_out_uri],
                user_flow=_default_flow().pk,
                framework=sample.framework,
                actor=request.actor,
            )
            messages.success(request, _("%(name)s was registered.") % {"name": application.name})
            # There it is downloaded.
            return redirect(f"{reverse('portal:tenant-start', args=[tenant.slug])}?step={APPLICATION}")
    return _page(request, tenant, application_form=form, current=APPLICATION)


@tenant_page(needs=GUIDE)
@require_POST
def put_away(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Take guide and checklist from the overview for good, for everybody who manages the tenant."""
    put_guide_away(tenant, actor=request.actor)
    messages.success(request, _("The guide is hidden. Search for “Get started” to open it again."))
    return redirect("portal:tenant", tenant.slug)


def _page(
    request: PortalRequest,
    tenant: Tenant,
    *,
    method_form: StartMethodForm | None = None,
    look_form: BrandingForm | None = None,
    application_form: StartApplicationForm | None = None,
    current: str = "",
) -> HttpResponse:
    flow, application = _default_flow(), _newest_application()
    steps = _steps(flow, application)
    todo = next((step.key for step in steps if not step.done), "")
    look = look_form or _look_form(request, tenant)
    context: dict[str, Any] = {
        "tenant": tenant,
        "steps": steps,
        "current": current or request.GET.get("step", "") or todo,
        "done_count": sum(bool(step.done) for step in steps),
        "flow": flow,
        "keeps_mail": keeps_messages(),
        "application": application,
        "scopes": FIRST_SCOPES,
        "samples": [each for each in samples_for(application) if each.is_registered_with(application)]
        if application
        else [],
        "method_form": method_form or StartMethodForm(flow=flow),
        "look_form": look,
        "clashes": clashes(look),
        "effective_accent": look.own.accent_color or look.fallback.accent_color,
        "effective_background": look.own.background_color or look.fallback.background_color,
        "logo": look.own.pictures.get(BrandingImage.Kind.BANNER_LOGO),
        "preview_url": BrandAt(tenant).url_of("preview", DEFAULT),
        "application_form": application_form or StartApplicationForm(),
    }
    # The last step's form leads through the customer pages.
    return allow_forms_to(render(request, "portal/start/page.html", context), base_url(tenant) + "/")


def _steps(flow: UserFlow, application: Application | None) -> list[Step]:
    methods = ", ".join(flow.method_labels)
    has_look = BrandingImage.objects.exists() or Branding.objects.exclude(accent_color="", background_color="").exists()
    has_customer = Account.objects.kept().exists()
    registered = _("%(name)s is registered") % {"name": application.name} if application else ""
    return [
        Step(METHOD, _("Choose how customers sign in"), _("Now: %(methods)s") % {"methods": methods}),
        Step(LOOK, _("Make the pages yours"), _("Your logo or colours are in place") if has_look else ""),
        Step(APPLICATION, _("Register an application"), registered),
        Step(RUN, _("Run it now, as your first customer"), _("You have a customer") if has_customer else ""),
    ]


def _default_flow() -> UserFlow:
    return UserFlow.objects.get(is_default=True)


def _newest_application() -> Application | None:
    """The one to try: whichever was registered last, if anybody can sign in to it."""
    with_customers: QuerySet[Application] = Application.objects.exclude(kind=Application.Kind.SERVICE)
    return with_customers.order_by("-created", "-pk").first()


def _look_form(request: PortalRequest, tenant: Tenant) -> BrandingForm:
    own = BrandAt(tenant).drafted()[DEFAULT]
    is_sent = request.method == "POST" and "accent_color" in request.POST
    form = BrandingForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        own=own,
        fallback=resolve([], tenant_name=tenant.name),
        has_fallback=False,
    )
    # What is wrong is told by the name that the page has for it.
    form["banner_logo"].label = _("Logo")
    return form
