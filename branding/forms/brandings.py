"""The branding of one locale as a form: its own values, and what it falls back to where it has none."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from branding.description import FIELDS, SWITCHES, BrandingValues
from branding.forms.crops import CropFields, shown_crops
from branding.forms.css import CssFields
from branding.forms.looks import LookFields, initial_choices, not_set
from branding.languages.locales import locales
from branding.look import NEUTRAL, Look
from branding.models import CROPS, BrandingImage
from branding.pictures.encoding import MOST_BYTES
from branding.pictures.images import ACCEPTED_TYPES
from branding.policies import (
    MOST_LEGAL_LINES,
    NOTE_LENGTH,
)
from branding.services import Images
from branding.themes.services import ThemeDescription
from branding.versions.links import DAYS
from portal_frame.fields.widgets import CheckCards
from portal_frame.forms import EditForm, PortalForm, ServiceText

REMOVE = "remove_"
SHOWN, HIDDEN = "yes", "no"
_MARK = {"class": "form-check-input"}
SWITCHED = {"": None, SHOWN: True, HIDDEN: False}


def _text(label: Any, *, lines: int = 1, help_text: Any = "") -> forms.CharField:
    """A text. How long it is, and all else about it, is judged by the service, at one time."""
    widget = forms.Textarea(attrs={"rows": str(lines)}) if lines > 1 else forms.TextInput()
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text)


def _image(kind: BrandingImage.Kind, help_text: Any) -> forms.FileField:
    return forms.FileField(
        label=kind.label,
        required=False,
        allow_empty_file=True,  # the service says in words what is wrong with it
        widget=forms.FileInput(attrs={"accept": ACCEPTED_TYPES, "data-most-bytes": MOST_BYTES}),
        help_text=help_text,
    )


def _switch(label: Any, help_text: Any = "") -> forms.ChoiceField:
    """Something that is shown or hidden; what it is otherwise, the form says."""
    return forms.ChoiceField(label=label, required=False, widget=forms.Select, help_text=help_text)


class BrandingForm(LookFields, CropFields, CssFields):
    """All fields of one locale. `fallback` is the look of its pages if it were empty.

    One that `has_fallback` lies over other brandings: then a choice may be left to them. Below the tenant's default
    there is nothing but the neutral look. `wholes` are the pictures it has of which a part can be shown, by kind.
    """

    favicon = _image(BrandingImage.Kind.FAVICON, _("Shown in the browser’s tab, as a square."))
    background = _image(BrandingImage.Kind.BACKGROUND, _("Scaled and cropped to fill the window, or its half."))
    banner_logo = _image(BrandingImage.Kind.BANNER_LOGO, _("Without one, the tenant’s name is shown."))
    banner_logo_dark = _image(
        BrandingImage.Kind.BANNER_LOGO_DARK, _("Shown on dark pages in place of the banner logo.")
    )
    square_logo = _image(
        BrandingImage.Kind.SQUARE_LOGO,
        _("Next to an application’s logo, as a tile on phones, and in the browser’s tab without a favicon."),
    )
    square_logo_dark = _image(
        BrandingImage.Kind.SQUARE_LOGO_DARK, _("Shown on dark pages in place of the square logo.")
    )
    username_hint = _text(_("Username hint"), help_text=_("Shown in the empty box for the address."))
    sign_in_page_text = _text(
        _("Sign-in page text"),
        lines=4,
        help_text=_(
            "At the foot of the form. **bold**, *italic*, ++underlined++, [text](https://example.com); "
            "an empty line begins a paragraph."
        ),
    )
    shows_footer = forms.ChoiceField(
        label=_("Footer"),
        required=False,
        widget=forms.RadioSelect(attrs=_MARK),
        help_text=_("A link appears once it has an address."),
    )
    privacy_text = _text(_("Text of the privacy link"))
    privacy_url = _text(_("Address of the privacy link"))
    terms_text = _text(_("Text of the terms link"))
    terms_url = _text(_("Address of the terms link"))
    reply_to = _text(
        _("Reply address"),
        help_text=_("Where replies to emails go. Without one, no one reads them."),
    )
    support_url = _text(
        _("Support link"),
        help_text=_(
            "Shown in each email after “Need help?”. Without one, emails that say “Contact us” don’t say where."
        ),
    )
    legal_lines = _text(
        _("Legal lines"),
        lines=3,
        help_text=format_lazy(
            _("The company’s name and address, at the foot of each email: {most} lines at most."), most=MOST_LEGAL_LINES
        ),
    )
    shows_header = _switch(
        _("Page header"),
        help_text=_("A bar at the top of each page and email. Without a logo, it shows the tenant’s name."),
    )
    header_logo = _image(BrandingImage.Kind.HEADER_LOGO, _("Shown in the header."))
    header_color = _text(_("Header colour"))
    shows_reset = _switch(
        _("Ways back in"), help_text=_("Hiding these hides both links below, whatever is chosen for each.")
    )
    reset_url = _text(
        _("Address of these links"),
        help_text=_("Where customers who can’t get in are sent instead of choosing a new password here."),
    )
    shows_forgot_password = _switch(_("Link next to the password"))
    forgot_password_text = _text(_("Text of the link next to the password"))
    shows_cannot_access = _switch(_("Link below the address"), help_text=_("It appears once it has a text."))
    cannot_access_text = _text(_("Text of the link below the address"))
    shows_privacy = _switch(_("Privacy link"))
    shows_terms = _switch(_("Terms link"))
    remove_square_logo = forms.BooleanField(label=_("Remove this logo"), required=False)
    remove_square_logo_dark = forms.BooleanField(label=_("Remove this logo"), required=False)
    remove_header_logo = forms.BooleanField(label=_("Remove this logo"), required=False)
    remove_favicon = forms.BooleanField(label=_("Remove this favicon"), required=False)
    remove_background = forms.BooleanField(label=_("Remove this image"), required=False)
    remove_banner_logo = forms.BooleanField(label=_("Remove this logo"), required=False)
    remove_banner_logo_dark = forms.BooleanField(label=_("Remove this logo"), required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        own: BrandingValues,
        fallback: Look,
        has_fallback: bool,
        wholes: Mapping[str, BrandingImage] = MappingProxyType({}),
    ) -> None:
        initial = _initial(own, has_fallback=has_fallback) | shown_crops(wholes)
        kept = dict.fromkeys(CROPS) | initial | _digests(own)
        super().__init__(data, kept=kept, initial=initial, files=files, use_required_attribute=False)
        # A part that was chosen of one picture is none of another.
        self.clashing += [name for name, kind in CROPS.items() if kind in self.merged and name in self.touched]
        self.has_fallback = has_fallback
        self.own = own
        self.fallback = fallback
        self._offer_choices()
        self._show_fallback()

    @property
    def values(self) -> dict[str, Any]:
        """The fields that are valid so far, in the words of the services."""
        given = {name: value for name, value in self.cleaned_data.items() if name in FIELDS}
        given |= {name: SWITCHED[given[name]] for name in SWITCHES if name in given}
        return given | ({"custom_css": self.css} if "custom_css" in given else {})

    @property
    def changes(self) -> dict[str, Any]:
        """Of these the ones that were changed here."""
        return {name: value for name, value in self.values.items() if name in self.touched}

    @property
    def expected(self) -> dict[str, Any]:
        """What the form has been shown or merged with: the fields, and the digests of the pictures by kind."""
        return {name: getattr(self.own, name) for name in FIELDS} | _digests(self.own)

    def is_changed(self, name: str, version: str) -> bool:
        """A picture is by another one, or by its check box."""
        if name in set(BrandingImage.Kind):
            return bool(self[name].data or self[REMOVE + name].data)
        return super().is_changed(name, version)

    def fill_in(self, data: QueryDict, name: str) -> None:
        """No box holds a picture."""
        if name not in set(BrandingImage.Kind):
            super().fill_in(data, name)

    @property
    def images(self) -> Images:
        """What to do with images: an upload replaces one, None removes it. A new upload wins over the check box."""
        changes: dict[BrandingImage.Kind, Any] = {}
        for kind in BrandingImage.Kind:
            if self.cleaned_data.get(kind.value):
                changes[kind] = self.cleaned_data[kind.value]
            elif self.cleaned_data.get(REMOVE + kind.value):
                changes[kind] = None
        return changes

    def _offer_choices(self) -> None:
        self.offer_choices(self.fallback, has_fallback=self.has_fallback)
        footer: list[tuple[str, Any]] = [(HIDDEN, _("Hidden")), (SHOWN, _("Shown"))]
        if self.has_fallback:
            footer.insert(0, ("", not_set(gettext("Shown") if self.fallback.shows_footer else gettext("Hidden"))))
        self.fields["shows_footer"].choices = footer  # type: ignore[attr-defined]
        for name in SWITCHES:
            if name != "shows_footer":
                self.fields[name].choices = self._shown_or_hidden(name)  # type: ignore[attr-defined]

    def _shown_or_hidden(self, name: str) -> list[tuple[str, Any]]:
        """The choices of a switch; the first is what it is if nothing is chosen."""
        is_shown = getattr(self.fallback, name)
        otherwise = gettext("Shown") if is_shown else gettext("Hidden")
        if self.has_fallback:
            return [("", not_set(otherwise)), (SHOWN, _("Shown")), (HIDDEN, _("Hidden"))]
        return [("", otherwise), (HIDDEN, _("Hidden")) if is_shown else (SHOWN, _("Shown"))]

    def _show_fallback(self) -> None:
        """An empty text box shows, greyed, what customers read instead."""
        for name in (
            *("username_hint", "privacy_text", "terms_text"),
            *("header_color", "forgot_password_text", "cannot_access_text", "custom_css"),
        ):
            self.fields[name].widget.attrs["placeholder"] = getattr(self.fallback, name)
        for name in ("privacy_url", "terms_url", "support_url", "reset_url"):
            self.fields[name].widget.attrs |= {
                "placeholder": getattr(self.fallback, name) or "https://",
                "inputmode": "url",
                "spellcheck": "false",
            }
        for name in ("sign_in_page_text", "reply_to", "legal_lines"):
            self.fields[name].widget.attrs["placeholder"] = getattr(self.fallback, name)
        self.fields["reply_to"].widget.attrs |= {"inputmode": "email", "autocomplete": "off", "spellcheck": "false"}


class AddLanguageForm(PortalForm):
    """Which language to make a branding for; those that have one aren't offered."""

    locale = forms.ChoiceField(label=_("Browser language"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, taken: set[str]) -> None:
        super().__init__(data)
        free = [(locale, name) for locale, name in locales().items() if locale not in taken]
        self.fields["locale"].choices = free  # type: ignore[attr-defined]


class PublishForm(EditForm):
    """When a draft is published: now, or at a time in this zone."""

    never_optional = ("due_at",)
    NOW, LATER = "now", "later"

    when = forms.ChoiceField(
        label=_("When"),
        choices=[(NOW, _("Now")), (LATER, _("At a time"))],
        initial=NOW,
        widget=forms.RadioSelect(attrs=_MARK),
    )
    due_at = forms.DateTimeField(
        label=_("Day and time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Enter a day and a time, such as 2026-11-29 14:30.")},
    )

    def __init__(self, data: QueryDict | None = None, *, zone: ZoneInfo, **given: Any) -> None:
        super().__init__(data, **given)
        self.zone = zone
        told = gettext("In the tenant’s time zone, %(zone)s. The draft as it is now is published then.")
        self.fields["due_at"].help_text = told % {"zone": zone.key}

    def full_clean(self) -> None:
        with timezone.override(self.zone):
            super().full_clean()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("when") == self.LATER and not cleaned.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", gettext("Choose a day and a time."))
        return cleaned

    @property
    def moment(self) -> datetime | None:
        """When; None is now."""
        return self.cleaned_data["due_at"] if self.cleaned_data["when"] == self.LATER else None


