"""How many text messages each country was sent of those that it may be sent in a day; and that number, changed."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from common.text.countries import countries
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from sms.forms import CountryLimitForm
from sms.limits import CountedTo, counted_to
from sms.senders.description import TextDescription, describe
from sms.services import choose_sender
from tenants.models import Tenant


def rows_of(letters: Sequence[str], description: TextDescription) -> list[tuple[str, CountedTo]]:
    """What a page says of each of these countries, by their names."""
    named = [(name, each) for each, name in countries(get_language() or "") if each in letters]
    counted = counted_to([each for _name, each in named], description)
    return [(name, each) for (name, _letters), each in zip(named, counted, strict=True)]


@tenant_page(needs=Need.MAIL_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def country(request: PortalRequest, tenant: Tenant, letters: str) -> HttpResponse:
    """How many messages this country may be sent in a day."""
    now = describe()
    if letters not in now.countries:
        raise Http404
    kept = {"most": now.country_limits.get(letters)}
    form = CountryLimitForm(sent(request), kept=kept, usual=now.per_country)
    [(name, counted)] = rows_of([letters], now)
    if form.is_valid():
        with ProblemsShownAt(form, {"country_limits": "most"}):
            wished = now.limiting(letters, form.cleaned_data["most"])
            choose_sender(wished, expected_version=now.version, actor=request.actor)
            messages.success(request, gettext("Saved. The next text message goes this way."))
            return redirect("portal:text-sender", tenant.slug)
    return render(
        request, "portal/sms/country.html", {"tenant": tenant, "form": form, "name": name, "counted": counted}
    )
