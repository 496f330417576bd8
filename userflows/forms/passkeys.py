from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.factors.ceremonies import LONGEST_ANSWER
from userflows.forms.fields import StayForm

NEEDS_SCRIPT = _("Passkeys need JavaScript. Turn it on, or choose another way.")
ALONE_NEEDS_SCRIPT = _("Passkeys need JavaScript. Turn it on and reload this page.")
LONGEST_TOKEN = 1000


class PasskeyForm(StayForm):
    """What a browser has answered, as its script has written it: nobody types anything. The page of one that `is_alone`
    has no other way.
    """

    answer = forms.CharField(max_length=LONGEST_ANSWER, required=False)
    token = forms.CharField(max_length=LONGEST_TOKEN, required=False)
    remember = forms.BooleanField(required=False)

    def __init__(self, *args: Any, is_alone: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._needs_script = ALONE_NEEDS_SCRIPT if is_alone else NEEDS_SCRIPT

    def clean(self) -> dict[str, object]:
        """Whoever sends nothing has no script, or no browser that knows passkeys."""
        told = {"answer": "", "token": "", **self.cleaned_data}
        if not told["answer"] and not self.errors:
            self.add_error(None, self._needs_script)
        return told


class PasskeyNameForm(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        error_messages={"required": _("Enter a name."), "max_length": _("Enter a name of up to 60 characters.")},
    )
