"""The file by which a branding is brought along."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal_frame.forms import PortalForm

MOST_BYTES = 4608 * 1024
"""For which there is room in a request with pictures (serving/bodies.py)."""


class ImportForm(PortalForm):
    """A file of JSON or an archive. Whatever is wrong with what stands in it, the service says."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={"accept": ".json,.zip,application/json,application/zip", "data-most-bytes": MOST_BYTES}
        ),
        help_text=_("JSON, or a ZIP archive with JSON, images and CSS, up to 4.5 MB."),
    )
