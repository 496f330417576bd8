from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.services.accounts import MAX_REASON
from frame.forms import PortalForm


class FactorRemovalForm(PortalForm):
    """Why a customer's second factor is taken away, and so how one was sure who asked."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("How you made sure that it is the customer who asks. Colleagues see it; the customer doesn’t."),
    )
