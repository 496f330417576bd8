"""The portal's pages about where else a tenant's customers have accounts."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.problems import Refused
from common.web.outgoing import TooManyWaiting
from portal.forms.identity_providers import ProviderForm
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from providers.description import ProviderDescription, described, usual
from providers.models import IdentityProvider, LinkedIdentity, new_provider_id
from providers.policies import OIDC, PRESETS, SAML
from providers.saml.rules import entity_id_at
from providers.services import MOST_PROVIDERS, apply, create_provider
from providers.trial import ProviderFinding, ProviderFindingState, try_provider, with_entity_id
from tenants.addressing import default_url
from tenants.lookup import urls_of
from tenants.models import Tenant
from userflows.flows.removal import delete_provider_everywhere
from userflows.models import UserFlow
from userflows.state import method_of_provider

TO_BE = "providers_to_be"
"""The IDs shown and not yet used, by tenant and kind, in the session."""

TONES = {
    ProviderFindingState.GOOD: ("green", gettext_lazy("Good")),
    ProviderFindingState.DOUBTFUL: ("yellow", gettext_lazy("Look at it")),
    ProviderFindingState.BAD: ("red", gettext_lazy("Not right")),
}


@tenant_page(needs=Need.PROVIDERS_READ)
@require_safe
def identity_providers(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """All of them, with who offers them and how many customers are linked."""
    found = IdentityProvider.objects.annotate(linked=Count("identities")).order_by("created_at", "pk")
    flows = list(UserFlow.objects.all())
    page = {
        "tenant": tenant,
        "rows": [(provider, _offering(provider, flows)) for provider in found],
        "most": MOST_PROVIDERS,
        "presets": PRESETS.values(),
    }
    return render(request, "portal/identity_providers/list.html", page)


@tenant_page(needs=Need.PROVIDERS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Choose of which kind, copy the redirect URI, paste what the provider has given for it."""
    preset = PRESETS.get(request.GET.get("kind", ""))
    if preset is None:
        return render(request, "portal/identity_providers/choose.html", {"tenant": tenant, "presets": PRESETS.values()})
    provider_id = request.POST.get("provider_id") or _id_to_be(request, f"{tenant.slug} {preset.kind}")
    form = ProviderForm(sent(request), description=usual(preset.kind))
    form.initial["provider_id"] = provider_id
    if form.is_valid():
        with ProblemsShownAt(form, {"claims": ""}):
            made = create_provider(
                _with_entity_id(form.wished),
                secret=form.cleaned_data.get("secret", ""),
                provider_id=form.cleaned_data["provider_id"],
                actor=request.actor,
            )
            sentence = _("%(name)s was added. Test it, then offer it in a user flow.")
            messages.success(request, sentence % {"name": made.name})
            _forget_id(request, made.pk)
            return redirect("portal:identity-provider", tenant.slug, made.pk)
    page = {"tenant": tenant, "form": form, "preset": preset, **_where_we_are(tenant, provider_id, preset.kind)}
    return render(request, "portal/identity_providers/create.html", page)


