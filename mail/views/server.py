"""The portal's pages about the mail server of a tenant: which it is, a test of it, and whether others believe it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.problems import Refused
from common.web.outgoing import TooManyWaiting, from_pages
from mail.forms import OwnServerForm, TestMailForm
from mail.models import Message, OwnServer
from mail.own_servers.description import OwnServerDescription, described, may_have_own, tidied
from mail.own_servers.sender_records import check_sender, sender_in_use
from mail.sending.transports import installation_transport
from mail.sending.trial import MailTrial, try_own_server
from mail.services import drop_own_server, use_own_server
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent, show_problems
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from tenants.models import Tenant

LAST_TEST = "last_test_of_mail"
STAYS = gettext_lazy("Mail stays in the outbox from now on: this installation has no mail server.")
TONES = {
    "good": ("green", gettext_lazy("Good")),
    "doubtful": ("yellow", pgettext_lazy("record", "Look at it")),
    "bad": ("red", gettext_lazy("Not right")),
    "unknown": ("", gettext_lazy("Unknown")),
}


@tenant_page(needs=Need.MAIL_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def server(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Which server takes the tenant's mail."""
    form = _form(request)
    if form.is_valid():
        with ProblemsShownAt(form):
            wished, password = _wished(form)
            use_own_server(wished, password=password, expected_version=form.current, actor=request.actor)
            messages.success(
                request, gettext("Saved. Mail is sent through %(host)s from now on.") % {"host": wished.host}
            )
            _tell_of_test(request, tenant, wished)
            return redirect("portal:tenant-mail", tenant.slug)
    return _page(request, tenant, form, TestMailForm(initial={"to": request.administrator.email}))


@tenant_page(needs=Need.MAIL_CHANGE)
@require_POST
def test(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """A test with the values on the screen, saved or not; to a script only how it went, beside what was typed."""
    form, to = _form(request), TestMailForm(request.POST)
    trial = None
    if form.is_valid() & to.is_valid():
        wished, password = _wished(form)
        try:
            trial = try_own_server(wished, password=password, to=to.cleaned_data["to"].strip())
            request.session[LAST_TEST] = [str(tenant.pk), tidied(wished).version, trial.problem]
        except Refused as refusal:
            show_problems(form, refusal, elsewhere=["to"])
            show_problems(to, Refused(problem for problem in refusal.problems if problem.field == "to"))
    if request.headers.get("HX-Request"):
        return render(request, "portal/mail/_trial.html", {"trial": trial, "form": form, "to": to})
    return _page(request, tenant, form, to, trial)


@tenant_page(needs=Need.MAIL_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Back to the installation's server, after a look at what changes."""
    stays = installation_transport().keeps_messages
    if request.method == "POST":
        if drop_own_server(actor=request.actor):
            messages.success(
                request, STAYS if stays else gettext("Mail is sent through the installation’s server again.")
            )
        return redirect("portal:tenant-mail", tenant.slug)
    page = {"tenant": tenant, "own": OwnServer.objects.first(), "sender": settings.EMAIL_FROM, "stays": stays}
    return render(request, "portal/mail/drop.html", page)


@tenant_page(needs=Need.MAIL_READ)
@require_safe
def records(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The DNS records of the sender's domain, looked up now."""
    own = OwnServer.objects.first() if may_have_own() else None
    address, known = sender_in_use(described(own))
    try:
        with from_pages.one(tenant.schema_name):
            checks = check_sender(address, **known)
    except TooManyWaiting:
        messages.error(request, gettext("Other records are being looked up at the moment. Try again in a minute."))
        return redirect("portal:tenant-mail", tenant.slug)
    page = {
        "tenant": tenant,
        "own": own,
        "address": address,
        "checks": [(check, *TONES[check.state]) for check in checks],
        "checked_at": timezone.now(),
    }
    return render(request, "portal/mail/records.html", page)


def _tell_of_test(request: PortalRequest, tenant: Tenant, wished: OwnServerDescription) -> None:
    """Say again what stood in the way of the last test of these very values, or that they weren't tested."""
    tested, version, problem = request.session.pop(LAST_TEST, ("", "", ""))
    if (tested, version) != (str(tenant.pk), tidied(wished).version):
        messages.warning(request, gettext("These values weren’t tested. Send a test to see whether mail leaves."))
    elif problem:
        messages.warning(request, gettext("The last test of these values didn’t leave. %(why)s") % {"why": problem})


def _form(request: PortalRequest) -> OwnServerForm:
    kept = OwnServer.objects.first()
    now = described(kept)
    has_password = kept is not None and bool(kept.sealed_password)
    return OwnServerForm(sent(request), kept=vars(now), version=now.version, has_password=has_password)


def _wished(form: OwnServerForm) -> tuple[OwnServerDescription, str]:
    chosen = dict(form.cleaned_data)
    password: str = chosen.pop("password")
    return OwnServerDescription(**chosen), password


def _page(
    request: PortalRequest, tenant: Tenant, form: OwnServerForm, to: TestMailForm, trial: MailTrial | None = None
) -> HttpResponse:
    page: dict[str, Any] = {
        "tenant": tenant,
        "form": form,
        "to": to,
        "trial": trial,
        "own": OwnServer.objects.first(),
        "may_have_own": may_have_own(),
        "is_kept_here": installation_transport().keeps_messages,
        "sender": settings.EMAIL_FROM,
        "given_up": Message.objects.filter(state=Message.State.FAILED).order_by("-created_at")[:5],
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/mail/server.html", page)
