"""The portal's page about an application's sign-outs: where it is told of them, and how that went."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from applications.forms.sign_out import SignOutAddressesForm
from applications.models import Application
from applications.services.application import change_application
from applications.views.application_page import application_frame, application_or_404
from oidc.lifetimes import NOTIFICATIONS_KEPT_FOR
from oidc.models import SignOutNotification
from oidc.sign_out.policies import NOTIFICATION_ATTEMPTS
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

ROWS = 50
TONES = {
    SignOutNotification.State.WAITING: "yellow",
    SignOutNotification.State.DELIVERED: "green",
    SignOutNotification.State.REFUSED: "red",
    SignOutNotification.State.FAILED: "red",
}


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    page = application_frame(request, tenant, application)
    if application.kind == Application.Kind.SERVICE:
        raise Http404
    form = SignOutAddressesForm(
        sent(request), kept={name: getattr(application, name) for name in SignOutAddressesForm.field_order}
    )
    if form.is_valid():
        with ProblemsShownAt(form):
            change_application(application, **form.cleaned_data, actor=request.actor)
            messages.success(request, _("Saved. It applies from the next sign-out."))
            return redirect("portal:application-sign-out", tenant.slug, application.client_id)
    page |= {
        "form": form,
        "rows": _rows(application),
        "most_rows": ROWS,
        "attempts": NOTIFICATION_ATTEMPTS,
        "days": NOTIFICATIONS_KEPT_FOR.days,
    }
    return render(request, "portal/applications/sign_out.html", page)


def _rows(application: Application) -> list[dict[str, Any]]:
    """The newest notifications, each with whose session it was and the colour of its state."""
    rows = list(SignOutNotification.objects.filter(application=application)[:ROWS])
    names = dict(Account.objects.filter(pk__in={row.account_id for row in rows}).values_list("pk", "email"))
    return [
        {
            "notification": row,
            "email": names.get(row.account_id, ""),
            "tone": TONES[SignOutNotification.State(row.state)],
        }
        for row in rows
    ]
