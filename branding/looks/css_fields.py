"""The CSS of a branding in its form: typed, or as a file."""

from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branding.policies import MOST_CSS, custom_css_problem
from branding.styles.reading import read_sheet
from branding.styles.sheet import LeftOut
from frame.forms import EditForm


class CssFields(EditForm):
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
        help_text=format_lazy(_("Replaces what stands above. At most {size} KB."), size=MOST_CSS // 1024),
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

    def clean_css_file(self) -> str:
        """The text of the file; "" where none was sent."""
        upload = self.cleaned_data["css_file"]
        if not upload:
            return ""
        if upload.size > MOST_CSS:
            told = gettext("This style sheet has %(number)d bytes; at most %(most)d are allowed.")
            raise ValidationError(told % {"number": upload.size, "most": MOST_CSS})
        try:
            text: str = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(gettext("This file isn’t text in UTF-8.")) from error
        return text.replace("\0", "")
