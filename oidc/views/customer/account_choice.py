from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from oidc.authorization.replies import refusal_page, see_other
from oidc.requests import TenantRequest
from oidc.views.customer.authorize import CHOOSE_ACCOUNT, go_on, over
from userflows.middleware import speak
from userflows.pages import render_customer
from userflows.services.journeys import any_journey_of, journey_of, step_url


@require_http_methods(["GET", "HEAD", "POST"])
def choose_account(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Ask somebody who is signed in whether to go on so (prompt=select_account)."""
    request = cast(TenantRequest, request)
    journey = journey_of(request, journey_id)
    if journey is None or "parameters" not in journey.context:
        return refusal_page(request, over(any_journey_of(request, journey_id)))
    is_for_this = journey.context.get("page") == CHOOSE_ACCOUNT
    if not request.user.is_authenticated or request.POST.get("account") == "another" or not is_for_this:
        return see_other(step_url(journey))
    request.journey = journey  # type: ignore[attr-defined]
    if journey.language:
        speak(request, journey.language)
    if request.POST.get("account") == str(request.user.pk):
        return go_on(request, journey, has_chosen_account=True)
    return render_customer(request, "customer/choose_account.html", {"account": request.user})
