"""What all pages about one's own account share: who may see them, when a change is one's own, and the way back."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accounts.models import Account
from accounts.sessions.beside import others_here
from accounts.sessions.rules import session_rules
from common.text.time_zones import UTC, zone_named
from common.web.proof import proved_at
from tenants.lookup import current_tenant
from userflows.forms.fields import ASKS_HERE
from userflows.forms.pages import show
from userflows.journeys import entry
from userflows.journeys.addresses import see_other
from userflows.journeys.progress import can_be_kept
from userflows.lookup import flow_by_id, ways_to_confirm
from userflows.pages import render_customer
from userflows.policies import JOURNEY_PLACE
from userflows.second_factors.asked import REMEMBERED
from userflows.sessions.signed_in import SECOND_FACTOR, flow_of, known_flow_of, may_see_own_account, switch_to
from userflows.state import OWN_ACCOUNT
from userflows.views.customer.way_back import keep_way_back, way_back

PROOF_COUNTS_FOR = timedelta(minutes=5)
# The account for which a page with a form was made, and the one as which its content is sent again. No attribute has a
# hyphen in its name.
WHOSE, SENT_AS = "whose-page", "sent-as"
CSRF = "csrfmiddlewaretoken"
View = Callable[..., HttpResponse]


def own_page(view: View) -> View:
    """A page for whoever is signed in, who is given to it; times are those of their zone."""
    return _for_owner(view)


def own_action(page: str) -> Callable[[View], View]:
    """What is sent from the page of this name, and is no page itself: whoever has to prove something first comes back
    to that page.
    """
    return lambda view: require_POST(_for_owner(view, page))


def _for_owner(view: View, page: str = "") -> View:
    @wraps(view)
    @own_form
    def owned(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account, back = request.user, reverse(page) if page else request.path
        if not isinstance(account, Account):
            here = request.get_full_path() if request.method != "POST" else back
            response: HttpResponse = see_other(f"{reverse('customer:sign-in')}?{urlencode({'next': here})}")
        elif not may_see_own_account(request):
            keep_way_back(request)
            response = _prove_more(request, account, back=back)
        else:
            keep_way_back(request)
            with timezone.override(zone_named(account.time_zone or usual_zone())):
                response = view(request, account, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return owned


def _prove_more(request: HttpRequest, account: Account, *, back: str) -> HttpResponse:
    """Have the second factor shown that the user flow asks for, and come back."""
    return entry.begin_journey(
        request,
        user_flow=known_flow_of(request),
        return_to=back,
        confirms=account,
        more=entry.More(adds_to_session=True),
    )


def own_form(view: View) -> View:
    """What is sent to the view from a page of another of the browser's accounts, it doesn't get: a page asks first."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refusal = _other_was_meant(request) if request.method == "POST" else None
        return refusal or view(request, *args, **kwargs)

    return page


def _other_was_meant(request: HttpRequest) -> HttpResponse | None:
    """A page that asks, where the form was made for another of the browser's accounts, which was the current one then.

    What was sent stands in it, and is sent again as whoever sent it by a press on its button: None lets that through.
    """
    whose, others = request.POST.get(WHOSE, ""), others_here(request)
    account = request.user if isinstance(request.user, Account) else None
    if whose == str(account.pk if account else "") or not (others or (account and whose)):
        return None
    meant = next((person for person in others if str(person.account.pk) == whose), None)
    if meant and request.POST.get(SENT_AS) == whose:
        switch_to(request, meant)
        return None
    sent = [(name, value) for name, values in request.POST.lists() if name != CSRF for value in values]
    context = {
        "account": account,
        "meant": meant.account if meant else None,
        "sent": sent,
        "sent_as": SENT_AS,
        "reference": "",
    }
    return render_customer(request, "customer/account/another.html", context, status=HTTPStatus.CONFLICT)


def usual_zone() -> str:
    """The time zone of whoever has chosen none: the tenant's."""
    tenant = current_tenant()
    return tenant.time_zone if tenant else UTC


def is_proved(request: HttpRequest) -> bool:
    """Whether it was shown just now that the account's owner sits here, by all that the account is protected with: a
    browser that is remembered stands in for nothing, and whoever has a passkey hasn't come without a second factor.
    """
    proved = proved_at(request.session)
    is_young = proved is not None and timezone.now() - proved <= PROOF_COUNTS_FOR
    met = str(request.session.get(SECOND_FACTOR, ""))
    lacks_passkey = not met and isinstance(request.user, Account) and bool(request.user.passkeys_at)
    is_whole = not lacks_passkey and not met.startswith(REMEMBERED) and may_see_own_account(request)
    return is_young and is_whole


def prove_first(request: HttpRequest, account: Account, *, keeps: Form | None = None, back: str = "") -> HttpResponse:
    """Have it shown that the owner sits here, and come `back`, to this page as a rule. What was typed into the form
    that it `keeps` is there again then (`typed_before`).
    """
    typed = typed_into(keeps, request) if keeps is not None else {}
    context = {"unsaved": typed, "of": str(account.pk), "is_tried": request.method == "POST"}
    flow = flow_by_id(flow_of(request).pk)
    response = entry.begin_journey(
        request,
        user_flow=flow,
        return_to=f"{back or request.path}?from={JOURNEY_PLACE}",
        confirms=account,
        wanted_methods=ways_to_confirm(account, flow),
        context=context if can_be_kept(context) else {},
        more=entry.More(OWN_ACCOUNT),
    )
    response["Cache-Control"] = "no-store"
    return response


def typed_before(request: HttpRequest, account: Account) -> Mapping[str, Any]:
    """What this very account was about to send when it had to show itself first, by field."""
    return dict(_kept(request, account).get("unsaved", {}))


def _kept(request: HttpRequest, account: Account) -> Mapping[str, Any]:
    """What the journey has kept by which the account has just come here."""
    try:
        journey = entry.finished_journey(request, UUID(request.GET.get("from", "")))
    except ValueError:
        return {}
    kept: Mapping[str, Any] = journey.context if journey else {}
    return kept if kept.get("of") == str(account.pk) else {}


def typed_into(form: Form, request: HttpRequest) -> dict[str, Any]:
    """What stands in the form as it was sent, by field. Of boxes without a tick nothing is sent, so its page says what
    it asks.
    """
    on_page = {*request.POST, *request.POST.get(ASKS_HERE, "").split()}
    return {bound.name: bound.data for bound in form if bound.name in on_page}


def show_own(request: HttpRequest, page: str, form: Form, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the account with a form."""
    return show(request, f"account/{page}", form, status=status, **_surroundings(request), **context)


def render_own(request: HttpRequest, page: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """One without."""
    return render_customer(
        request, f"customer/account/{page}.html", {**_surroundings(request), **context}, status=status
    )


def _surroundings(request: HttpRequest) -> dict[str, Any]:
    account = cast(Account, request.user)
    is_tried = _kept(request, account).get("is_tried", False)
    return {
        "account": account,
        "way_back": way_back(request),
        "is_tried": is_tried,
        "others": others_here(request),
        "offers_several": session_rules().offers_several,
    }
