"""Where customers come in without an application: sign in, sign up, reset, and the tenant's front door."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.credentials.services.passwords import has_password
from accounts.models import Account
from accounts.sessions.beside import others_here
from tenants.addressing import PATH_PREFIX
from userflows.journeys import entry
from userflows.journeys.addresses import see_other
from userflows.journeys.dead_ends import closed
from userflows.lookup import (
    default_flow,
    flow_by_id,
    flow_to_choose_password,
    flow_with_passwords,
    ways_to_confirm,
)
from userflows.middleware import first_spoken, speak
from userflows.models import Journey, UserFlow
from userflows.policies import is_local_path
from userflows.second_factors.asked import is_enough
from userflows.sessions.signed_in import facts_of, flow_of, has_ended_session, known_flow_of
from userflows.views.customer.way_back import RETURN_TO, keep_way_back, way_back

Purpose = Journey.Purpose


@require_safe
def home(_request: HttpRequest) -> HttpResponse:
    """The tenant's front door."""
    return see_other(reverse("customer:profile"))


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Begin to sign in; whoever is signed in already goes straight on."""
    begun = _journey_to_go_on_with(request)
    if request.user.is_authenticated and begun is None:
        return _private(see_other(return_path(request)))
    if begun is None and others_here(request):
        # Which of them it shall be now that the current one's session is over, nobody here can say.
        return _private(see_other(f"{reverse('customer:accounts')}?{urlencode({'next': return_path(request)})}"))
    return _begin(request, Purpose.SIGN_IN, begun)


@require_safe
def sign_up(request: HttpRequest) -> HttpResponse:
    """Begin to sign up, if the flow allows it."""
    if request.user.is_authenticated:
        return _private(see_other(return_path(request)))
    return _begin(request, Purpose.SIGN_UP)


@require_safe
def reset(request: HttpRequest) -> HttpResponse:
    """Begin to get a new password."""
    return _begin(request, Purpose.RESET, _journey_to_go_on_with(request))


@require_safe
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Begin to show once more that it is still oneself, before something that can't be undone."""
    account = request.user
    if not isinstance(account, Account):
        return _private(see_other(f"{reverse('customer:sign-in')}?{urlencode({'next': return_path(request)})}"))
    flow = flow_by_id(flow_of(request).pk)
    ways = ways_to_confirm(account, flow)
    return _private(
        entry.begin_journey(
            request, user_flow=flow, return_to=return_path(request), confirms=account, wanted_methods=ways
        )
    )


@require_safe
def prove_more(request: HttpRequest) -> HttpResponse:
    """Begin to show the second factor that is asked for by now, beside what has been shown already."""
    account = request.user
    if not isinstance(account, Account):
        return _private(see_other(f"{reverse('customer:sign-in')}?{urlencode({'next': return_path(request)})}"))
    if is_enough(facts_of(request).second_factor, default_flow().rules):
        return _private(see_other(return_path(request)))
    more = entry.More(adds_to_session=True)
    return _private(
        entry.begin_journey(
            request, user_flow=default_flow(), return_to=return_path(request), confirms=account, more=more
        )
    )


@require_safe
def change_password(request: HttpRequest) -> HttpResponse:
    """Begin to choose another password, by showing first that it is still oneself; a first one, by a code."""
    account = request.user
    if not isinstance(account, Account):
        return _private(see_other(f"{reverse('customer:sign-in')}?{urlencode({'next': request.get_full_path()})}"))
    flow = flow_to_choose_password(account, known_flow_of(request))
    if flow is None:
        return _private(see_other(return_path(request)))
    is_first = not has_password(account)
    response = entry.begin_journey(
        request,
        user_flow=flow,
        purpose=Purpose.RESET if is_first else Purpose.CHANGE,
        return_to=_profile_with_way_back(request) or return_path(request),
        email=account.email,
        confirms=None if is_first else account,
    )
    return _private(response)


def _profile_with_way_back(request: HttpRequest) -> str:
    """The profile, which leads on to the application that sent its customer here: the session that knows of it ends
    with the old password.
    """
    keep_way_back(request)
    known = way_back(request)
    return f"{reverse('customer:profile')}?{urlencode({RETURN_TO: known['url']})}" if known else ""


@require_safe
def well_known_change_password(_request: HttpRequest) -> HttpResponse:
    """Where password managers look for the page (https://w3c.github.io/webappsec-change-password-url/); there is none
    where nobody signs in with a password.
    """
    if flow_with_passwords() is None:
        raise Http404
    return _private(see_other(reverse("customer:change-password")))


def return_path(request: HttpRequest) -> str:
    """The path that was asked for, if it is one of this tenant's; the profile otherwise."""
    path = request.GET.get("next", "")
    prefix = get_script_prefix()
    foreign = PATH_PREFIX if prefix == "/" and settings.CIAM_TENANT_ADDRESSING == "path" else ""
    return path if is_local_path(path, prefix=prefix, foreign_prefix=foreign) else reverse("customer:profile")


def _begin(request: HttpRequest, purpose: str, begun: Journey | None = None) -> HttpResponse:
    flow = begun.user_flow if begun else _flow(request.GET.get("flow", ""), purpose)
    language = first_spoken(request.GET.get("ui_locales", "").split())
    speak(request, language)
    if purpose == Purpose.SIGN_UP and not flow.rules.without_application().has_sign_up:
        return closed(request, flow)
    if purpose == Purpose.RESET and not flow.rules.has_passwords:
        purpose = Purpose.SIGN_IN
    if begun:
        return _private(entry.begin_again(request, begun, purpose=purpose))
    email = request.user.email if isinstance(request.user, Account) else ""
    response = entry.begin_journey(
        request,
        user_flow=flow,
        purpose=purpose,
        return_to=return_path(request),
        email=email,
        language=language,
        because=entry.SESSION_ENDED if has_ended_session(request) and purpose == Purpose.SIGN_IN else "",
    )
    return _private(response)


def _journey_to_go_on_with(request: HttpRequest) -> Journey | None:
    """The journey that the link of a mail names: this browser's, which hasn't come to its end."""
    try:
        journey = entry.any_journey_of(request, UUID(request.GET.get("journey", "")))
    except ValueError:
        return None
    return journey if journey and journey.finished_at is None else None


def _flow(wanted: str, purpose: str) -> UserFlow:
    """The flow asked for by ID, or the tenant's default; to choose a password, one by which it can be chosen."""
    if not wanted:
        return (flow_with_passwords() if purpose == Purpose.RESET else None) or default_flow()
    try:
        return flow_by_id(UUID(wanted))
    except (ValueError, UserFlow.DoesNotExist) as error:
        raise Http404 from error


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True)
    return response
