"""Customer pages with a form, and how they say what is wrong."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from common.problems import Code
from common.text.languages import gap_in
from common.text.spoken import spoken_language
from common.web.limits import TooManyAttempts
from common.web.waiting import COOKIE, COOKIE_SECONDS, PRESS, cookie_for, press_of, seconds_to_wait
from userflows.forms.fields import StepForm
from userflows.pages import Renderer, render_customer

MINUTE, HOUR, DAY = 60, 3600, 86_400
# Up to so many are told in minutes, and in hours.
MINUTES_TOLD, HOURS_TOLD = 90, 48
NOT_LOOKED_AT = _("We're very busy right now, so nothing was checked or saved yet. Wait a few seconds and try again.")


def show(
    request: HttpRequest,
    page: str,
    form: Form,
    *,
    status: int = 200,
    render: Renderer = render_to_string,
    **context: Any,
) -> HttpResponse:
    """A page with a form; what is wrong stands at its field, and the first wrong field takes the focus."""
    describe_fields(form)
    parts = form.parts if isinstance(form, StepForm) else {}
    context = {"form": form, "problem": status != HTTPStatus.OK, **parts, **context}
    template = f"customer/{page.replace('-', '_')}.html"
    response = render_customer(request, template, context, status=status, render=render)
    if request.method == "POST" and not request.user.is_authenticated:
        # Back leads to this answer again, which the browser has only if it may keep it. No password stands in it.
        response["Cache-Control"] = "private, no-cache"
    return response


def describe_fields(form: Form) -> None:
    """Have each field say whether it is needed, what is wrong with it, and where that is told."""
    for bound in form:
        if form.has_error(bound.name, Code.TOO_SHORT):
            # What is wrong says the same.
            bound.help_text = ""
        described = [f"{bound.name}-hint"] if bound.help_text else []
        if bound.errors:
            described.append(f"{bound.name}-wrong")
            bound.field.widget.attrs["aria-invalid"] = "true"
        if described:
            bound.field.widget.attrs["aria-describedby"] = " ".join(described)
        if bound.field.required and not bound.field.widget.attrs.get("multiple"):
            bound.field.widget.attrs["required"] = True


def refuse(request: HttpRequest, page: str, form: Form, limited: TooManyAttempts, **context: Any) -> HttpResponse:
    """The page, telling when another attempt may be made."""
    sentence = too_many_attempts(limited.retry_after)
    response = show(request, page, form, status=429, **{"refusal": sentence, **context})
    response["Retry-After"] = str(limited.retry_after)
    return response


def too_busy(request: HttpRequest, page: str, form: Form, **context: Any) -> HttpResponse:
    """The page, telling that what was sent from it wasn't looked at; the same page stays where its script waits."""
    if press := press_of(request.POST.get(PRESS, "")):
        response = HttpResponse(status=204)
        response.set_cookie(
            COOKIE, cookie_for(press), max_age=COOKIE_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
        return response
    response = show(request, page, form, status=503, problem=False, not_looked_at=NOT_LOOKED_AT, **context)
    response["Retry-After"] = str(seconds_to_wait())
    return response


def try_again_page(request: HttpRequest, refusal: TooManyAttempts) -> HttpResponse:
    """A page that says when, and loads again by itself then, where nothing was sent with it."""
    context = {"is_limited": True, "sentence": when_to_try_again(refusal.retry_after)}
    response = render_customer(request, "customer/try_again.html", context, status=429)
    response["Retry-After"] = str(refusal.retry_after)
    if request.method == "GET":
        response["Refresh"] = str(refusal.retry_after)
    return response


def too_many_attempts(seconds: int) -> str:
    """The sentences for a used-up limit that is nobody's in particular."""
    what = gettext("Too many attempts.")
    return f"{what}{gap_in(spoken_language())}{when_to_try_again(seconds)}"


def when_to_try_again(seconds: int) -> str:
    """The sentence for how long that will be, in a unit that fits."""
    minutes, hours, days = (-(-seconds // unit) for unit in (MINUTE, HOUR, DAY))
    if hours > HOURS_TOLD:
        return ngettext("Try again in %(count)d day.", "Try again in %(count)d days.", days) % {"count": days}
    if minutes > MINUTES_TOLD:
        return ngettext("Try again in %(count)d hour.", "Try again in %(count)d hours.", hours) % {"count": hours}
    return ngettext("Try again in %(count)d minute.", "Try again in %(count)d minutes.", minutes) % {"count": minutes}
