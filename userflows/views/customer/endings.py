"""The last steps: what a new account is made of, and a new password."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.errors import CodeRefused, EmailAddressTaken
from accounts.models import Account
from common.limits import TooManyAttempts
from userflows import limits
from userflows.forms.attributes import AttributesForm
from userflows.forms.steps import NewPasswordForm
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.policies import Step
from userflows.services import steps
from userflows.views.customer.journey import JourneyRequest, arrive, refuse, show, step_page

Purpose = Journey.Purpose


def may_give_details(journey: Journey) -> bool:
    return bool(journey.purpose == Purpose.SIGN_UP and journey.email_proved_at)


def may_set_password(journey: Journey) -> bool:
    return bool(journey.purpose == Purpose.RESET and journey.email_proved_at)


@sensitive_post_parameters()
@step_page(is_open_to=may_give_details)
def details(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Password and attributes; then the account is made."""
    flow = journey.user_flow
    account = Account(email=journey.email) if flow.allows_password else None
    sent = request.POST if request.method == "POST" else None
    form = AttributesForm(flow, sent, password_for=account, initial=journey.typed)
    if request.method != "POST":
        return show(request, Step.DETAILS, form)
    if not form.is_valid():
        return show(request, Step.DETAILS, form, status=400)
    try:
        limits.count_sign_up(request)
    except TooManyAttempts as refusal:
        return refuse(request, Step.DETAILS, form, refusal)
    return _sign_up(request, journey, form)


@sensitive_post_parameters()
@step_page(is_open_to=may_set_password)
def new_password(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The new password; then its owner is signed in."""
    account = Account(email=journey.email)
    if request.method != "POST":
        return show(request, Step.NEW_PASSWORD, NewPasswordForm(account))
    form = NewPasswordForm(account, request.POST)
    if not form.is_valid():
        return show(request, Step.NEW_PASSWORD, form, status=400)
    try:
        steps.finish_reset(request, journey, password=form.cleaned_data["password"])
    except ValidationError as error:
        _tell(form, error)
        return show(request, Step.NEW_PASSWORD, form, status=400)
    except CodeRefused:
        form.add_error(None, _("This account can't be used any more."))
        return show(request, Step.NEW_PASSWORD, form, status=400)
    return arrive(request, journey)


def _sign_up(request: JourneyRequest, journey: Journey, form: AttributesForm) -> HttpResponse:
    try:
        steps.finish_sign_up(
            request,
            journey,
            password=form.cleaned_data.get("password"),
            attributes=form.attributes(),
            language=get_language() or "",
        )
    except EmailAddressTaken:
        # Its owner stands here: the code has proved the address.
        return render_customer(request, "customer/account_exists.html", status=409)
    except ValidationError as error:
        _tell(form, error)
        return show(request, Step.DETAILS, form, status=400)
    return arrive(request, journey)


def _tell(form: Any, error: ValidationError) -> None:
    """Put what a service refused beside the input it is about."""
    for name, problems in error.error_dict.items():
        for problem in problems:
            form.add_error(name if name in form.fields else None, problem)
