from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.problems import Refused
from logs.facts import log_facts
from logs.forms import RulesForm
from logs.forwarding.progress import TONES, Progress, progress_of
from logs.keeping.checks import ask_for_check
from logs.models import Destination
from logs.rules import LogRules, describe
from logs.services import apply
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from tenants.models import Tenant


@tenant_page(needs=Need.LOGS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def log_settings(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """How much of the log there is, whether it is as it was sealed, and for how long it is kept."""
    rules = describe()
    form = RulesForm(sent(request), kept=asdict(rules), version=rules.version)
    if form.is_valid():
        with ProblemsShownAt(form):
            apply(LogRules(**form.cleaned_data), expected_version=form.current, actor=request.actor)
            messages.success(request, _("Saved. Anything older is deleted within the hour."))
            return redirect("portal:log-settings", tenant.slug)
    context = {
        "tenant": tenant,
        "form": form,
        "facts": log_facts(),
        "destinations": _destinations(),
        "may_change": Need.LOGS_CHANGE in request.allowed,
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/log_keeping/settings.html", context)


def _destinations() -> list[tuple[Destination, Progress, str]]:
    all_progress = [(each, progress_of(each)) for each in Destination.objects.order_by("created_at")]
    return [(each, progress, TONES[progress.state]) for each, progress in all_progress]


@tenant_page(needs=Need.LOGS_CHANGE)
@require_POST
def check(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Have the worker check the log now."""
    try:
        ask_for_check(actor=request.actor)
    except Refused as refusal:
        messages.warning(request, refusal.problems[0].sentence)
    else:
        messages.success(request, _("The log is being verified. Reload this page in a moment."))
    return redirect("portal:log-settings", tenant.slug)
