from django import forms
from django.utils.text import format_lazy

from applications.description import LINKS
from applications.forms.sign_out import AddressField
from applications.policies.appearance import LOGO
from branding.pictures.images import in_words
from frame.forms import EditForm


class AppearanceForm(EditForm):
    """What customers are told of an application beside its name."""

    logo = forms.FileField(
        label="Logo",
        required=False,
        allow_empty_file=True,  # what is wrong with it is said in words
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg", "data-most-bytes": LOGO.size}),
        help_text=format_lazy("{}. A square looks best: it stands small beside the name.", in_words(LOGO)),
    )
    remove_logo = forms.BooleanField(label="Remove this logo", required=False)
    client_uri = AddressField(label="Home page")
    policy_uri = AddressField(label="Privacy policy", help_text="Linked at the foot of the pages that lead to it.")
    tos_uri = AddressField(label="Terms of use", help_text="Linked there, too.")
    initiate_login_uri = AddressField(
        label="Address that begins a sign-in",
        help_text="Where a page that has expired leads back to, with the issuer as iss (initiate_login_uri). Otherwise "
        "that is the home page.",
    )
    field_order = ["logo", "remove_logo", *LINKS]
