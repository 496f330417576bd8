"""The CSS of a branding in its form: typed, or as a file."""

from collections.abc import Sequence

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branding.policies import MOST_CSS, css_size_problem, custom_css_problem
from branding.styles.reading import read_sheet
from branding.styles.sheet import LeftOut
from portal_frame.merging import MergedForm


class CssFields(MergedForm):
    """A style sheet to type, and a file that replaces it. Whether it is too long is judged by the service."""

    custom_css = forms.CharField(
        label=_("Custom CSS"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": "12", "spellcheck": "false", "autocapitalize": "off", "dir": "ltr"}),
    )
    css_file = forms.FileField(
        label=_("CSS file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".css,text/css", "data-most-bytes": MOST_CSS}),
        help_text=format_lazy(_("Replaces the text above. At most {size} KB."), size=MOST_CSS // 1024),
    )

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """What pages don't use of the CSS that the form shows."""
        css = str(self["custom_css"].value() or "")
        return () if custom_css_problem(css) else read_sheet(css).left_out

    @property
    def css(self) -> str:
        """What was sent, in the file or typed."""
        return str(self.cleaned_data.get("css_file") or self.cleaned_data.get("custom_css", ""))

    def is_changed(self, name: str, version: str) -> bool:
        """A file is other CSS than what is there."""
        return (name == "custom_css" and bool(self["css_file"].data)) or super().is_changed(name, version)

    def clean(self) -> dict[str, object]:
        """Let the file be its text, if there is one; nothing is read of one that is too large."""
        cleaned = super().clean()
        upload = cleaned.pop("css_file", None)
        if upload and (problem := css_size_problem(upload.size)):
            self.add_error("css_file", problem)
        elif upload:
            try:
                cleaned["css_file"] = upload.read().decode("utf-8-sig").replace("\0", "")
            except UnicodeDecodeError:
                self.add_error("css_file", gettext("This file isn’t text in UTF-8."))
            else:
                self._show_instead(cleaned["css_file"])
        return cleaned

    def _show_instead(self, css: str) -> None:
        """Let a form that is shown again have the text of the file, which browsers don't send once more."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data["custom_css"] = css
        self.data = data
