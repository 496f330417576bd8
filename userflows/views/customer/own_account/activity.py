"""What happened at the account of late."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.models import Account
from common.database.keyset import NoSuchPage
from userflows.lookup import uses_password
from userflows.own_account.activity import SHOWN_FOR, page_of_activity
from userflows.views.customer.own import own_page, render_own


@require_safe
@own_page
def activity(request: HttpRequest, account: Account) -> HttpResponse:
    """A page of it, the newest first."""
    cursor = request.GET.get("after", "")
    try:
        happenings, older = page_of_activity(account, cursor=cursor)
    except NoSuchPage as error:
        raise Http404 from error
    return render_own(
        request,
        "activity",
        happenings=happenings,
        older=older,
        is_first=not cursor,
        days=SHOWN_FOR.days,
        may_change_password=uses_password(account),
    )
