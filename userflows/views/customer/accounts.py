"""The accounts that are signed in side by side in this browser: which is to be the current one, another, or none."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.sessions.beside import SignedInHere, accounts_here
from accounts.sessions.rules import session_rules
from userflows.journeys import entry
from userflows.journeys.addresses import see_other
from userflows.lookup import default_flow
from userflows.pages import render_customer, signed_out_page
from userflows.sessions.signed_in import sign_out_beside, sign_out_of_all, switch_to
from userflows.views.customer.start import return_path

ANOTHER = "another"


@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """Choose the account to go on with, add one, or sign out of one or all."""
    here = accounts_here(request)
    if not here:
        return _private(see_other(f"{reverse('customer:sign-in')}?{urlencode({'next': return_path(request)})}"))
    if not session_rules().offers_several:
        return _private(see_other(return_path(request)))
    return _private(_answer(request, here) or _page(request, here))


def _answer(request: HttpRequest, here: Sequence[SignedInHere]) -> HttpResponse | None:
    """What a pressed button does; None where none was, or its account is no longer signed in here."""
    wanted, leaving = request.POST.get("account", ""), request.POST.get("sign-out", "")
    if wanted == ANOTHER:
        return entry.begin_journey(request, user_flow=default_flow(), return_to=return_path(request))
    if "sign-out-all" in request.POST:
        return signed_out_page(request, sign_out_of_all(request))
    for person in here:
        if wanted == str(person.account.pk):
            switch_to(request, person)
            return see_other(return_path(request))
        if leaving == str(person.account.pk):
            addresses = sign_out_beside(request, person)
            return signed_out_page(request, addresses, continue_to=request.get_full_path() if len(here) > 1 else "")
    return None


def _page(request: HttpRequest, here: Sequence[SignedInHere]) -> HttpResponse:
    return render_customer(request, "customer/accounts.html", {"people": here, "return_path": return_path(request)})


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
