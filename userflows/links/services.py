"""Sending links, and what opening one leads to. What stands in a link is made by the worker that mails it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity.services.accounts import change_email, create_account, verify_address
from accounts.models import Account, Standing
from audit.services import Actor, record, record_for_many
from common.crypto.digests import digest_of
from common.problems import Code, Problem, Refused, refuse_if_any
from common.text.texts import unseen_problem
from userflows.journeys.entry import begin_journey
from userflows.journeys.next_step import FINISH, due_step
from userflows.journeys.progress import save_progress
from userflows.journeys.registry import table
from userflows.links.destinations import LinkedApplication, destination
from userflows.links.jobs import LIFETIMES, send_address_notice, send_link
from userflows.lookup import default_flow, flow_by_id
from userflows.models import Journey
from userflows.policies import JOURNEY_PLACE
from userflows.rows.mail_links import MailLink
from userflows.state import INVITATION, LINK, PASSWORD, RESET, SIGN_IN
from userflows.steps.password.actions import AMR as PASSWORD_AMR

Kind = MailLink.Kind
AMR = "otp"
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
    """Have invitations mailed to these new accounts, told by ID and address."""
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


def follow(request: HttpRequest, token: str) -> HttpResponse | None:
    """Begin the journey that the link opens; None if it isn't good any more. One to a new password is used up by that,
    an invitation by the end of the journey: until then it opens another, and its owner is waited for.

    Raises `TooManyAttempts`.
    """
    with transaction.atomic():
        found = opened(token)
        if found is None:
            return None
        link, account = found
        is_invitation = link.kind == Kind.INVITATION
        if not is_invitation and not MailLink.objects.filter(pk=link.pk, digest=digest_of(token)).delete()[0]:
            return None
        if not is_invitation and not account.email_verified:
            verify_address(account)
        return begin_proved(request, account, is_invited=is_invitation, to=destination(link.client_id))


def begin_proved(
    request: HttpRequest, account: Account, *, is_invited: bool = False, to: LinkedApplication | None = None
) -> HttpResponse:
    """A journey whose address a link from a mail has proved: to a password, where customers have one, and to the
    profile, or to this application. Raises `TooManyAttempts`.
    """
    flow, journey_id = flow_by_id(to.flow_id) if to else default_flow(), uuid4()
    # A journey for an application leads there once it is over, and so does one that goes on for it.
    at_its_end = reverse("customer:journey", args=[journey_id]).replace(str(journey_id), JOURNEY_PLACE)
    response = begin_journey(
        request,
        user_flow=flow,
        purpose=RESET if flow.rules.has_passwords else SIGN_IN,
        return_to=at_its_end if to else reverse("customer:profile"),
        client_id=to.client_id if to else "",
        application_name=to.name if to else "",
        application_look=to.look if to else None,
        redirect_origins=to.origins if to else (),
        email=account.email,
        first_page="customer:journey",
        journey_id=journey_id,
    )
    journey = Journey.objects.select_related("user_flow").get(pk=journey_id)
    journey.prove(LINK, amr=AMR, account=account)
    if is_invited:
        journey.note(INVITATION, is_open=True)
    save_progress(journey)
    return response


def begin_with_password(request: HttpRequest, account: Account, *, return_to: str) -> HttpResponse:
    """A journey of whoever has just chosen the password of an account that a link from a mail made theirs. It isn't
    asked for once more, unless more than that is asked for. Raises `TooManyAttempts`.
    """
    journey_id = uuid4()
    response = begin_journey(
        request,
        user_flow=default_flow(),
        return_to=return_to,
        email=account.email,
        first_page="customer:journey",
        journey_id=journey_id,
    )
    journey = Journey.objects.select_related("user_flow").get(pk=journey_id)
    journey.prove(PASSWORD, amr=PASSWORD_AMR, account=account)
    if due_step(journey.state, journey.rules, table()) is FINISH:
        save_progress(journey)
    return response


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
    """Let no link that was mailed open this account."""
    MailLink.objects.filter(account_id=account_id).delete()


def sweep_links() -> int:
    """Forget links that expired a month ago, in this tenant: until then it is told when. Returns how many."""
    swept, _ = MailLink.objects.filter(expires_at__lt=timezone.now() - timedelta(days=30)).delete()
    return swept
