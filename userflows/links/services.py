"""Sending links, and redeeming them. What stands in a link is made by the worker that mails it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity.services.accounts import change_email, create_account, verify_address
from accounts.models import Account, Standing
from audit.services import Actor, record, record_for_many
from common.crypto.digests import digest_of
from common.problems import Code, Problem, Refused, refuse_if_any
from common.text.texts import unseen_problem
from userflows.links.destinations import destination
from userflows.links.jobs import LIFETIMES, send_address_notice, send_link
from userflows.lookup import default_flow
from userflows.rows.mail_links import MailLink

Kind = MailLink.Kind
MAX_MESSAGE = 500


def invite_customer(
    *,
    email: str,
    attributes: Mapping[str, Any],
    language: str = "",
    message: str = "",
    client_id: str = "",
    actor: Actor,
) -> Account:
    """Make an account that waits for its owner, and mail them a link to it, with a `message` in plain text.

    With a `client_id` they are led to that application, by its user flow, instead of to their account.

    Raises `EmailAddressTaken`, or `Refused` for `email`, `message`, `client_id` and names of attributes.
    """
    message = "\n".join(message.strip().splitlines())
    refuse_if_any(_problems_of(message, client_id))
    with transaction.atomic():
        account = create_account(
            email=email,
            password=None,
            attributes=attributes,
            email_verified=False,
            language=language,
            is_invited=True,
            actor=actor,
        )
        _send(account, Kind.INVITATION, actor, message=message, client_id=client_id)
        record("customer.invited", actor=actor, target=account)
    return account


def invite_many(accounts: Sequence[tuple[UUID, str]], *, actor: Actor, details: dict[str, Any] | None = None) -> None:
    """Mail invitations to these new accounts, told by ID and address."""
    now = timezone.now()
    expires_at = now + LIFETIMES[Kind.INVITATION]
    links = [
        MailLink(
            account_id=account_id,
            kind=Kind.INVITATION,
            digest="",
            asked_at=now,
            expires_at=expires_at,
            by=actor.name[:320],
        )
        for account_id, _ in accounts
    ]
    with transaction.atomic():
        MailLink.objects.bulk_create(links)
        for account_id, _ in accounts:
            send_link.enqueue(str(account_id), str(Kind.INVITATION))
        record_for_many("customer.invited", actor=actor, accounts=accounts, details=details)


def send_invitation_again(account: Account, *, actor: Actor) -> None:
    """Mail another link, in the place of the one before. Raises `Refused` if nobody is waited for any more."""
    if account.standing != Standing.INVITED:
        raise Refused([Problem(Code.NOT_ALLOWED, "", _("This customer no longer has an invitation."))])
    with transaction.atomic():
        _send(account, Kind.INVITATION, actor)
        record("customer.invited", actor=actor, target=account, details={"again": True})


def send_password_link(account: Account, *, actor: Actor) -> None:
    """Mail a link by which the account's owner chooses another password. The one they have stays until then.

    Raises `Refused` if the account can't sign in, or nobody can by a password here.
    """
    if account.standing in {Standing.BLOCKED, Standing.DELETED}:
        raise Refused([Problem(Code.NOT_ALLOWED, "", _("Unblock or restore the customer first."))])
    if not default_flow().rules.has_passwords:
        raise Refused([Problem(Code.NOT_ALLOWED, "", _("The default user flow has no passwords."))])
    with transaction.atomic():
        _send(account, Kind.PASSWORD, actor)
        record("customer.password_link_sent", actor=actor, target=account)


def give_another_address(account: Account, *, email: str, actor: Actor) -> None:
    """Change the account's address, and tell the old one so. Raises what `change_email` raises."""
    with transaction.atomic():
        link = MailLink.objects.filter(account_id=account.pk, kind=Kind.INVITATION).first()
        said = {"message": link.message, "client_id": link.client_id} if link else {}
        before = change_email(account, email=email, actor=actor)
        if before != account.email:
            send_address_notice.enqueue(before, account.language)
        if account.standing == Standing.INVITED:
            _send(account, Kind.INVITATION, actor, **said)


def opened(token: str) -> tuple[MailLink, Account] | None:
    """The link with this in it and the account it leads to, if it is still good and the account may sign in."""
    link = MailLink.objects.filter(digest=digest_of(token)).first() if token else None
    account = Account.objects.able_to_sign_in().filter(pk=link.account_id).first() if link and link.is_good else None
    return (link, account) if link and account else None


def redeem(token: str) -> tuple[MailLink, Account] | None:
    """What `opened` finds, for whoever opens it now. A link to a new password is used up by that, and has proved the
    account's address; an invitation is used up by the end of the journey: until then it opens another.
    """
    with transaction.atomic():
        found = opened(token)
        if found is None or found[0].kind == Kind.INVITATION:
            return found
        link, account = found
        if not MailLink.objects.filter(pk=link.pk, digest=digest_of(token)).delete()[0]:
            return None
        if not account.email_verified:
            verify_address(account)
        return found


def _problems_of(message: str, client_id: str) -> Iterator[Problem]:
    if len(message) > MAX_MESSAGE:
        yield Problem(Code.TOO_LONG, "message", _("Use at most %(most)d characters.") % {"most": MAX_MESSAGE})
    elif sentence := unseen_problem(message, has_lines=True):
        yield Problem(Code.INVALID, "message", sentence)
    if client_id and destination(client_id) is None:
        yield Problem(Code.UNKNOWN, "client_id", _("Choose an application that customers sign in to."))


def _send(account: Account, kind: Kind, actor: Actor, **said: str) -> None:
    """Have the link mailed. One that was mailed before is worth nothing from now on; what it said stays, but for what
    is `said` now.
    """
    values = {"digest": "", "sent_at": None, "asked_at": timezone.now(), "by": actor.name[:320], **said}
    values["expires_at"] = timezone.now() + LIFETIMES[kind]
    MailLink.objects.update_or_create(account_id=account.pk, kind=kind, defaults=values)
    send_link.enqueue(str(account.pk), str(kind))


def forget_links(account_id: UUID) -> None:
    """Revoke all links that were mailed to this account."""
    MailLink.objects.filter(account_id=account_id).delete()


def sweep_links() -> int:
    """Forget links that expired a month ago, in this tenant: until then it is told when. Returns how many."""
    swept, _ = MailLink.objects.filter(expires_at__lt=timezone.now() - timedelta(days=30)).delete()
    return swept
