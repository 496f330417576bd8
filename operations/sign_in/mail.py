"""Whether mail reaches an account, for the check of a sign-in."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from audit.explanations import span
from common.database.brief import TookTooLong, brief
from mail.models import Message, OwnServer
from mail.own_servers.description import may_have_own
from mail.sending.transports import keeps_messages
from operations.sign_in.findings import Finding, Place, Weight
from userflows.state import BY_MAIL

MAIL_LOOKED_AT = timedelta(days=1)


def about_mail(account: Account) -> Iterator[Finding]:
    if keeps_messages():
        yield Finding(
            Weight.NOTE,
            _("No email is sent"),
            _("No mail server is configured, so codes stay in the outbox."),
            _("Read the code there, or configure a mail server."),
            place=Place.OUTBOX,
        )
    last = _last_mail(account.email)
    if last is None:
        return
    if last.state == Message.State.FAILED:
        yield Finding(
            Weight.PROBLEM,
            _("The last email wasn’t delivered"),
            _("The mail server said: %(answer)s") % {"answer": last.problem or "–"},
            _("Compare the address with the customer’s; look at the mail server."),
            closes=BY_MAIL,
            place=Place.OUTBOX,
        )
    elif last.state == Message.State.QUEUED:
        yield _waiting(last)
    else:
        text = _("It was written %(time)s ago.") % {"time": span(_seconds_since(last))}
        yield Finding(Weight.FINE, _("The last email left"), text)


def _waiting(message: Message) -> Finding:
    """Mail that hasn't left: for want of a mail server that takes it, or of a worker."""
    told = _("It was written %(time)s ago and hasn’t left yet.") % {"time": span(_seconds_since(message))}
    own = OwnServer.objects.first() if may_have_own() else None
    said = str(message.problem or (own.problem if own else ""))
    if not said:
        remedy = _("See under Jobs whether a worker is running.")
        return Finding(Weight.NOTE, _("The last email waits"), told, remedy, place=Place.JOBS)
    words = _("The mail server %(server)s can’t be used: %(answer)s") if own else _("The mail server said: %(answer)s")
    reached = words % {"server": own.host if own else "", "answer": said}
    return Finding(
        Weight.PROBLEM,
        _("The mail server doesn’t accept mail"),
        f"{told} {reached}",
        _("Check the mail server and send a test. Mail waits and is tried again."),
        closes=BY_MAIL,
        place=Place.MAIL_SERVER,
    )


def _last_mail(address: str) -> Message | None:
    try:
        with brief():
            recent = Message.objects.filter(to=address, created_at__gte=timezone.now() - MAIL_LOOKED_AT)
            return recent.defer("sealed_body").order_by("-created_at").first()
    except TookTooLong:
        return None


def _seconds_since(message: Message) -> int:
    return max(1, round((timezone.now() - message.created_at).total_seconds()))
