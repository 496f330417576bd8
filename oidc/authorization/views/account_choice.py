from django.http import HttpResponse

from accounts.models import Account
from accounts.sessions.beside import accounts_here
from oidc.authorization.views.authorize import CHOOSE_ACCOUNT, go_on
from oidc.authorization.views.questions import led_on, question_page
from oidc.wire.requests import TenantRequest
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.sessions.signed_in import switch_to


@question_page(CHOOSE_ACCOUNT, answered_by="account")
def choose_account(request: TenantRequest, journey: Journey, _account: Account | None) -> HttpResponse:
    """Ask with which of the accounts that are signed in here to go on (prompt=select_account)."""
    here = accounts_here(request)
    for person in here:
        if request.POST.get("account") == str(person.account.pk):
            switch_to(request, person)
            return led_on(journey, go_on(request, journey, has_chosen_account=True))
    return render_customer(request, "customer/choose_account.html", {"people": here})
