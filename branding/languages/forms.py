"""The page on which languages are offered."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from branding.languages.offered import LanguageRules, OwnLanguage
from common.text.languages import ENGLISH, TRANSLATED_LANGUAGES, Language, languages_by_name
from portal_frame.fields.widgets import CheckCards, RadioCards
from portal_frame.forms import EditForm, PortalForm, ServiceText

ALL, SOME = "all", "some"


class LanguagesForm(EditForm):
    """Which languages customers can choose, and which one is spoken to whoever asks for none of them."""

    which = forms.ChoiceField(
        label=_("Offered languages"),
        choices=[(ALL, _("All, including those added in later releases")), (SOME, _("Only the ones chosen below"))],
        widget=RadioCards,
    )
    offered = forms.MultipleChoiceField(label=_("Languages"), required=False, widget=CheckCards)
    default = forms.ChoiceField(
        label=_("Default language"), help_text=_("For browsers that ask for none of the offered languages.")
    )

    def __init__(self, data: QueryDict | None = None, *, rules: LanguageRules, known: Sequence[Language]) -> None:
        kept = {"which": SOME if rules.offered else ALL, "offered": rules.offered, "default": rules.default}
        super().__init__(data, kept=kept, version=rules.version)
        languages = [(language.code, language.name) for language in known]
        for name in ("offered", "default"):
            self.fields[name].choices = languages  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("which") == SOME and not cleaned.get("offered"):
            self.add_error("offered", _("Choose at least one language."))
        return cleaned

    @property
    def wished(self) -> LanguageRules:
        """The rules as the form describes them."""
        chosen = self.cleaned_data["offered"] if self.cleaned_data["which"] == SOME else ()
        return LanguageRules(tuple(sorted(chosen)), self.cleaned_data["default"])


class OwnLanguageForm(PortalForm):
    """A language that the product doesn't know."""

    name = ServiceText(label=_("Name"), help_text=_("What its readers call it, such as Schwiizerdütsch."))
    tag = ServiceText(label=_("Language tag"), help_text=_("Its BCP 47 tag, such as gsw, nds or de-AT."))
    falls_back_to = forms.ChoiceField(
        label=_("Falls back to"),
        initial=ENGLISH,
        help_text=_("Used for texts you haven’t written yet, and for how dates and numbers are written."),
    )
    is_right_to_left = forms.BooleanField(label=_("Written from right to left"), required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        languages = [(language.code, language.name) for language in languages_by_name(TRANSLATED_LANGUAGES)]
        self.fields["falls_back_to"].choices = languages  # type: ignore[attr-defined]

    @property
    def wished(self) -> OwnLanguage:
        """The language as the form describes it."""
        return OwnLanguage(**self.cleaned_data)
