"""The pages of a page layout that no customer may see yet, with nobody's journey."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from branding.brands.lookup import AddressOf, layers_in, read_published
from branding.languages.offered import offer
from branding.look import Look, tenant_name
from branding.looks.choices import DARK, LIGHT
from branding.preview.drafts import look_of
from branding.preview.samples import Sample, SampleGroup, drawn
from branding.words.in_force import words_in_force
from userflows.flows.layouts.content import rows_of
from userflows.flows.page_layout import AttributeLayout
from userflows.forms.attributes import AttributeValuesForm, rows_to_show
from userflows.models import ASKING, Journey, UserFlow
from userflows.steps.details.form import DetailsForm
from userflows.steps.profile.form import OwedForm
from userflows.views.samples.cast import SAMPLE_ADDRESS, step_page

AT_SIGN_IN = "later"


@dataclass(frozen=True)
class ChosenPage:
    """Which page of a layout, counted from 1, or `AT_SIGN_IN`; in which language, light or dark."""

    page: str
    language: str
    scheme: str

    @property
    def query(self) -> str:
        """The part of an address that asks for it."""
        return urlencode({"page": self.page, "in": self.language, "scheme": self.scheme})


def flow_as_if(flow: UserFlow, layout: Sequence[AttributeLayout]) -> UserFlow:
    """The flow as it would be by this layout, to be looked at only."""
    rows = rows_of(layout, flow)
    imagined = copy(flow)
    # How Django keeps what it has fetched before.
    vars(imagined)["_prefetched_objects_cache"] = {"attributes": rows}
    imagined.rules = flow.rules_with([{name: getattr(row, name) for name in ASKING} for row in rows])
    return imagined


def pages_of(flow: UserFlow) -> list[tuple[str, str]]:
    """The pages of its layout as somebody chooses among them: those of sign-up, and what is asked at sign-in."""
    count = max(1, len(flow.rules.pages))
    told = [(str(page), _("Page %(page)d of %(all)d") % {"page": page, "all": count}) for page in range(1, count + 1)]
    return [*told, (AT_SIGN_IN, _("At sign-in"))] if flow.rules.later else told


def chosen_in(asked: QueryDict, flow: UserFlow, *, usual: str) -> ChosenPage:
    """What an address asks for, each one that there is; without a language the `usual` one."""
    pages = [page for page, _name in pages_of(flow)]
    languages = [language.code for language in offer().known]
    page, language = asked.get("page", ""), asked.get("in", "")
    return ChosenPage(
        page if page in pages else pages[0],
        language if language in languages else usual,
        DARK if asked.get("scheme") == DARK else LIGHT,
    )


def html_of_page(flow: UserFlow, chosen: ChosenPage, address_of: AddressOf) -> str:
    """The page in the look and the words that are published; `address_of` makes an image's address of its digest."""
    layers = layers_in(chosen.language, tenant=read_published(address_of).tenant)
    look = look_of(layers, tenant_name=tenant_name(), scheme=chosen.scheme)
    return drawn(_sample(flow, chosen), look=look, language=chosen.language, words=words_in_force(flow.pk))


def _sample(flow: UserFlow, chosen: ChosenPage) -> Sample:
    if chosen.page == AT_SIGN_IN:
        return Sample(AT_SIGN_IN, "", "customer/steps/profile.html", partial(_asked_later, flow), SampleGroup.SIGN_IN)
    context = partial(_asked_at_sign_up, flow, int(chosen.page))
    return Sample(chosen.page, "", "customer/steps/details.html", context, SampleGroup.SIGN_IN)


def _asked_at_sign_up(flow: UserFlow, page: int, _look: Look) -> dict[str, Any]:
    journey = Journey(user_flow=flow, email=SAMPLE_ADDRESS, purpose=Journey.Purpose.SIGN_UP)
    return step_page(journey, DetailsForm(journey, page=page))


def _asked_later(flow: UserFlow, _look: Look) -> dict[str, Any]:
    journey = Journey(user_flow=flow, email=SAMPLE_ADDRESS, purpose=Journey.Purpose.SIGN_IN)
    later = flow.rules.later
    asked = AttributeValuesForm(rows_to_show(flow, [each.name for each in later]))
    may_wait = not any(each.is_required for each in later)
    return step_page(journey, OwedForm(journey), asked=list(asked), may_wait=may_wait)
