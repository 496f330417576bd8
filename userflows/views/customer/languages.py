"""Speaking another language from here on."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from userflows.forms.attributes import AttributesForm
from userflows.models import Journey
from userflows.services.languages import choose_language, journey_at
from userflows.services.steps import keep_typed
from userflows.views.customer.start import return_path


@sensitive_post_parameters()
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Come back to the page the choice was made on, in the chosen language, with what was typed there.

    The page's own form may come along; the hyphen keeps the choice apart from any attribute in it.
    """
    back = return_path(request)
    page, journey = journey_at(request, back)
    if journey:
        keep_typed(journey, typed=_typed(page, journey, request.POST) or journey.typed)
    return choose_language(request, chosen=request.POST.get("in-language", ""), back=back, journey=journey)


def _typed(page: str, journey: Journey, sent: QueryDict) -> dict[str, Any]:
    """What stands in the inputs of the page by name, right or wrong; without the password, which nobody keeps."""
    if page == "customer:address" and "email" in sent:
        return {"email": sent["email"]}
    if page == "customer:details":
        return {field.name: field.data for field in AttributesForm(journey.user_flow, sent)}
    return {}
