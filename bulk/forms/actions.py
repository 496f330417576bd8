"""What is asked before something is done to customers: to one of them, or to a selection, which is counted as well."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity.policies import BLOCK_LASTS
from accounts.identity.services.accounts import MAX_REASON
from accounts.models import Factor
from bulk.actions.verbs import VERBS
from bulk.models import Kind, Operation
from portal_frame.fields.widgets import CheckCards
from portal_frame.forms import PortalForm, ServiceText

TYPED_ABOVE = 100
FOR_GOOD = ""


class BlockForm(PortalForm):
    """Why somebody may not sign in, and for how long."""

    never_optional = ("lasts",)

    lasts = forms.ChoiceField(
        label=_("For how long"),
        required=False,
        choices=[
            ("1h", _("1 hour")),
            ("1d", _("1 day")),
            ("7d", _("7 days")),
            (FOR_GOOD, _("Until someone unblocks them")),
        ],
        initial=FOR_GOOD,
    )
    reason = ServiceText(label=_("Reason"), required=False, help_text=_("Colleagues see it; the customer doesn’t."))

    def until(self) -> datetime | None:
        """When the block ends; None if it doesn't by itself."""
        lasts = BLOCK_LASTS.get(self.cleaned_data["lasts"])
        return timezone.now() + lasts if lasts else None


class FactorRemovalForm(PortalForm):
    """Why a customer's second factor is taken away, and so how one was sure who asked."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        help_text=_("How you made sure that the customer is the one asking. Colleagues see it; the customer doesn’t."),
    )


class CountForm(PortalForm):
    """Asks how many customers are meant, where they are so many that a slip of the hand would be dear.

    `is_always_typed` is said of what can't be taken back, however few they are.
    """

    typed_count = forms.CharField(
        label=_("Number of customers"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, data: Any = None, *, count: int, is_always_typed: bool = False) -> None:
        super().__init__(data)
        self.count = count
        if count <= TYPED_ABOVE and not is_always_typed:
            del self.fields["typed_count"]

    def clean_typed_count(self) -> str:
        """The number in whatever way of writing it, with points or commas between the thousands."""
        digits = "".join(character for character in self.cleaned_data["typed_count"] if character.isdecimal())
        if not digits or int(digits) != self.count:
            raise ValidationError(_("The number doesn’t match. Type it as shown."))
        return digits

    @property
    def details(self) -> list[forms.BoundField]:
        """The fields that say how it is done."""
        return [field for field in self.visible_fields() if field.name != "typed_count"]

    def said(self) -> Mapping[str, Any]:
        """How it is done, as `begin_action` takes it."""
        return {}


class BlockSeveralForm(BlockForm, CountForm):
    """Why several may not sign in, and for how long."""

    def said(self) -> Mapping[str, Any]:
        return {"reason": self.cleaned_data["reason"], "until": self.until()}


class FactorsOfSeveralForm(FactorRemovalForm, CountForm):
    """Which second factors are taken away from several, and why."""

    factors = forms.MultipleChoiceField(
        label=_("Take away"),
        choices=Factor.choices,
        widget=CheckCards(
            descriptions={
                Factor.APP: _("With the recovery codes and the browsers remembered."),
                Factor.PASSKEY: _("All of them."),
            }
        ),
    )
    field_order = ("factors", "reason")

    def said(self) -> Mapping[str, Any]:
        return {"reason": self.cleaned_data["reason"], "factors": self.cleaned_data["factors"]}


FORMS: Mapping[Kind, type[CountForm]] = {Kind.BLOCK: BlockSeveralForm, Kind.REMOVE_FACTORS: FactorsOfSeveralForm}


def form_about(action: Operation, data: Any = None) -> CountForm:
    """What is asked before this action begins."""
    kind = Kind(action.kind)
    return FORMS.get(kind, CountForm)(data, count=action.total, is_always_typed=VERBS[kind].is_for_good)
