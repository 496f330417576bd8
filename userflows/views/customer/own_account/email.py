"""Another address: asked for, proved by the code mailed there, and taken back by a link in the old address's mail."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.credentials.services.codes import LIFETIME
from accounts.errors import CodeRefused, EmailAddressTaken
from accounts.models import UNDO_FOR, Account, AddressChange
from common.problems import Refused
from common.web.limits import TooManyAttempts
from userflows.forms.codes import CodeForm
from userflows.forms.fields import tell_problems
from userflows.forms.own_account import NewAddressForm
from userflows.forms.pages import too_many_attempts
from userflows.journeys.addresses import see_other
from userflows.journeys.attempts.refusals import SPENT, about_code
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.browsers.known_browsers import know_browser
from userflows.links.entry import begin_proved
from userflows.lookup import uses_password
from userflows.own_account import addresses
from userflows.own_account.limits import count_code_mailed, count_code_typed
from userflows.pages import render_customer
from userflows.sessions.signed_in import flow_of
from userflows.views.customer.own import is_proved, own_action, own_page, prove_first, show_own, typed_before

SECONDS_BEFORE_RESEND = 30
WRONG = _("That code is incorrect. Use the code from our latest email.")
TAKEN_MEANWHILE = _(
    "Another account has this address now, so the change can't be undone here. Contact us to get your account back."
)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def email(request: HttpRequest, account: Account) -> HttpResponse:
    """Say which address it shall be. Nothing changes yet; a code is on its way there."""
    if not is_proved(request):
        return prove_first(request, account, keeps=NewAddressForm(request.POST))
    if request.method != "POST":
        return _ask(request, NewAddressForm(initial=dict(typed_before(request, account))))
    form = NewAddressForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=400)
    if form.meant:
        return _ask(request, form, meant=form.meant, insists=form.cleaned_data["email"])
    visitor, wanted = visitor_of(request), form.cleaned_data["email"]
    try:
        count_code_mailed(account, wanted)
        addresses.ask_for_change(account, email=wanted, admission=flow_of(request).rules.admission, visitor=visitor)
    except TooManyAttempts as refusal:
        return _ask(request, form, status=429, refusal=too_many_attempts(refusal.retry_after))
    except Refused as refused:
        tell_problems(form, refused)
        return _ask(request, form, status=400)
    return see_other(reverse("customer:email-code"))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def code(request: HttpRequest, account: Account) -> HttpResponse:
    """Enter the code that came to the new address: then it is the account's."""
    change = addresses.asked_change(account)
    if change is None:
        return see_other(reverse("customer:email"))
    if request.method != "POST":
        return _ask_for_code(request, CodeForm(), change)
    if not is_proved(request):
        return prove_first(request, account)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask_for_code(request, form, change, status=400)
    try:
        count_code_typed(account)
        addresses.make_change(account, change, code=form.cleaned_data["code"])
    except TooManyAttempts as refusal:
        return _ask_for_code(request, form, change, status=429, refusal=too_many_attempts(refusal.retry_after))
    except (CodeRefused, EmailAddressTaken) as refused:
        form.add_error("code", about_code(refused, wrong=WRONG) if isinstance(refused, CodeRefused) else SPENT)
        return _ask_for_code(request, form, change, status=400)
    response = see_other(f"{reverse('customer:profile')}?changed=email")
    know_browser(request, response, account.email)
    return response


@own_action("customer:email")
def send(request: HttpRequest, account: Account) -> HttpResponse:
    """Mail another code to the new address."""
    change = addresses.asked_change(account)
    if change is None:
        return see_other(reverse("customer:email"))
    try:
        count_code_mailed(account, change.after)
    except TooManyAttempts as refusal:
        told = {"refusal": too_many_attempts(refusal.retry_after), "asked_at": reverse("customer:email-code")}
        return _ask_for_code(request, CodeForm(), change, status=429, **told)
    addresses.send_another_code(change)
    return see_other(f"{reverse('customer:email-code')}?sent")


@own_action("customer:profile")
def cancel(_request: HttpRequest, account: Account) -> HttpResponse:
    """Cancel the change: the address stays as it is."""
    addresses.forget_change(account)
    return see_other(reverse("customer:profile"))


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Take the account back, by a press on the button: programs that look through mail open links too."""
    found = addresses.found_change(token)
    if request.method == "POST" and found is not None:
        try:
            account = addresses.undo_change(token)
        except EmailAddressTaken:
            return _ask_to_undo(request, *found, status=409, refusal=TAKEN_MEANWHILE)
        if account is not None:
            return begin_proved(request, account)
    if found is None or request.method == "POST":
        return render_customer(request, "customer/link_over.html", status=410)
    return _ask_to_undo(request, *found)


def _ask_to_undo(
    request: HttpRequest, change: AddressChange, account: Account, *, status: int = 200, refusal: str | Promise = ""
) -> HttpResponse:
    about = {"change": change, "days": UNDO_FOR.days, "has_password": uses_password(account)}
    context = {**about, "refusal": refusal, "asked_at": request.path if refusal else ""}
    return render_customer(request, "customer/account/undo_email.html", context, status=status)


def _ask(request: HttpRequest, form: NewAddressForm, *, status: int = 200, **context: Any) -> HttpResponse:
    return show_own(request, "email", form, status=status, days=UNDO_FOR.days, **context)


def _ask_for_code(
    request: HttpRequest, form: CodeForm, change: AddressChange, *, status: int = 200, **context: Any
) -> HttpResponse:
    """For how many seconds the page holds the button for another code back, and how long the code still works."""
    since = (timezone.now() - change.sent_at).total_seconds()
    wait, expires_in = (
        max(0, int(limit - since)) for limit in (SECONDS_BEFORE_RESEND, LIFETIME / timedelta(seconds=1))
    )
    times = {"wait": wait, "expires_in": expires_in, "minutes": -(-expires_in // 60)}
    is_sent_again = "sent" in request.GET
    return show_own(
        request, "email_code", form, status=status, change=change, is_sent_again=is_sent_again, **times, **context
    )
