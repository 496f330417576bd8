"""An administrator's own pages: who they are, their password, where they are signed in, and what they manage."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tenants.utils import schema_context

from accounts.credentials.hashers import Busy
from accounts.identity.services.accounts import update_profile
from accounts.sessions.services import sign_out_browser, sign_out_other_browsers
from accounts.sessions.store import SESSION_ID
from common.web.language import chosen_by as language_chosen_by
from common.web.language import remember_language, speak
from operations.administrators.own_account import choose_password
from portal.forms.profile import PasswordForm, ProfileForm
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.lists import list_page
from portal_frame.pages import PortalRequest, portal_page
from portal_frame.roles import name_of
from portal_frame.tabs import TabBar
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from userflows.journeys.browsers.browser import visitor_of
from userflows.sessions.signed_in import flow_of, stay_signed_in_here
from userflows.views.customer.own_account.sessions import browsers_of

OWN_TABS = TabBar()


@portal_page(needs=Need.OWN_PROFILE)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PortalRequest) -> HttpResponse:
    account = request.administrator
    form = ProfileForm(sent(request), kept={"name": account.name, "language": language_chosen_by(account)})
    if form.is_valid():
        attributes, language = {"displayName": form.cleaned_data["name"]}, form.cleaned_data["language"]
        # Mail may come in a language that the portal doesn't speak; that stays until another is chosen.
        kept = account.language if language == language_chosen_by(account) else language
        with ProblemsShownAt(form, shown_at={"displayName": "name"}):
            update_profile(account, attributes=attributes, language=kept, actor=request.actor)
            response = redirect("portal:profile")
            remember_language(response, language)
            speak(request, language)
            messages.success(request, _("Your profile was saved."))
            return response
    return _page(request, "profile", {"form": form})


@sensitive_post_parameters()
@portal_page(needs=Need.OWN_PROFILE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: PortalRequest) -> HttpResponse:
    """Choose another password. Everywhere but here the account is signed out."""
    if not has_passwords(request):
        raise Http404
    account = request.administrator
    form = PasswordForm(sent(request), account=account)
    if form.is_valid():
        from_where = visitor_of(request).told
        try:
            with ProblemsShownAt(form), transaction.atomic():
                choose_password(
                    account, password=form.cleaned_data["password"], from_where=from_where, actor=request.actor
                )
                stay_signed_in_here(request, account)
                messages.success(request, _("Your new password was saved. You’re signed out everywhere else."))
                return redirect("portal:profile-password")
        except Busy:
            form.add_error(
                None, _("We’re very busy right now, so nothing was saved. Wait a few seconds and try again.")
            )
    return _page(request, "password", {"form": form})


@portal_page(needs=Need.OWN_PROFILE)
@require_safe
def sessions(request: PortalRequest) -> HttpResponse:
    """The browsers in which the account is signed in."""
    return _page(request, "sessions", {"browsers": browsers_of(request, request.administrator)})


@portal_page(needs=Need.OWN_PROFILE)
@require_POST
def end_session(request: PortalRequest) -> HttpResponse:
    """Sign out of another browser. Of this one, one signs out by the button for it."""
    sid = request.POST.get("session", "").replace("\0", "")
    if sid != request.session.get(SESSION_ID) and sign_out_browser(request.administrator, sid=sid, actor=request.actor):
        messages.success(request, _("Signed out of that browser."))
    return redirect("portal:profile-sessions")


@portal_page(needs=Need.OWN_PROFILE)
@require_POST
def end_other_sessions(request: PortalRequest) -> HttpResponse:
    here = request.session.get(SESSION_ID, "")
    sign_out_other_browsers(request.administrator, sid=here, actor=request.actor)
    messages.success(request, _("Signed out of all other browsers."))
    return redirect("portal:profile-sessions")


@portal_page(needs=Need.OWN_PROFILE)
@require_safe
def memberships(request: PortalRequest) -> HttpResponse:
    """The tenants one manages, in which role, and the way out of each."""
    with schema_context(PUBLIC):
        mine = Membership.objects.in_force().filter(account_id=request.administrator.pk)
        mine = mine.exclude(tenant__state=Tenant.State.DELETED).select_related("tenant")
        page = list_page(request, mine, by="created_at")
    return _page(request, "memberships", {"page": page, "rows": [(each, name_of(each.role)) for each in page.rows]})


def has_passwords(request: PortalRequest) -> bool:
    """Whether the administrator signs in by a password, or could."""
    return flow_of(request).rules.has_passwords


def _page(request: PortalRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"portal/me/{name}.html", {**context, "tabs": OWN_TABS.at(request, of=request, named=[])})
