"""The customer's own account at a glance, a card for each matter; and the way out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.credentials.services.passwords import has_password
from accounts.identity.services.accounts import actor_of, update_profile
from accounts.models import Account
from accounts.sessions.beside import accounts_here, others_here
from common.problems import Refused
from common.web.limits import TooManyAttempts
from providers.lookup import known_providers
from userflows.forms.attributes import AttributeValuesForm, rows_to_show, values_of
from userflows.forms.fields import tell_problems
from userflows.forms.pages import too_many_attempts
from userflows.forms.profile import ProfileForm
from userflows.journeys import entry
from userflows.journeys.account.admission import judge_changed_birth
from userflows.journeys.addresses import see_other
from userflows.journeys.progress import can_be_kept
from userflows.lookup import default_flow, flow_to_choose_password
from userflows.models import UserFlow
from userflows.own_account.activity import last_of
from userflows.own_account.addresses import asked_change
from userflows.own_account.limits import count_unique
from userflows.pages import render_customer, signed_out_page
from userflows.policies import JOURNEY_PLACE
from userflows.sessions.signed_in import flow_of, has_ended_session, sign_out_beside, take_finished_purpose
from userflows.views.customer.credentials.factors import factors_of
from userflows.views.customer.credentials.providers import connectable, linked_identities
from userflows.views.customer.own import (
    WHOSE,
    is_proved,
    own_page,
    prove_first,
    show_own,
    typed_before,
    typed_into,
    usual_zone,
)
from userflows.views.customer.own_account.sessions import browsers_of

LAST_SHOWN = 3


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """See one's account, and change the attributes of the flow one came by."""
    if not accounts_here(request) and has_ended_session(request):
        return _sign_in_again(request)
    return _profile(request)


@own_page
def _profile(request: HttpRequest, account: Account) -> HttpResponse:
    flow = flow_of(request)
    if request.method != "POST":
        unsaved = typed_before(request, account)
        form = ProfileForm(flow, account, initial={**values_of(account, rows_to_show(flow)), **unsaved})
        return _page(request, account, flow, form, is_unsaved=bool(unsaved))
    form = ProfileForm(flow, account, request.POST)
    if not is_proved(request):
        return prove_first(request, account, keeps=form)
    if not form.is_valid() or not judge_changed_birth(flow.rules.admission, account, form):
        return _page(request, account, flow, form, status=400)
    attributes = form.attributes()
    try:
        count_unique(account, attributes)
        update_profile(account, attributes=attributes, actor=actor_of(account))
    except TooManyAttempts as limited:
        sentence = too_many_attempts(limited.retry_after)
        return _page(request, account, flow, form, status=429, refusal=sentence)
    except Refused as refusal:
        tell_problems(form, refusal)
        return _page(request, account, flow, form, status=400)
    return see_other(f"{reverse('customer:profile')}?saved")


def _page(
    request: HttpRequest, account: Account, flow: UserFlow, form: ProfileForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    linked = linked_identities(account) if known_providers() else []
    about: dict[str, Any] = {
        "flow": flow,
        "takes_passwords": flow_to_choose_password(account, flow) is not None,
        "has_password": has_password(account),
        "told": {name for name in ("saved", "ended", "connected", "removed") if name in request.GET},
        "changed": request.GET.get("changed", ""),
        "finished_purpose": take_finished_purpose(request),
        "asked_change": asked_change(account),
        "browsers": browsers_of(request, account),
        "linked": linked,
        "connectable": connectable(flow, linked),
        "happenings": last_of(account, most=LAST_SHOWN),
        "zone": account.time_zone or usual_zone(),
    }
    return show_own(request, "profile", form, status=status, **about, **factors_of(account, flow), **more)


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    """Say that the session has ended meanwhile; what was to be saved is there again afterwards."""
    typed = typed_into(AttributeValuesForm(rows_to_show(default_flow()), request.POST), request)
    context = {"unsaved": typed, "of": request.POST.get(WHOSE, "")}
    is_kept = bool(typed) and can_be_kept(context)
    response = entry.begin_journey(
        request,
        user_flow=default_flow(),
        return_to=reverse("customer:profile") + (f"?from={JOURNEY_PLACE}" if is_kept else ""),
        context=context if is_kept else {},
        because=entry.SESSION_ENDED,
    )
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, by a press on the button: an address alone, which any page may link to, only asks."""
    if request.method == "POST":
        whose = request.POST.get(WHOSE, "")
        people = [person for person in accounts_here(request) if whose in {"", str(person.account.pk)}]
        return signed_out_page(request, sign_out_beside(request, people[0]) if people else [])
    if others_here(request):
        return see_other(reverse("customer:accounts"))
    if not request.user.is_authenticated:
        return see_other(reverse("customer:signed-out"))
    return render_customer(request, "customer/sign_out.html", {"account": request.user})


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in here any more, or only others are."""
    client_id = request.GET.get("client_id", "")
    return render_customer(request, "customer/signed_out.html", {"people": accounts_here(request)}, client_id=client_id)