class ShareForm(PortalForm):
    """For how long a link shows a draft, and what for."""

    note = forms.CharField(
        label=_("What for"),
        max_length=NOTE_LENGTH,
        required=False,
        help_text=_("For the list of links. Anyone with the link can read it, too."),
    )
    days = forms.ChoiceField(label=_("The link works for"), initial="7")

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        words = [(str(each), ngettext("%(days)d day", "%(days)d days", each) % {"days": each}) for each in DAYS]
        self.fields["days"].choices = words  # type: ignore[attr-defined]


class ThemeForm(EditForm):
    """A theme's name, and the applications whose customers see it."""

    name = ServiceText(label=_("Name"), max_length=None, help_text=_("For administrators; customers don’t read it."))
    client_ids = forms.MultipleChoiceField(
        label=_("Applications"),
        required=False,
        widget=CheckCards,
        help_text=_("Each can have only one theme: choosing an application here removes it from its other theme."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kept: ThemeDescription | None = None,
        names: Mapping[str, str],
        taken: Mapping[str, str],
    ) -> None:
        version = kept.version if kept else ""
        super().__init__(data, kept=vars(kept) if kept else {}, version=version)
        self.fields["client_ids"].choices = [  # type: ignore[attr-defined]
            (client_id, f"{name} ({taken[client_id]})" if client_id in taken else name)
            for client_id, name in names.items()
        ]

    @property
    def wished(self) -> ThemeDescription:
        """The theme as the form describes it."""
        return ThemeDescription(self.cleaned_data["name"], tuple(sorted(self.cleaned_data["client_ids"])))


def _digests(own: BrandingValues) -> dict[str, str]:
    """Of the pictures by kind, "" where there is none."""
    return {
        kind.value: own.pictures[kind].url.rpartition("/")[2] if kind in own.pictures else ""
        for kind in BrandingImage.Kind
    }


def _initial(own: BrandingValues, *, has_fallback: bool) -> dict[str, Any]:
    switched = {value: said for said, value in SWITCHED.items()}
    initial = {name: getattr(own, name) for name in FIELDS} | initial_choices(own, has_fallback=has_fallback)
    initial |= {name: switched[getattr(own, name)] for name in SWITCHES}
    if has_fallback:
        return initial
    # Below the default there is the neutral look alone, which each choice of it says as its first.
    initial |= {name: "" for name in SWITCHES if getattr(own, name) == NEUTRAL[name]}
    return initial | {"shows_footer": switched[own.shows_footer] or HIDDEN}
