"""Accepting an invitation to manage a tenant: seen before one has anything to do with the portal.

The link of the mail puts its token into a cookie and leads to a page without it, so that the token stands in no
history, no `Referer`, no journey's row and no line of the log.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.credentials.hashers import Busy
from accounts.errors import EmailAddressTaken
from accounts.models import Account
from audit.services import Actor
from common.problems import Refused
from operations.administrators.invitations import accept, accept_as_new, has_account, invitation_by
from portal.forms.invitation import SetUpForm
from portal_frame.roles import translated_name_of
from tenants.errors import InvitationGone, InvitedIsAnother
from tenants.models import Invitation
from userflows.forms.fields import tell_problems
from userflows.forms.pages import show, too_busy
from userflows.journeys.entry import begin_journey
from userflows.links.entry import begin_with_password
from userflows.lookup import default_flow
from userflows.pages import render_customer, signed_out_page
from userflows.sessions.signed_in import sign_out

COOKIE = "invitation"
LONGEST_TOKEN = 100
PAGE = "invitation"


@require_safe
def link(_request: HttpRequest, token: str) -> HttpResponse:
    """What the mail's link opens; nothing is accepted by it."""
    response = redirect("invitation:invitation")
    response.set_cookie(
        COOKIE, token[:LONGEST_TOKEN], httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    response["Cache-Control"] = "no-store"
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Which tenant, in which role; and the way to accept it for whoever sits there."""
    token = request.COOKIES.get(COOKIE, "")
    found = invitation_by(token)
    if found is None:
        return _gone(request)
    try:
        if isinstance(request.user, Account):
            return _known(request, found, token, request.user)
        return _nobody_yet(request, found, token)
    except InvitationGone:
        return _gone(request)


def _known(request: HttpRequest, found: Invitation, token: str, account: Account) -> HttpResponse:
    """Somebody is signed in: they accept by a press on the button, if it is they who were invited."""
    if account.canonical_email != found.canonical_email:
        if request.method == "POST":
            return signed_out_page(request, sign_out(request), continue_to=reverse("invitation:invitation"))
        return _shown(request, found, is_another=True)
    if request.method != "POST":
        return _shown(request, found)
    try:
        accept(token, account=account, actor=Actor("administrator", str(account.pk), account.email))
    except InvitedIsAnother:
        return _shown(request, found, is_another=True)
    return _done(redirect("portal:tenant", found.tenant.slug))


def _nobody_yet(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    """Nobody is signed in: whoever has an account signs in to it first, whoever has none sets it up here."""
    if has_account(found):
        here = reverse("invitation:invitation")
        return _shown(request, found, sign_in_url=f"{reverse('customer:sign-in')}?{urlencode({'next': here})}")
    flow = default_flow()
    sent = request.POST if request.method == "POST" else None
    form = SetUpForm(sent, email=found.email, has_password=flow.rules.has_passwords)
    if sent is None:
        return show(request, PAGE, form, **_told(found))
    if form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data.get("password")
        try:
            account = accept_as_new(token, name=name, password=password)
        except Busy:
            return too_busy(request, PAGE, form, **_told(found))
        except EmailAddressTaken:
            return redirect("invitation:invitation")
        except Refused as refusal:
            tell_problems(form, refusal)
        else:
            return_to = reverse("portal:tenant", args=[found.tenant.slug])
            if password:
                return _done(begin_with_password(request, account, return_to=return_to))
            return _done(begin_journey(request, user_flow=flow, return_to=return_to, email=account.email))
    return show(request, PAGE, form, status=400, **_told(found))


def _shown(
    request: HttpRequest, found: Invitation, *, form: SetUpForm | None = None, **context: object
) -> HttpResponse:
    if form is not None:
        return show(request, PAGE, form, **_told(found))
    return render_customer(request, f"customer/{PAGE}.html", {**_told(found), **context})


def _told(found: Invitation) -> dict[str, Any]:
    return {"invitation": found, "role": translated_name_of(found.role)}


def _gone(request: HttpRequest) -> HttpResponse:
    """One page whatever the reason, so that nobody learns which invitations there are."""
    return render_customer(request, "customer/invitation_gone.html", status=410)


def _done(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE)
    return response
