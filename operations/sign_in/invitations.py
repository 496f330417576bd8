"""What became of the invitation of an account that waits for its owner, for the check of a sign-in."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.credentials.services.passwords import has_password
from accounts.models import Account, Standing
from mail.sending.transports import keeps_messages
from operations.sign_in.findings import Finding, RemedyPlace, Weight
from userflows.models import UserFlow
from userflows.rows.mail_links import MailLink
from userflows.state import PASSWORD


def is_invitation_open(account: Account) -> bool:
    """Whether the account waits for its owner, who was mailed a link."""
    return _link_of(account) is not None


def about_invitation(account: Account, flow: UserFlow | None) -> Iterator[Finding]:
    """How long its link is good, by which its owner chooses a password: until then no password lets anyone in."""
    link = _link_of(account)
    if link is not None:
        closes = [PASSWORD] if flow and PASSWORD in flow.methods and not has_password(account) else []
        yield Finding(
            Weight.PROBLEM if closes else Weight.NOTE,
            _("The invitation wasn’t accepted yet"),
            _about(link),
            _("Its owner opens the link and chooses a password. If it is lost or has expired, send it again."),
            closes=closes,
            is_lacking=True,
            place=RemedyPlace.CUSTOMER_SIGN_IN,
        )


def _link_of(account: Account) -> MailLink | None:
    if account.standing != Standing.INVITED:
        return None
    return MailLink.objects.filter(account_id=account.pk, kind=MailLink.Kind.INVITATION).first()


def _about(link: MailLink) -> str:
    if link.sent_at is None or not link.digest:
        return _("In the outbox: no mail server is set up.") if keeps_messages() else _("On its way.")
    if not link.is_good:
        return _("The link has expired.")
    words = _("Sent %(sent)s; the link expires %(until)s.")
    if keeps_messages():
        words = _("Written %(sent)s; the link expires %(until)s. No mail server is set up.")
    return words % {"sent": _moment(link.sent_at), "until": _moment(link.expires_at)}


def _moment(at: datetime) -> str:
    return f"{date_format(at, pgettext('date', 'j F Y, H:i'))} UTC"
