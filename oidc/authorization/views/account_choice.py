from django.http import HttpResponse

from accounts.models import Account
from oidc.authorization.views.authorize import CHOOSE_ACCOUNT, go_on
from oidc.authorization.views.questions import led_on, question_page
from oidc.wire.requests import TenantRequest
from userflows.models import Journey
from userflows.pages import render_customer


@question_page(CHOOSE_ACCOUNT, answered_by="account")
def choose_account(request: TenantRequest, journey: Journey, account: Account) -> HttpResponse:
    """Ask somebody who is signed in whether to go on so (prompt=select_account)."""
    if request.POST.get("account") == str(account.pk):
        return led_on(journey, go_on(request, journey, has_chosen_account=True))
    return render_customer(request, "customer/choose_account.html", {"account": account})
