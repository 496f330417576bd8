"""The forms of the guide by which a new tenant begins."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from oidc.quick_start.sample_applications import SAMPLES, SampleApplication
from portal_frame.fields.widgets import RadioCards
from portal_frame.forms import PortalForm
from userflows.methods import methods_on_offer
from userflows.models import UserFlow

AS_IT_IS = ""
# Those that somebody signs in to with a browser.
TO_TRY = {sample.folder: sample for sample in SAMPLES if sample.redirect_uri}
WHAT_IT_IS = {
    "flask": _("A web application on a server, in Python."),
    "express": _("A web application on a server, in JavaScript."),
    "single-page": _("An application that runs entirely in the browser."),
}


class StartMethodForm(PortalForm):
    """How customers sign in, by the default flow: one method of those there are, or several as they are."""

    method = forms.ChoiceField(label=_("Sign-in method"), required=False, widget=RadioCards())

    def __init__(self, *args: Any, flow: UserFlow, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"method": flow.methods[0] if len(flow.methods) == 1 else AS_IT_IS})
        super().__init__(*args, **kwargs)
        known = methods_on_offer()
        as_it_is = _("As it is: %(methods)s") % {"methods": ", ".join(flow.method_labels)}
        several = [(AS_IT_IS, as_it_is)] if len(flow.methods) > 1 else []
        field = self.fields["method"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [*((name, method.label) for name, method in known.items()), *several]
        field.widget.descriptions = {name: method.hint for name, method in known.items()}

    @property
    def methods(self) -> tuple[str, ...]:
        """What was chosen; nothing if it shall stay."""
        chosen = self.cleaned_data["method"]
        return (chosen,) if chosen else ()


class StartApplicationForm(PortalForm):
    """Which sample application to register."""

    sample = forms.ChoiceField(
        label=_("Sample application"),
        choices=[(folder, sample.name) for folder, sample in TO_TRY.items()],
        initial=next(iter(TO_TRY)),
        widget=RadioCards(descriptions=WHAT_IT_IS),
    )

    @property
    def chosen(self) -> SampleApplication:
        return TO_TRY[self.cleaned_data["sample"]]
