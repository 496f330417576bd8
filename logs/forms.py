from django import forms
from django.conf import settings

from frame.forms import EditForm
from logs.rules import ACTIVITY_DAYS, ADMINISTRATION_DAYS


class RulesForm(EditForm):
    """For how long events are kept. Cleans to the fields of `logs.rules.LogRules`."""

    activity_days = forms.IntegerField(label="Keep activity for", required=False)
    administration_days = forms.IntegerField(label="Keep administration for", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["activity_days"].help_text = "What customers and applications do, such as sign-ins. " + _days(
            *ACTIVITY_DAYS, default=settings.CIAM_ACTIVITY_KEPT_DAYS
        )
        self.fields["administration_days"].help_text = (
            "What administrators, commands and the product itself do. "
            + _days(*ADMINISTRATION_DAYS, default=settings.CIAM_ADMINISTRATION_KEPT_DAYS)
        )


def _days(low: int, high: int, *, default: int) -> str:
    return f"{low} to {high:,} days; left empty, {default} days."
