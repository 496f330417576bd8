"""How many text messages each country was sent of those that it may be sent in a day; and that number, changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from common.text.countries import countries
from frame.access import Need
from frame.forms import ProblemsShownAt, sent
from frame.pages import PortalRequest, tenant_page
from sms.forms import CountryLimitForm
from sms.limits import sent_to
from sms.senders.description import TextDescription, describe
from sms.services import choose_sender
from tenants.models import Tenant


@dataclass(frozen=True)
class CountryRow:
    """A country that messages go to."""

    letters: str
    name: str
    sent: int
    most: int

    @property
    def is_used_up(self) -> bool:
        """Whether it is sent none for now."""
        return self.sent >= self.most


def rows_of(letters: Sequence[str], description: TextDescription) -> list[CountryRow]:
    """What a page says of each of these countries, by their names."""
    listed = [(each, name) for each, name in countries(get_language() or "") if each in letters]
    numbers = sent_to([each for each, _name in listed], description) if listed else []
    told = zip(listed, numbers, strict=True)
    return [CountryRow(each, name, number, description.most_to(each)) for (each, name), number in told]


@tenant_page(needs=Need.MAIL_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def country(request: PortalRequest, tenant: Tenant, letters: str) -> HttpResponse:
    """How many messages this country may be sent in a day."""
    now = describe()
    if letters not in now.countries:
        raise Http404
    kept = {"most": now.country_limits.get(letters)}
    form = CountryLimitForm(sent(request), kept=kept, usual=now.per_country)
    [row] = rows_of([letters], now)
    if form.is_valid():
        with ProblemsShownAt(form, {"country_limits": "most"}):
            wished = now.limiting(letters, form.cleaned_data["most"])
            choose_sender(wished, expected_version=now.version, actor=request.actor)
            messages.success(request, gettext("Saved. The next text message goes this way."))
            return redirect("portal:text-sender", tenant.slug)
    return render(request, "portal/sms/country.html", {"tenant": tenant, "form": form, "row": row})
