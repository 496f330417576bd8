from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Passkey
from bulk.forms.actions import FactorRemovalForm
from common.text.phone_numbers import written_phone_number
from portal_frame.fields.widgets import CheckCards

APP, PHONE, SESSIONS = "app", "phone", "sessions"


class LostPhoneForm(FactorRemovalForm):
    """What of a customer's was on a phone that is lost. Passkeys are `passkeys`, told apart by their IDs."""

    lost = forms.MultipleChoiceField(label=_("Take away"), widget=CheckCards)
    field_order = ("lost", "reason")

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.passkeys = {str(passkey.pk): passkey for passkey in Passkey.objects.of_account(account.pk)}
        offered = list(self._offered(account))
        lost = cast(forms.MultipleChoiceField, self.fields["lost"])
        lost.choices = [(value, name) for value, name, _explanation in offered]
        lost.widget.descriptions = {value: explanation for value, _name, explanation in offered}
        # A new card has the number again, and passkeys are kept elsewhere too, more often than not.
        lost.initial = [APP, SESSIONS]

    def _offered(self, account: Account) -> Iterator[tuple[str, str, str]]:
        if account.has_app:
            yield APP, gettext("Authenticator app"), gettext("With the recovery codes and the browsers remembered.")
        if account.phone_number:
            yield PHONE, pgettext("portal", "Phone number"), written_phone_number(account.phone_number)
        for value, passkey in self.passkeys.items():
            yield value, f"{gettext('Passkey')} · {passkey.name}", ""
        yield SESSIONS, gettext("Sessions"), gettext("They are signed out of every browser and application.")
