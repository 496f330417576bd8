"""Rules for new passwords: length and a block list, no composition rules (NIST SP 800-63B-4 section 3.1.1.2)."""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.credentials.policies import MAX_PASSWORD_LENGTH
from accounts.models import Account
from common.problems import Code

MIN_PASSWORD_LENGTH = 8


class LengthRule:
    """8 to 256 characters, each code point counting once."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if len(password) < MIN_PASSWORD_LENGTH:
            message = ngettext(
                "Use at least %(count)d character.", "Use at least %(count)d characters.", MIN_PASSWORD_LENGTH
            )
            raise ValidationError(message % {"count": MIN_PASSWORD_LENGTH}, code=Code.TOO_SHORT)
        refuse_if_too_long(password)

    def get_help_text(self) -> str:
        return _("At least %(count)d characters.") % {"count": MIN_PASSWORD_LENGTH}


def refuse_if_too_long(password: str) -> None:
    """Raises `ValidationError` for a password that is longer than any may be."""
    if len(password) > MAX_PASSWORD_LENGTH:
        message = _("Use at most %(count)d characters.") % {"count": MAX_PASSWORD_LENGTH}
        raise ValidationError(message, code=Code.TOO_LONG)


class NotCommonRule(CommonPasswordValidator):
    """None of the 20,000 that are guessed first."""

    def get_error_message(self) -> str:
        return _("This password is too common. Choose another one.")


class NotTheAddressRule:
    """Neither the email address nor the part before its @."""

    def validate(self, password: str, user: Account | None = None) -> None:
        address = user.email.casefold() if user else ""
        if address and password.casefold() in {address, address.partition("@")[0]}:
            raise ValidationError(_("Your password can't be your email address."), code=Code.NOT_ALLOWED)

    def get_help_text(self) -> str:
        return ""