@tenant_page(needs=Need.PROVIDERS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def identity_provider(request: PortalRequest, tenant: Tenant, provider_id: str) -> HttpResponse:
    """What is set up about one provider."""
    found = get_object_or_404(IdentityProvider, pk=provider_id)
    form = ProviderForm(sent(request), description=described(found), has_secret=bool(found.sealed_secret))
    if form.is_valid():
        with ProblemsShownAt(form, {"claims": ""}):
            apply(
                found,
                _with_entity_id(form.wished),
                secret=form.cleaned_data.get("secret", ""),
                expected_version=form.current,
                actor=request.actor,
            )
            messages.success(request, _("Saved."))
            return redirect("portal:identity-provider", tenant.slug, found.pk)
    return _page(request, tenant, found, form)


@tenant_page(needs=Need.PROVIDERS_CHANGE)
@require_POST
def test(request: PortalRequest, tenant: Tenant, provider_id: str) -> HttpResponse:
    """Ask the provider, and say what was found."""
    found = get_object_or_404(IdentityProvider, pk=provider_id)
    try:
        findings = try_provider(found, redirect_uri=_redirect_uris(tenant, found.pk)[0], actor=request.actor)
    except TooManyWaiting:
        messages.warning(request, _("Another test is running. Try again in a moment."))
        return redirect("portal:identity-provider", tenant.slug, found.pk)
    found.refresh_from_db()
    form = ProviderForm(description=described(found), has_secret=bool(found.sealed_secret))
    return _page(request, tenant, found, form, findings)


@tenant_page(needs=Need.PROVIDERS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant, provider_id: str) -> HttpResponse:
    """Say who loses what by it, and delete it."""
    found = get_object_or_404(IdentityProvider, pk=provider_id)
    if request.method == "POST":
        try:
            delete_provider_everywhere(found, actor=request.actor)
        except Refused as refusal:
            messages.error(request, " ".join(problem.sentence for problem in refusal.problems))
            return redirect("portal:identity-provider", tenant.slug, found.pk)
        messages.success(request, _("%(name)s is deleted.") % {"name": found.name})
        return redirect("portal:identity-providers", tenant.slug)
    page = {"tenant": tenant, "provider": found, "offering": _offering(found, list(UserFlow.objects.all()))}
    return render(request, "portal/identity_providers/delete.html", {**page, **_who_loses(found)})


def _page(
    request: PortalRequest,
    tenant: Tenant,
    provider: IdentityProvider,
    form: ProviderForm,
    findings: list[ProviderFinding] | None = None,
) -> HttpResponse:
    page: dict[str, Any] = {
        "tenant": tenant,
        "provider": provider,
        "preset": PRESETS.get(provider.kind, PRESETS[OIDC]),
        "form": form,
        **_where_we_are(tenant, provider.pk, provider.kind, has_key=bool(provider.public_jwk)),
        "offering": _offering(provider, list(UserFlow.objects.all())),
        "linked": LinkedIdentity.objects.filter(provider=provider).count(),
        "findings": [(finding, *TONES[finding.state]) for finding in findings or ()],
    }
    return render(request, "portal/identity_providers/provider.html", page)


def _redirect_uris(tenant: Tenant, provider_id: str) -> list[str]:
    """Where a provider may send customers back to: one for each address of the tenant."""
    if not provider_id.isalnum() or not provider_id.isascii() or len(provider_id) > 12:
        raise Http404
    return [f"{url}/providers/{provider_id}/callback" for url in urls_of(tenant)]


def _with_entity_id(wished: ProviderDescription) -> ProviderDescription:
    """As it is wished, with the entity ID that its metadata names; as it is, if another page asks somebody just now."""
    try:
        return with_entity_id(wished)
    except TooManyWaiting:
        return wished


def _where_we_are(tenant: Tenant, provider_id: str, kind: str, *, has_key: bool = False) -> dict[str, Any]:
    """What is registered at the provider about this tenant."""
    is_saml = kind == SAML
    return {
        "redirect_uris": _redirect_uris(tenant, provider_id),
        "entity_id": entity_id_at(default_url(tenant), provider_id) if is_saml else "",
        "keys_url": f"{urls_of(tenant)[0]}/providers/{provider_id}/keys" if has_key and not is_saml else "",
    }


def _id_to_be(request: PortalRequest, where: str) -> str:
    """What the next provider will be called: the same as before, for whoever went to register its redirect URI."""
    waiting: dict[str, str] = request.session.get(TO_BE, {})
    if where not in waiting:
        waiting = request.session[TO_BE] = waiting | {where: new_provider_id()}
    return waiting[where]


def _forget_id(request: PortalRequest, used: str) -> None:
    waiting: dict[str, str] = request.session.get(TO_BE, {})
    request.session[TO_BE] = {where: each for where, each in waiting.items() if each != used}


def _offering(provider: IdentityProvider, flows: list[UserFlow]) -> list[UserFlow]:
    method = method_of_provider(provider.pk)
    return [flow for flow in flows if method in flow.methods]


def _who_loses(provider: IdentityProvider) -> dict[str, int]:
    """How many customers are linked, and how many of those have neither a password nor another provider."""
    linked, alone = LinkedIdentity.objects.at(provider), LinkedIdentity.objects.only_ways_in(provider)
    return {
        "linked": linked.values("account_id").distinct().count(),
        "alone": alone.values("account_id").distinct().count(),
    }
