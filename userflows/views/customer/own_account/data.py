"""A copy of all that is kept about the account, for its owner to take along."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from branding.languages.offered import offer
from branding.look import look_for_request
from common.problems import Refused
from common.text.spoken import spoken_language
from common.web.limits import TooManyAttempts
from userflows.forms.attributes import labels_in
from userflows.forms.pages import too_many_attempts
from userflows.journeys.addresses import see_other
from userflows.own_account.copies import read_copy
from userflows.own_account.downloads import ask_for_copy, copy_for, note_download
from userflows.own_account.limits import count_copy
from userflows.sessions.signed_in import flow_of
from userflows.views.customer.own import is_proved, own_page, prove_first, render_own

KINDS = {"json": "application/json", "html": "text/html; charset=utf-8"}


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def data(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask for the copy, and find it as soon as it is made."""
    if request.method != "POST":
        return _page(request, account)
    if not is_proved(request):
        return prove_first(request, account)
    try:
        count_copy(account)
    except TooManyAttempts as refusal:
        return _page(request, account, status=429, refusal=too_many_attempts(refusal.retry_after))
    try:
        ask_for_copy(account)
    except Refused as refusal:
        return _page(request, account, status=400, refusal=" ".join(refusal.messages))
    return see_other(reverse("customer:data"))


@require_safe
@own_page
def download(request: HttpRequest, account: Account, kind: str) -> HttpResponse:
    """The copy as a file; for whoever has just shown to be the account's owner."""
    copy = copy_for(account)
    if kind not in KINDS:
        raise Http404
    if copy is None or copy.ready_at is None:
        return see_other(reverse("customer:data"))
    if not is_proved(request):
        return prove_first(request, account, back=reverse("customer:data"))
    content = copy.content if kind == "json" else _readable(request, account, copy.content)
    note_download(account, kind=kind)
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="account-{copy.ready_at:%Y-%m-%d}.{kind}"'
    return response


def _readable(request: HttpRequest, account: Account, content: str) -> str:
    page = {
        "look": look_for_request(request),
        "account": account,
        "sections": read_copy(content, labels_in(flow_of(request))),
        "spoken": offer().language(spoken_language()),
    }
    return render_to_string("downloads/copy.html", page)


def _page(request: HttpRequest, account: Account, *, status: int = 200, **context: Any) -> HttpResponse:
    copy = copy_for(account)
    asked_at = request.path if request.method == "POST" else ""
    response = render_own(request, "data", status=status, copy=copy, asked_at=asked_at, **context)
    if copy is not None and copy.ready_at is None:
        # Looks again by itself until the worker has made it.
        response["Refresh"] = "5"
    return response
