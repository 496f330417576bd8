"""The built-in attributes, with the names, types and lengths of the product our users come from; and a user name."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.text.user_names import LONGEST_USER_NAME


@dataclass(frozen=True)
class BuiltInAttribute:
    """`name` is the spelling in files, commands and claims; `column` the account's column.

    `label` is what people read, `missing` what they are told who left it empty. `has_lines` says whether it may have
    more than one line.
    """

    name: str
    column: str
    label: str | Promise
    max_length: int
    autocomplete: str
    missing: str | Promise
    has_lines: bool = False


# The last is the claim's name (OpenID Connect Core section 5.1), which no attribute of a tenant's own ever had.
EMAIL, COUNTRY, USER_NAME = "email", "country", "preferred_username"
GIVEN_NAME, SURNAME = "givenName", "surname"
# What others read and know somebody by.
NAMES = frozenset({"displayName", GIVEN_NAME, SURNAME})
BUILT_IN_ATTRIBUTES = {
    attribute.name: attribute
    for attribute in (
        BuiltInAttribute(
            "displayName", "display_name", _("Display name"), 256, "nickname", _("Enter your display name.")
        ),
        BuiltInAttribute(GIVEN_NAME, "given_name", _("Given name"), 64, "given-name", _("Enter your given name.")),
        BuiltInAttribute(SURNAME, "surname", _("Surname"), 64, "family-name", _("Enter your surname.")),
        BuiltInAttribute(
            "jobTitle", "job_title", _("Job title"), 128, "organization-title", _("Enter your job title.")
        ),
        BuiltInAttribute(
            "streetAddress",
            "street_address",
            _("Street address"),
            1024,
            "street-address",
            _("Enter your street address."),
            # OpenID Connect Core section 5.1.1 has it on several lines, too.
            has_lines=True,
        ),
        BuiltInAttribute(
            "postalCode", "postal_code", _("Postal code"), 40, "postal-code", _("Enter your postal code.")
        ),
        BuiltInAttribute("city", "city", _("City"), 128, "address-level2", _("Enter your city.")),
        BuiltInAttribute(
            "state", "state", _("State or province"), 128, "address-level1", _("Enter your state or province.")
        ),
        BuiltInAttribute(
            COUNTRY, "country", _("Country or region"), 128, "country", _("Select your country or region.")
        ),
        BuiltInAttribute(EMAIL, "email", _("Email address"), 254, "email", _("Enter your email address.")),
        # Browsers would fill in the address for it, by which the password is kept.
        BuiltInAttribute(USER_NAME, "user_name", _("User name"), LONGEST_USER_NAME, "off", _("Enter a user name.")),
    )
}
