"""By which identity providers the customer signs in: seen on the profile, connected and removed from there."""

from uuid import UUID, uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from providers.lookup import known_providers, provider_by_id
from providers.models import IdentityProvider, LinkedIdentity
from providers.policies import SAML
from providers.saml.rules import entity_id_at
from tenants.addressing import default_url
from tenants.lookup import urls_of
from userflows.journeys.account.linking import unlink_and_tell
from userflows.journeys.addresses import see_other
from userflows.journeys.entry import More, any_journey_of, begin_journey
from userflows.lookup import flow_by_id
from userflows.models import UserFlow
from userflows.pages import render_customer
from userflows.sessions.signed_in import flow_of
from userflows.state import OWN_ACCOUNT
from userflows.steps.provider.view import lead_to_provider
from userflows.views.customer.own import is_proved, own_action, own_page, prove_first


def linked_identities(account: Account) -> list[LinkedIdentity]:
    """By whom the account is signed in, in the order in which they were linked."""
    return list(LinkedIdentity.objects.of_account(account.pk))


def connectable(flow: UserFlow, linked: list[LinkedIdentity]) -> list[IdentityProvider]:
    """The providers that the customer's flow offers and they don't sign in by yet."""
    known = {each.provider_id for each in linked}
    offered = (provider_by_id(provider_id) for provider_id in flow.rules.providers)
    return [provider for provider in offered if provider and provider.pk not in known]


@own_action("customer:profile")
def connect(request: HttpRequest, account: Account) -> HttpResponse:
    """To a provider and back, and to show that it is still oneself: then it is linked."""
    flow = flow_of(request)
    provider_id = request.POST.get("provider", "")
    provider = provider_by_id(provider_id) if provider_id in flow.rules.providers else None
    if provider is None:
        return see_other(reverse("customer:profile"))
    journey_id = uuid4()
    begun = begin_journey(
        request,
        user_flow=flow_by_id(flow.pk),
        return_to=f"{reverse('customer:profile')}?connected#providers",
        confirms=account,
        more=More(OWN_ACCOUNT),
        journey_id=journey_id,
    )
    journey = any_journey_of(request, journey_id)
    if journey is None:
        # The browser has lost its key and is given a new one: the next page has the button, too.
        return begun
    return lead_to_provider(request, journey, provider)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def remove(request: HttpRequest, account: Account, identity_id: UUID) -> HttpResponse:
    """Say what goes with it, and remove it; by whoever has just shown to be its owner."""
    chosen = next((each for each in linked_identities(account) if each.pk == identity_id), None)
    if chosen is None:
        raise Http404
    if not is_proved(request):
        return prove_first(request, account)
    flow = flow_of(request)
    if request.method == "POST" and _take_away(account, chosen, flow=flow):
        return see_other(f"{reverse('customer:profile')}?removed#providers")
    context = {"identity": chosen, "is_last": not has_other_way(flow, linked_identities(account), but=chosen)}
    return render_customer(
        request, "customer/remove_provider.html", context, status=409 if request.method == "POST" else 200
    )


@require_safe
def keys(_request: HttpRequest, provider_id: str) -> HttpResponse:
    """The public key by which we prove ourselves to a provider, as a set (RFC 7517)."""
    provider = known_providers().get(provider_id)
    if provider is None or not provider.public_jwk or provider.kind == SAML:
        raise Http404
    return JsonResponse({"keys": [provider.public_jwk]}, content_type="application/jwk-set+json")


@require_safe
def metadata(request: HttpRequest, provider_id: str) -> HttpResponse:
    """What a SAML provider has to know of us."""
    provider, tenant = known_providers().get(provider_id), request.tenant  # type: ignore[attr-defined]
    if provider is None or provider.kind != SAML:
        raise Http404
    places = [f"{url}/providers/{provider.pk}/callback" for url in urls_of(tenant)]
    # Here, as all that reads XML: see `providers.saml`.
    from providers.saml.ours import CONTENT_TYPE, metadata_for

    document = metadata_for(provider, entity_id=entity_id_at(default_url(tenant), provider.pk), places=places)
    return HttpResponse(document, content_type=CONTENT_TYPE)


def _take_away(account: Account, identity: LinkedIdentity, *, flow: UserFlow) -> bool:
    """Remove it, unless it is the last way in: of two that go at once, the second sees what the first has left."""
    with transaction.atomic():
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        if not has_other_way(flow, linked_identities(account), but=identity):
            return False
        unlink_and_tell(account, linked=identity, actor=actor_of(account))
    return True


def has_other_way(flow: UserFlow, linked: list[LinkedIdentity], *, but: LinkedIdentity) -> bool:
    """Whether the account can still be signed in to: by its address, to which codes and new passwords are mailed, or
    by another provider that the flow offers.
    """
    others = {each.provider_id for each in linked if each.pk != but.pk and each.provider.is_on}
    return flow.rules.takes_addresses or bool(others & set(flow.rules.providers))
