"""The form about an export."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bulk.exports.services import CSV, JSON_LINES
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import PortalForm


class ExportForm(PortalForm):
    """As what customers are exported, and which columns of them."""

    kind = forms.ChoiceField(
        label=_("Format"),
        choices=[(CSV, "CSV"), (JSON_LINES, _("JSON lines"))],
        initial=CSV,
        widget=RadioCards(
            descriptions={
                CSV: _("For spreadsheets. What they would take for a formula has a quotation mark before it."),
                JSON_LINES: _("For programs. Every value as it is, in its type."),
            }
        ),
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        error_messages={"required": _("Choose the columns.")},
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    with_hashes = forms.BooleanField(
        label=_("With password hashes"),
        required=False,
        help_text=_("For another product to check the same passwords. Only owners get them, and only as JSON lines."),
    )

    def __init__(
        self, data: Any = None, *, columns: Sequence[tuple[str, str]], usual: Sequence[str], is_owner: bool
    ) -> None:
        super().__init__(data)
        if not is_owner:
            del self.fields["with_hashes"]
        self.fields["columns"].choices = columns  # type: ignore[attr-defined]
        self.fields["columns"].initial = usual
