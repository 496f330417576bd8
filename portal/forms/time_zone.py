"""The form about the time zone of a tenant's days."""

from typing import Any

from django import forms

from figures.policies import time_zones
from frame.forms import EditForm


class TimeZoneForm(EditForm):
    """Cleans to the fields of `figures.services.time_zone.DaySettings`."""

    time_zone = forms.ChoiceField(label="Time zone", help_text="Days of the figures begin at midnight there.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in time_zones()]  # type: ignore[attr-defined]
