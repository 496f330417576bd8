"""The form about an export."""

from collections.abc import Sequence
from typing import Any

from django import forms

from bulk.exports.services import CSV, JSON_LINES
from frame.forms import PortalForm
from frame.widgets import RadioCards


class ExportForm(PortalForm):
    """As what customers are exported, and which columns of them."""

    kind = forms.ChoiceField(
        label="Format",
        choices=[(CSV, "CSV"), (JSON_LINES, "JSON lines")],
        initial=CSV,
        widget=RadioCards(
            descriptions={
                CSV: "For spreadsheets. What they would take for a formula has a quotation mark before it.",
                JSON_LINES: "For programs. Every value as it is, in its type.",
            }
        ),
    )
    columns = forms.MultipleChoiceField(
        label="Columns",
        error_messages={"required": "Choose the columns."},
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(self, data: Any = None, *, columns: Sequence[tuple[str, str]], usual: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["columns"].choices = columns  # type: ignore[attr-defined]
        self.fields["columns"].initial = usual
