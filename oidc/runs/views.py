"""The portal's pages to run a user flow: choose what is asked for, go through the real pages, see what was said."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.sessions.store import SESSION_ID
from applications.lookup.clients import client_by_id
from applications.lookup.listing import with_application
from applications.models import Application, ScopePermission
from common.crypto.digests import digest_of
from common.crypto.encryption import CannotUnseal
from oidc.issuer.identity import issuer_for
from oidc.models import FlowRun
from oidc.runs.forms import RunForm
from oidc.runs.pages import RESULT, again_url, description_of, parts_of, place_of
from oidc.runs.records import RunRecord
from oidc.runs.requests import callback_of, run_by_id, run_by_state
from oidc.runs.services import Runner, answer_run, begin_run
from oidc.wire.addresses import endpoints_of
from oidc.wire.pages import allow_forms_to, send_browser_to, with_query
from portal_frame.access import Need
from portal_frame.forms import sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import Tab
from tenants.addressing import base_url
from tenants.models import Tenant
from userflows.flows.views.flow_page import flow_frame, flow_or_404
from userflows.models import UserFlow

RESPONSE_MEMBERS = ("code", "state", "iss", "error", "error_description")
MOST_CHARACTERS = 2000
FIRST_SCOPES = ("profile", "email")
View = Callable[..., HttpResponse]


@tenant_page(needs=Need.FLOWS_RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: PortalRequest, tenant: Tenant, flow_id: UUID) -> HttpResponse:
    """Choose an application, whose flow this may be or not, and what it asks for, then go to the customer pages."""
    flow = flow_or_404(flow_id)
    with_customers = Application.objects.exclude(kind=Application.Kind.SERVICE)
    applications = list(with_customers.told_apart().select_related("user_flow"))
    form = RunForm(sent(request), flow=flow, applications=applications, initial=_proposed(request))
    if tenant.state == Tenant.State.ACTIVE and form.is_valid():
        _, parameters = begin_run(
            flow=flow,
            client=client_by_id(form.chosen().client_id),
            redirect_uri=callback_of(tenant),
            wishes=form.wishes(),
            runner=_runner(request),
            actor=request.actor,
        )
        return send_browser_to(with_query(endpoints_of(tenant)["authorization_endpoint"], parameters))
    page = {"form": form, "applications": applications, "tenant": tenant, "permitted": _permitted()}
    page |= flow_frame(request, tenant, flow)
    # Chromium holds form-action against the whole way that begins with the form.
    return allow_forms_to(render(request, "portal/runs/begin.html", page), base_url(tenant) + "/")


def _signed_in_here(view: View) -> View:
    """Whoever isn't signed in comes back without the answer: no code is left in an address or in a row."""

    @wraps(view)
    def page(request: HttpRequest, slug: str) -> HttpResponse:
        if not request.user.is_authenticated:
            back = reverse("portal:userflows", args=[slug])
            response = redirect(f"{reverse('customer:sign-in')}?{urlencode({'next': back})}")
            response["Cache-Control"] = "no-store"
            return response
        return view(request, slug)

    return page


@require_GET
@_signed_in_here
@tenant_page(needs=Need.FLOWS_RUN)
def callback(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Take the answer to the request of a run that this administrator has begun in this browser."""
    members = {name: request.GET[name][:MOST_CHARACTERS] for name in RESPONSE_MEMBERS if name in request.GET}
    runner = _runner(request)
    run = run_by_state(members.get("state", ""), **vars(runner))
    if run is None:
        messages.error(
            request, _("That answer doesn’t belong to a run you started in this browser. Nothing was done with it.")
        )
        return redirect("portal:userflows", tenant.slug)
    client = client_by_id(run.application.client_id)
    run_by_flow = replace(client, flow_id=run.user_flow_id or client.flow_id)
    answer_run(run, client=run_by_flow, issuer=issuer_for(tenant), response=members)
    return send_browser_to(reverse("portal:flow-run", args=[tenant.slug, run.pk]))


@tenant_page(needs=Need.FLOWS_RUN)
@require_safe
def run(request: PortalRequest, tenant: Tenant, run_id: UUID) -> HttpResponse:
    """What was asked, what was answered, and what to make of it."""
    shown = run_by_id(run_id, **vars(_runner(request)))
    if shown is None:
        raise Http404
    page = {"run": shown, **_ways_back(tenant, shown)}
    try:
        record = RunRecord.of_sealed(shown.sealed, run_id=shown.pk)
    except CannotUnseal:
        return render(request, "portal/runs/unreadable.html", page)
    page["can_go_on"] = shown.answered_at is None and shown.expires_at > timezone.now()
    parts, part = parts_of(record), request.GET.get("part", "")
    part = part if part in parts else RESULT
    page |= {"part": part, "tabs": _tabs(request.path, parts, part), **place_of(record, part)}
    page |= description_of(record, application=shown.application, tenant=tenant)
    page["again_url"] = again_url(record, application=shown.application, flow=page["flow"], tenant=tenant)
    return render(request, "portal/runs/run.html", page)


def _runner(request: PortalRequest) -> Runner:
    return Runner(request.administrator.pk, digest_of(request.session[SESSION_ID]))


def _proposed(request: PortalRequest) -> dict[str, Any]:
    """What the form is filled in with: what the link says, such as the choices of an earlier run."""
    asked = request.GET
    named: dict[str, Any] = {name: asked[name] for name in RunForm.base_fields if name in asked}
    named["scopes"] = asked.getlist("scopes") if "again" in asked else list(FIRST_SCOPES)
    return named


def _tabs(path: str, parts: Mapping[str, str | Promise], current: str) -> list[Tab]:
    addresses = {part: path if part == RESULT else f"{path}?{urlencode({'part': part})}" for part in parts}
    return [Tab(str(name), addresses[part], part == current) for part, name in parts.items()]


def _permitted() -> list[tuple[Application, list[str]]]:
    """The scopes of APIs that applications with customers may ask for, by their full names."""
    rows = ScopePermission.objects.filter(application__user_flow__isnull=False, scope__is_enabled=True)
    rows = rows.exclude(scope__application__identifier_uri="").select_related("scope__application")
    in_order = with_application(rows.order_by("application__name", "application", "scope__name"))
    by_application = groupby(in_order, attrgetter("application"))
    return [(application, [row.scope.full_name for row in rows]) for application, rows in by_application]


def _ways_back(tenant: Tenant, run: FlowRun) -> dict[str, Any]:
    application: Application = run.application
    flow: UserFlow | None = run.user_flow or application.user_flow
    # What the run has tried for the application, and what it goes on with until the one takes the other's place.
    instead_of = application.user_flow if application.user_flow != flow else None
    return {"tenant": tenant, "application": application, "flow": flow, "instead_of": instead_of}
