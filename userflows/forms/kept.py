"""Fresh pages of the steps that most customers come through: rendered once for all whose journeys stand so.

What differs is filled in: the journey's ID, whom it is of, where the page is, and the token of its forms.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import get_script_prefix, get_urlconf

from common.text.spoken import spoken_language, spoken_words
from common.web.kept_pages import KeptPage, KeptPages, NotKept, named, text_mark
from userflows.forms.fields import StepForm
from userflows.models import Journey

_JOURNEY_ID = uuid4()
_MARKS = {
    "journey": str(_JOURNEY_ID),
    "token": uuid4().hex,
    "email": text_mark(),
    "typed": text_mark(),
    "here": text_mark(),
}
_pages = KeptPages()


@dataclass(frozen=True)
class JourneyOnPage:
    """All that such a page may read of a journey. Its ID and address are marks."""

    purpose: str
    return_to: str
    by_user_name: bool
    email: str
    pk: UUID = _JOURNEY_ID

    def __getattr__(self, name: str) -> Any:
        """Say so loudly: a template takes what isn't there for nothing."""
        raise LookupError(f"A kept page can't read {name!r} of its journey.")


def render_kept(template: str, context: Mapping[str, Any], request: HttpRequest) -> str:
    """What `render_to_string` makes of the same; at once, if it has made it before of all but what is filled in."""
    journey: Journey = context["journey"]
    form: StepForm = context["form"]
    about = _about(context, journey)
    begins_with = {**form.initial, **({"email": _MARKS["typed"]} if "email" in form.initial else {})}
    try:
        key = (
            (template, spoken_language(), spoken_words(), get_script_prefix(), get_urlconf()),
            (type(form), named(begins_with)),
            named({name: value for name, value in about.items() if name != "form"}),
        )
        page = _pages.get(key, lambda: _rendered(template, about, form, begins_with))
    except NotKept:
        return render_to_string(template, {**context}, request)
    return page.filled(
        {
            "journey": str(journey.pk),
            "token": get_token(request),
            "email": journey.email,
            "typed": form.initial.get("email", ""),
            "here": context["here"],
        }
    )


def _about(context: Mapping[str, Any], journey: Journey) -> dict[str, Any]:
    on_page = JourneyOnPage(
        journey.purpose,
        journey.return_to,
        journey.by_user_name,
        email=_MARKS["email"] if journey.email else "",
    )
    # A page that is shown elsewhere has the browser remember where it is.
    asked_at = _MARKS["here"] if context["asked_at"] == context["here"] else context["asked_at"]
    return {**context, "journey": on_page, "here": _MARKS["here"], "asked_at": asked_at}


def _rendered(template: str, about: Mapping[str, Any], form: StepForm, begins_with: dict[str, Any]) -> KeptPage:
    # The fields of a form remember what they begin with.
    marked = copy(form)
    marked.initial, marked._bound_fields_cache = begins_with, {}  # type: ignore[attr-defined]  # noqa: SLF001
    html = render_to_string(template, {**about, "form": marked, "csrf_token": _MARKS["token"]})
    return KeptPage(html, _MARKS)
