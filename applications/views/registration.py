"""List, register and change applications."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from applications.forms.registration import ApplicationForm, NewApplicationForm, kept_of
from applications.lookup.listing import (
    ORDERS,
    applications_matching,
    frameworks_in_use,
    with_expiring_secret,
    with_expiry,
    with_use,
)
from applications.models import Application, DeletedApplication
from applications.services.application import change_application, changes_by
from applications.services.registration import register_application
from applications.views.application_page import application_frame, application_or_404
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.lists import chosen, filters, kept_beside_search, list_page, searched_for
from portal_frame.pages import PortalRequest, tenant_page, way_to_proof
from tenants.models import Tenant
from userflows.models import UserFlow

EXPIRING = "expiring"
MOST_DELETED = 100
WHICH = {
    "": gettext_lazy("All"),
    Application.Kind.WEB: gettext_lazy("Web"),
    Application.Kind.SPA: gettext_lazy("Single-page"),
    Application.Kind.NATIVE: gettext_lazy("Mobile and desktop"),
    Application.Kind.SERVICE: gettext_lazy("Services"),
    EXPIRING: gettext_lazy("Secret expires soon"),
}
ORDER_NAMES = {"name": gettext_lazy("Name"), "newest": gettext_lazy("Newest"), "used": gettext_lazy("Last used")}


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_safe
def applications(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The applications that are searched for and filtered, in one of three orders."""
    query, which = searched_for(request), chosen(request, "which", WHICH)
    frameworks = {"": _("All frameworks"), **frameworks_in_use()}
    framework = chosen(request, "framework", frameworks)
    found = with_use(with_expiry(_of_which(which, applications_matching(query))))
    if framework:
        found = found.filter(framework=framework)
    page = list_page(request, found, by=ORDERS[chosen(request, "order", ORDER_NAMES)])
    deleted = list(DeletedApplication.objects.restorable()[: MOST_DELETED + 1])
    context = {
        "tenant": tenant,
        "page": page,
        "query": query,
        "kept": kept_beside_search(request),
        "filters": filters(request, "which", WHICH),
        "frameworks": filters(request, "framework", frameworks) if len(frameworks) > 1 else [],
        "orders": filters(request, "order", ORDER_NAMES),
        "has_any": bool(page.rows) or Application.objects.exists(),
        "deleted": deleted[:MOST_DELETED],
        "has_more_deleted": len(deleted) > MOST_DELETED,
        "most_deleted": MOST_DELETED,
    }
    return render(request, "portal/applications/list.html", context)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    form = NewApplicationForm(sent(request), initial={"user_flow": _proposed_flow(request)})
    if form.is_valid():
        with ProblemsShownAt(form):
            application = register_application(**form.values(), actor=request.actor)
            messages.success(request, _("%(name)s was registered.") % {"name": application.name})
            _warn_of_namesakes(request, application)
            return redirect("portal:application-quick-start", tenant.slug, application.client_id)
    return render(request, "portal/applications/register.html", {"form": form})


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    """What can be changed at any time; whoever changes more than the name shows anew who they are."""
    application = application_or_404(client_id)
    page = application_frame(request, tenant, application)
    form = ApplicationForm(sent(request), kept=kept_of(application), kind=application.kind)
    if form.is_valid():
        is_harmless = changes_by(application, **form.values()).is_harmless
        if not is_harmless and (detour := way_to_proof(request)):
            return detour
        with ProblemsShownAt(form):
            change_application(application, **form.values(), actor=request.actor)
            is_service = application.kind == Application.Kind.SERVICE
            messages.success(
                request,
                _("Saved. It applies from the next request.")
                if is_service
                else _("Saved. It applies from the next sign-in."),
            )
            _warn_of_namesakes(request, application)
            return redirect("portal:application", tenant.slug, application.client_id)
    return render(request, "portal/applications/settings.html", {"form": form, **page})


def _of_which(which: str, found: QuerySet[Application]) -> QuerySet[Application]:
    if which == EXPIRING:
        return with_expiring_secret(found)
    return found.filter(kind=which) if which else found


def _proposed_flow(request: PortalRequest) -> UserFlow | None:
    """The flow named by the link that led here, else the tenant's default one."""
    wanted = request.GET.get("user_flow", "")
    named = next((flow for flow in UserFlow.objects.all() if str(flow.pk) == wanted), None)
    return named or UserFlow.objects.filter(is_default=True).first()


def _warn_of_namesakes(request: PortalRequest, application: Application) -> None:
    """Say that another application is called so, too: copies for tests may be, by mistake none should."""
    if Application.objects.filter(pk=application.pk).told_apart().filter(shares_name=True).exists():
        sentence = _("Another application is called %(name)s, too. Lists show how their client IDs begin.") % {
            "name": application.name
        }
        messages.warning(request, sentence)
