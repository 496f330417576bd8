"""The columns of files of customers, called the same in both directions."""

from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL

VERIFIED, HASH, SALT, LANGUAGE = "emailVerified", "passwordHash", "passwordSalt", "language"
LABELS = {
    EMAIL: _("Email address"),
    VERIFIED: _("Email address verified"),
    HASH: _("Password hash"),
    SALT: _("Salt of the password hash"),
    LANGUAGE: _("Language"),
    **{name: attribute.label for name, attribute in BUILT_IN_ATTRIBUTES.items() if name != EMAIL},
}
