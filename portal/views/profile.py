"""An administrator's own account: their name, and the browsers they are signed in with."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity.services.accounts import update_profile
from accounts.sessions.services import sign_out_browser, sign_out_other_browsers
from accounts.sessions.store import SESSION_ID
from frame.access import Need
from frame.forms import ProblemsShownAt, sent
from frame.pages import PortalRequest, portal_page
from portal.forms.profile import ProfileForm
from userflows.models import Journey
from userflows.signed_in import take_finished_purpose
from userflows.views.customer.sessions import browsers_of


@portal_page(needs=Need.OWN_PROFILE)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PortalRequest) -> HttpResponse:
    account = request.administrator
    form = ProfileForm(sent(request), kept={"name": account.name})
    if form.is_valid():
        with ProblemsShownAt(form, shown_at={"displayName": "name"}):
            update_profile(account, attributes={"displayName": form.cleaned_data["name"]}, actor=request.actor)
            messages.success(request, "Your profile was saved.")
            return redirect("portal:profile")
    if take_finished_purpose(request) == Journey.Purpose.CHANGE:
        messages.success(request, "Your new password was saved.")
    page = {"form": form, "browsers": browsers_of(request, account)}
    return render(request, "portal/profile.html", page)


@portal_page(needs=Need.OWN_PROFILE)
@require_POST
def end_session(request: PortalRequest) -> HttpResponse:
    """Sign out of another browser. Of this one, one signs out by the button for it."""
    sid = request.POST.get("session", "").replace("\0", "")
    if sid != request.session.get(SESSION_ID) and sign_out_browser(request.administrator, sid=sid, actor=request.actor):
        messages.success(request, "Signed out of that browser.")
    return redirect("portal:profile")


@portal_page(needs=Need.OWN_PROFILE)
@require_POST
def end_other_sessions(request: PortalRequest) -> HttpResponse:
    here = request.session.get(SESSION_ID, "")
    sign_out_other_browsers(request.administrator, sid=here, actor=request.actor)
    messages.success(request, "Signed out of all other browsers.")
    return redirect("portal:profile")
