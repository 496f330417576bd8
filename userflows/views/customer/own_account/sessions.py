"""Where else the customer is signed in: seen on the profile, ended from there."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.identity.services.accounts import actor_of
from accounts.models import Account, Session
from accounts.sessions.services import sign_out_browser, sign_out_other_browsers
from accounts.sessions.store import BROWSER, SESSION_ID
from userflows.journeys.addresses import see_other
from userflows.pages import signed_out_page
from userflows.sessions.signed_in import sign_out
from userflows.views.customer.own import is_proved, own_action, prove_first

MOST_SHOWN = 50


@dataclass(frozen=True)
class SignedInBrowser:
    """A line of the list. `name` may be empty; `sid` names the session, and opens nothing."""

    sid: str
    name: str
    seen_at: datetime
    is_current: bool


def browsers_of(request: HttpRequest, account: Account) -> list[SignedInBrowser]:
    """The browsers in which the account is signed in, this one first, then those used last."""
    here = request.session.get(SESSION_ID)
    rows = Session.objects.of_account(account.pk).alive().exclude(sid="").order_by("-seen_at")[:MOST_SHOWN]
    browsers = [SignedInBrowser(row.sid, row.data.get(BROWSER, ""), row.seen_at, row.sid == here) for row in rows]
    return sorted(browsers, key=lambda browser: not browser.is_current)


@own_action("customer:profile")
def end(request: HttpRequest, account: Account) -> HttpResponse:
    """Sign out of one browser; of this one as by the button for it."""
    sid = request.POST.get("session", "").replace("\0", "")
    if sid == request.session.get(SESSION_ID):
        return signed_out_page(request, sign_out(request))
    if not is_proved(request):
        return prove_first(request, account, back=reverse("customer:profile"))
    sign_out_browser(account, sid=sid, actor=actor_of(account))
    return see_other(f"{reverse('customer:profile')}?ended#browsers")


@own_action("customer:profile")
def end_others(request: HttpRequest, account: Account) -> HttpResponse:
    """Sign out of every browser but this one."""
    if not is_proved(request):
        return prove_first(request, account, back=reverse("customer:profile"))
    sign_out_other_browsers(account, sid=request.session.get(SESSION_ID, ""), actor=actor_of(account))
    return see_other(f"{reverse('customer:profile')}?alone#browsers")
