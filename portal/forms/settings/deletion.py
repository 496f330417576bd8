"""The form about how long a deletion may be canceled."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import MOST_GRACE_DAYS
from portal_frame.forms import EditForm


class GraceForm(EditForm):
    """For how many days whoever has asked for the deletion of their account may sign in and keep it."""

    grace_days = forms.IntegerField(label=_("Delete accounts after"), min_value=0, max_value=MOST_GRACE_DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grace_days"].help_text = gettext(
            "0 to %(most)d days. During this time, customers can sign in and keep the account they wanted to "
            "delete. With 0, it’s deleted within the hour."
        ) % {"most": MOST_GRACE_DAYS}
