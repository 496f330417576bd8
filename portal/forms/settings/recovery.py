"""The form about how long whoever has lost their factors waits."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import LEAST_WAIT_HOURS, MOST_WAIT_HOURS
from portal_frame.forms import EditForm


class RecoveryForm(EditForm):
    """How many hours whoever has lost their factors waits until they come in without them."""

    wait_hours = forms.IntegerField(label=_("Wait"), min_value=0, max_value=MOST_WAIT_HOURS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wait_hours"].help_text = gettext(
            "%(least)d to %(most)d hours; 0 turns recovery off and stops the waits that are running. Give owners "
            "time to read their email, even on holiday."
        ) % {"least": LEAST_WAIT_HOURS, "most": MOST_WAIT_HOURS}
