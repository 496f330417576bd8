"""The look of a branding in its form: the colours and choices, and the words for each."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branding.looks.choices import AUTO, CHOICES, DARK, LIGHT, NEUTRAL_CHOICES
from branding.models import Branding
from portal_frame.merging import MergedForm
from portal_frame.templatetags.portal import in_a_sentence

WORDS: Mapping[str, Mapping[str, Any]] = {
    "layout": dict(Branding.Layout.choices),
    "color_scheme": {AUTO: _("As the browser"), LIGHT: _("Always light"), DARK: _("Always dark")},
    "font": {
        "system": _("The device’s own"),
        "humanist": _("Humanist"),
        "serif": _("With serifs"),
        "rounded": _("Rounded"),
        "mono": _("Monospaced"),
    },
    "corner_radius": {
        "none": _("Square"),
        "small": _("Slightly rounded"),
        "medium": _("Rounded"),
        "large": _("Very rounded"),
        "full": _("As round as possible"),
    },
    "spacing": {"compact": _("Compact"), "comfortable": _("Comfortable"), "spacious": _("Spacious")},
    "button_style": {"filled": _("Filled"), "outlined": _("Outlined"), "raised": _("Raised")},
    "input_style": {"outlined": _("Outlined"), "filled": _("Filled"), "underlined": _("Underlined")},
    "logo_placement": {"start": _("At the start"), "center": _("In the middle")},
    "logo_size": {"small": _("Small"), "medium": _("Medium"), "large": _("Large")},
}


def not_set(instead: str) -> str:
    """The choice that leaves a field empty, with what shows then."""
    return gettext("Not set here: %(instead)s") % {"instead": in_a_sentence(instead)}


def _color(label: Any, help_text: Any = "") -> forms.CharField:
    attrs = {"spellcheck": "false", "autocomplete": "off"}
    return forms.CharField(label=label, required=False, widget=forms.TextInput(attrs=attrs), help_text=help_text)


def _choice(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, help_text=help_text)


class LookFields(MergedForm):
    """The colours and choices of one branding. What is wrong with a colour is judged by the service."""

    color_scheme = _choice(_("Light or dark"))
    accent_color = _color(_("Accent colour"), _("Buttons and links."))
    dark_accent_color = _color(_("Accent colour, dark"))
    background_color = _color(_("Background colour"), _("Behind the card, and until the image is loaded."))
    dark_background_color = _color(_("Background colour, dark"))
    surface_color = _color(_("Card colour"), _("Behind the form."))
    dark_surface_color = _color(_("Card colour, dark"))
    font = _choice(
        _("Font"), _("Fonts of the customer’s device: nothing is downloaded, and every writing system is covered.")
    )
    corner_radius = _choice(_("Corners"))
    spacing = _choice(_("Spacing"))
    button_style = _choice(_("Buttons"))
    input_style = _choice(_("Fields"))
    logo_placement = _choice(_("Logo placement"))
    logo_size = _choice(_("Logo size"))
    logo_background_color = _color(
        _("Logo background"), _("A plate behind the banner and square logos. Empty, they stand on the card.")
    )
    dark_logo_background_color = _color(_("Logo background, dark"))
    layout = forms.ChoiceField(
        label=_("Layout"), required=False, widget=forms.RadioSelect(attrs={"class": "form-check-input"})
    )

    def offer_choices(self, fallback: Any, *, has_fallback: bool) -> None:
        """Each choice may be left to what lies below; where that is the neutral look, the neutral one means so."""
        for name, words in WORDS.items():
            if has_fallback:
                offered = [("", not_set(str(words[getattr(fallback, name)]))), *words.items()]
            else:
                offered = [("" if value == NEUTRAL_CHOICES[name] else value, said) for value, said in words.items()]
            self.fields[name].choices = offered  # type: ignore[attr-defined]


def initial_choices(own: Any, *, has_fallback: bool) -> dict[str, str]:
    """What is chosen now, by field."""
    chosen = {name: getattr(own, name) for name in CHOICES}
    if has_fallback:
        return chosen
    return {name: "" if value == NEUTRAL_CHOICES[name] else value for name, value in chosen.items()}
