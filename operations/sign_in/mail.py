"""Whether mail reaches an account, for the check of a sign-in."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from audit.explanations import span
from common.database.brief import TookTooLong, brief
from mail.elsewhere import elsewhere
from mail.models import Message, OwnServer
from mail.own_servers.description import may_have_own
from mail.sending.transports import keeps_messages
from operations.sign_in.findings import Finding, RemedyPlace, Weight

MAIL_LOOKED_AT = timedelta(days=1)


def about_mail(account: Account, *, closes: Sequence[str]) -> Iterator[Finding]:
    """What is known of the mail server, and what became of the last email. What stops mail `closes` these methods."""
    if keeps_messages():
        yield Finding(
            Weight.NOTE,
            _("No email is sent"),
            _("No mail server is configured, so codes stay in the outbox."),
            _("Read the code there, or configure a mail server."),
            place=RemedyPlace.OUTBOX,
        )
    last = _last_mail(account.email)
    waiting = last if last and last.state == Message.State.QUEUED else None
    problem = _server_problem(waiting)
    if problem:
        yield Finding(
            Weight.PROBLEM,
            _("The mail server doesn’t accept mail"),
            " ".join([*([_not_yet(waiting)] if waiting else []), problem]),
            _("Check the mail server and send a test. Mail waits and is tried again."),
            closes=closes,
            place=RemedyPlace.MAIL_SERVER,
        )
    elif waiting:
        remedy = _("See under Jobs whether a worker is running.")
        yield Finding(Weight.NOTE, _("The last email waits"), _not_yet(waiting), remedy, place=RemedyPlace.JOBS)
    elif last and last.state == Message.State.FAILED:
        yield Finding(
            Weight.PROBLEM,
            _("The last email wasn’t delivered"),
            _("The mail server said: %(answer)s") % {"answer": last.problem or "–"},
            _("Compare the address with the customer’s; look at the mail server."),
            closes=closes,
            place=RemedyPlace.OUTBOX,
        )
    elif last and last.state == Message.State.SENT:
        text = _("It was written %(time)s ago.") % {"time": span(_seconds_since(last))}
        yield Finding(Weight.FINE, _("The last email left"), text)


def _server_problem(waiting: Message | None) -> str:
    """Why mail doesn't leave: the tenant's own server can't be reached, or a server hasn't taken what waits; or ""."""
    own = OwnServer.objects.first() if may_have_own() else None
    if own and own.problem and not elsewhere().takes_codes():
        words = _("The mail server %(server)s can’t be used: %(answer)s")
        return words % {"server": own.host, "answer": own.problem}
    if waiting and waiting.problem:
        return _("The mail server said: %(answer)s") % {"answer": waiting.problem}
    return ""


def _not_yet(message: Message) -> str:
    return _("It was written %(time)s ago and hasn’t left yet.") % {"time": span(_seconds_since(message))}


def _last_mail(address: str) -> Message | None:
    try:
        with brief():
            recent = Message.objects.filter(to=address, created_at__gte=timezone.now() - MAIL_LOOKED_AT)
            return recent.defer("sealed_body").order_by("-created_at").first()
    except TookTooLong:
        return None


def _seconds_since(message: Message) -> int:
    return max(1, round((timezone.now() - message.created_at).total_seconds()))
