from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.description import LINKS
from applications.forms.sign_out import AddressField
from branding.pictures.encoding import MOST_BYTES
from branding.pictures.images import ACCEPTED_TYPES, in_words
from portal_frame.forms import EditForm


class AppearanceForm(EditForm):
    """What customers are told of an application beside its name."""

    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        allow_empty_file=True,  # what is wrong with it is said in words
        widget=forms.FileInput(attrs={"accept": ACCEPTED_TYPES, "data-most-bytes": MOST_BYTES}),
    )
    remove_logo = forms.BooleanField(label=_("Remove this logo"), required=False)
    client_uri = AddressField(label=_("Home page"))
    policy_uri = AddressField(
        label=_("Privacy policy"), help_text=_("Linked at the foot of the pages that lead to it.")
    )
    tos_uri = AddressField(label=_("Terms of use"), help_text=_("Linked there, too."))
    initiate_login_uri = AddressField(
        label=_("Address that begins a sign-in"),
        help_text=_(
            "Where an expired page leads back to, with the issuer as iss (initiate_login_uri). If it’s empty, to "
            "the home page."
        ),
    )
    field_order = ["logo", "remove_logo", *LINKS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = _("%(limits)s. A square looks best: it’s shown small, next to the name.")
        self.fields["logo"].help_text = said % {"limits": in_words()}
