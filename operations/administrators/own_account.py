"""What administrators do about their own accounts in the portal."""

from django.conf import settings
from django.db import transaction

from accounts.credentials.services.passwords import change_password
from accounts.models import Account
from audit.services import Actor
from userflows.journeys.messages.mails import send_in_look


def choose_password(account: Account, *, password: str, from_where: str, actor: Actor) -> None:
    """Set another password, which signs the account out everywhere, and tell its owner so by mail.

    Raises `Refused` for `password`, also if it is the one they have.
    """
    with transaction.atomic():
        change_password(account, password=password, actor=actor, is_another=True)
        language = account.language or settings.LANGUAGE_CODE
        send_in_look("password_changed", to=account.email, language=language, context={"from_where": from_where})
