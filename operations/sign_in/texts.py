"""Whether text messages reach an account, for the check of a sign-in."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from common.database.brief import TookTooLong, brief
from operations.sign_in.findings import Finding, RemedyPlace, Weight
from sms.models import TextMessage

TEXTS_LOOKED_AT = timedelta(days=1)


def about_texts(account: Account) -> Iterator[Finding]:
    """What became of the last one, if it didn't leave. A remembered browser is asked for none, so it closes nothing."""
    last = _last_text(account.phone_number) if account.phone_number else None
    if last is not None and last.state in {TextMessage.State.FAILED, TextMessage.State.REFUSED}:
        title, remedy = _("The last text message wasn’t delivered"), _("Look at the settings for text messages.")
        yield Finding(Weight.NOTE, title, last.error, remedy, place=RemedyPlace.TEXT_MESSAGES)


def _last_text(number: str) -> TextMessage | None:
    try:
        with brief():
            recent = TextMessage.objects.filter(to=number, created_at__gte=timezone.now() - TEXTS_LOOKED_AT)
            return recent.defer("sealed_text").order_by("-created_at").first()
    except TookTooLong:
        return None
