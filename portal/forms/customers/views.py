"""The form about a saved view."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from common.text.languages import PORTAL_LANGUAGES
from portal_frame.forms import PortalForm, ServiceText


class SavedViewForm(PortalForm):
    """What a view is called, unless one that everybody has (`built_in`) is called so, and who sees it."""

    name = ServiceText(label=_("Name"), help_text=_("It appears above the list."))
    is_shared = forms.BooleanField(
        label=_("Share with everyone who manages this tenant"),
        required=False,
        help_text=_("Names and addresses stay out of a shared view unless they are in its filters."),
    )

    def __init__(self, *args: Any, built_in: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.built_in = built_in

    def clean_name(self) -> str:
        """One that stands beside those that everybody has, in whichever language a colleague reads them."""
        name: str = self.cleaned_data["name"]
        if name.casefold() in {each.casefold() for each in self._in_all_languages()}:
            raise forms.ValidationError(_("You already have a view with this name."))
        return name

    def _in_all_languages(self) -> list[str]:
        said = []
        for language in PORTAL_LANGUAGES:
            with override(language.code):
                said += [gettext(name) for name in self.built_in]
        return said
