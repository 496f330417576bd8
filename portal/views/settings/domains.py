"""Domains of a tenant's own: added, checked, removed, and which of them the issuer is called by."""

from dataclasses import dataclass
from typing import Any

import idna
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tenants.utils import schema_context

from common.web.limits import TooManyAttempts
from common.web.outgoing import TooManyWaiting
from oidc.wire.addresses import ISSUER_PATH, issuer_of
from operations.figures import figures
from portal.forms.settings.domains import DomainForm
from portal_frame.access import Need
from portal_frame.confirmation import TypedNameForm
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from tenants.addressing import base_url, custom_url, default_url
from tenants.domains.records import RecordSeen, expected, seen
from tenants.errors import TenantError
from tenants.lookup import PUBLIC
from tenants.models import DomainClaim, Tenant
from tenants.services import call_issuer_by, check_domain, claim_domain, remove_domain

TONES = {DomainClaim.State.WAITING: "yellow", DomainClaim.State.READY: "blue", DomainClaim.State.LIVE: "green"}


@dataclass(frozen=True)
class DomainRow:
    claim: DomainClaim
    tone: str
    readable: str


@tenant_page(needs=Need.DOMAINS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The tenant's domains, and the form for another."""
    _refuse_home(tenant)
    form = DomainForm(sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            claim = claim_domain(tenant, domain=form.cleaned_data["domain"], actor=request.actor)
            said = gettext("%(domain)s was added. Set the two records below.")
            messages.success(request, said % {"domain": claim.domain})
            return redirect("portal:tenant-domain", tenant.slug, claim.domain)
    with schema_context(PUBLIC):
        claims = list(DomainClaim.objects.filter(tenant=tenant).order_by("domain"))
    page = {
        "tenant": tenant,
        "form": form,
        "rows": [_row(claim) for claim in claims],
        "address": base_url(tenant),
        "default_address": default_url(tenant),
        "issuer": issuer_of(tenant),
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/domains/list.html", page)


@tenant_page(needs=Need.DOMAINS_READ)
@require_safe
def domain(request: PortalRequest, tenant: Tenant, name: str) -> HttpResponse:
    """One domain: which records are expected, which were found, and what comes next."""
    claim = _claim_or_404(tenant, name)
    return render(request, "portal/domains/domain.html", _page(tenant, claim))


@tenant_page(needs=Need.DOMAINS_CHANGE)
@require_POST
def check(request: PortalRequest, tenant: Tenant, name: str) -> HttpResponse:
    """Look now."""
    claim = _claim_or_404(tenant, name)
    try:
        claim = check_domain(claim, actor=request.actor, is_asked_for=True)
    except TooManyWaiting:
        messages.warning(request, gettext("Another check is running. Look again in a moment."))
    except TooManyAttempts as refusal:
        minutes = refusal.retry_after // 60 + 1
        said = ngettext(
            "That was a lot of checks. You can run the next one in %(minutes)d minute.",
            "That was a lot of checks. You can run the next one in %(minutes)d minutes.",
            minutes,
        )
        messages.warning(request, said % {"minutes": minutes})
    else:
        if claim.leads_here:
            messages.success(request, gettext("%(domain)s is live.") % {"domain": claim.domain})
    return redirect("portal:tenant-domain", tenant.slug, claim.domain)


@tenant_page(needs=Need.DOMAINS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PortalRequest, tenant: Tenant, name: str) -> HttpResponse:
    """Remove a domain, after a look at what stops."""
    claim = _claim_or_404(tenant, name)
    if request.method == "POST":
        try:
            remove_domain(tenant, domain=claim.domain, actor=request.actor)
        except TenantError as error:
            messages.error(request, str(error))
            return redirect("portal:tenant-domain", tenant.slug, claim.domain)
        said = gettext("%(domain)s no longer leads here. Remove its records from your DNS, too.")
        messages.success(request, said % {"domain": claim.domain})
        return redirect("portal:tenant-domains", tenant.slug)
    return render(request, "portal/domains/remove.html", _page(tenant, claim))


@tenant_page(needs=Need.DOMAINS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def issuer(request: PortalRequest, tenant: Tenant, name: str) -> HttpResponse:
    """Name the issuer by this domain, after a look at what breaks."""
    claim = _claim_or_404(tenant, name)
    return _move_issuer(request, tenant, claim.domain, typed=claim.domain, address=custom_url(claim.domain))


@tenant_page(needs=Need.DOMAINS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def default_issuer(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Name the issuer by the default address again."""
    _refuse_home(tenant)
    return _move_issuer(request, tenant, "", typed=tenant.name, address=default_url(tenant))


def _move_issuer(request: PortalRequest, tenant: Tenant, name: str, *, typed: str, address: str) -> HttpResponse:
    form = TypedNameForm(sent(request), name=typed)
    if form.is_valid():
        try:
            call_issuer_by(tenant, domain=name, typed_name=form.cleaned_data["typed_name"], actor=request.actor)
        except TenantError as error:
            form.add_error(None, str(error))
        else:
            said = gettext("The issuer is %(issuer)s from now on.") % {"issuer": issuer_of(tenant)}
            messages.success(request, said)
            return redirect("portal:tenant-domains", tenant.slug)
    page = {
        "tenant": tenant,
        "form": form,
        "domain": name,
        "typed": typed,
        "before": issuer_of(tenant),
        "after": address + ISSUER_PATH,
        "address": address,
        "figures": figures(),
    }
    return render(request, "portal/domains/issuer.html", page)


def _page(tenant: Tenant, claim: DomainClaim) -> dict[str, Any]:
    last = seen(claim)
    proof, address = (last.proof, last.address) if last else expected(claim, tenant)
    return {
        "tenant": tenant,
        "row": _row(claim),
        "claim": claim,
        "records": [
            (gettext("Whose it is"), proof, _word(proof, claim)),
            (gettext("Where it leads"), address, _word(address, claim)),
        ],
        "unreached": last.unreached if last else "",
        "is_right": proof.is_right and address.is_right,
        "address": custom_url(claim.domain),
        "is_issuer": tenant.issuer_domain == claim.domain,
        "is_live": claim.leads_here,
        "is_local": settings.IS_LOCAL,
    }


def _word(record: RecordSeen, claim: DomainClaim) -> tuple[str, str]:
    """The state of one record in a word, with its tone."""
    if record.is_right:
        return gettext("Right"), "green"
    if not claim.checked_at:
        return gettext("Not looked up yet"), ""
    return (gettext("Unknown"), "") if record.problem else (gettext("Not right"), "red")


def _row(claim: DomainClaim) -> DomainRow:
    tone = "red" if claim.failing_since else TONES[DomainClaim.State(claim.state)]
    return DomainRow(claim, tone, idna.decode(claim.domain) if "xn--" in claim.domain else "")


def _claim_or_404(tenant: Tenant, name: str) -> DomainClaim:
    with schema_context(PUBLIC):
        claim = DomainClaim.objects.select_related("tenant").filter(tenant=tenant, domain=name).first()
    if claim is None:
        raise Http404
    return claim


def _refuse_home(tenant: Tenant) -> None:
    if tenant.is_home:
        raise Http404
