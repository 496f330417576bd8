"""What administrators do about their own accounts in the portal."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.credentials.policies import normalise_password
from accounts.credentials.services.passwords import change_password
from accounts.models import Account
from audit.services import Actor
from common.problems import Code, Problem, Refused
from userflows.journeys.mails import send_in_look


def choose_password(account: Account, *, password: str, from_where: str, actor: Actor) -> None:
    """Set another password, which signs the account out everywhere, and tell its owner so by mail.

    Raises `Refused` for `password`, also if it is the one they have.
    """
    if account.check_password(normalise_password(password)):
        sentence = _("This is your password already. Choose another one.")
        raise Refused([Problem(Code.NOT_ALLOWED, "password", sentence)])
    with transaction.atomic():
        change_password(account, password=password, actor=actor)
        language = account.language or settings.LANGUAGE_CODE
        send_in_look("password_changed", to=account.email, language=language, context={"from_where": from_where})
