"""Taking a customer's second factor away, who has lost it."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Standing
from frame.access import Need
from portal.forms.customers.factors import FactorRemovalForm
from portal.views.customers.changes import Change, page_of
from userflows.factors.services import remove_second_factor


def _has_app(account: Account) -> bool:
    return account.has_app and account.standing != Standing.DELETED


remove = page_of(
    Change(
        title=_("Remove the authenticator app"),
        button=_("Remove authenticator app"),
        done=_("The authenticator app was removed."),
        told=lambda _account: [
            _("They come in with the first factor alone, and are asked to set up another app where that is required."),
            _("Their recovery codes work no more, and no browser is remembered for them."),
            _("A mail tells them. Be sure who asks: whoever has stolen a password asks for the same."),
        ],
        do=lambda account, form, actor: remove_second_factor(account, reason=form.cleaned_data["reason"], actor=actor),
        is_for=_has_app,
        form=lambda _account, data: FactorRemovalForm(data),
        is_danger=True,
    ),
    needs=Need.CUSTOMERS_CHANGE,
    asks_for_proof=True,
)
