"""Mails about an account that no step sends by itself."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from accounts.credentials.breaches import is_breached
from accounts.credentials.services.passwords import (
    forget_unchecked,
    keep_unchecked,
    require_new_password,
    unchecked_digest,
)
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from tenants.work.jobs import ELSEWHERE
from userflows.journeys.attempts.seen_before import is_first_notice, is_first_sign_in_from
from userflows.journeys.messages import mails
from userflows.journeys.securing.owners_links import owners_link
from userflows.lookup import flow_with_passwords, uses_password
from userflows.models import Journey

# What an owner is told: that many tried, that somebody who knows the password tries the second factor, that a browser
# was signed in that was never seen before (so the sign-in's event calls it, too), and the link by which they go on that
# are kept waiting.
GUESSING, GUESSING_FACTOR, NEW_BROWSER, GO_ON = "guessing", "guessing_factor", "new_browser", "go_on"
# And that the password they have chosen is known from a breach.
BREACHED = "breached"
# A worker that was away for longer tells of no sign-in that is long over.
TOLD_WITHIN = timedelta(days=1)
# How long after it was chosen, and then after each try, it is looked up again: all within a day.
AGAIN_AFTER = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(hours=16))


@task()
def send_provider_notice(account_id: str, provider: str, *, is_linked: bool) -> None:
    """Tell the owner that they can sign in by this provider from now on, or no more."""
    account = Account.objects.kept().filter(pk=account_id).first()
    if account:
        mails.mail_provider_notice(
            to=account.email,
            language=account.language,
            provider=provider,
            is_linked=is_linked,
            link=owners_link(account),
        )


@task()
def send_welcome(account_id: str, journey_id: str) -> None:
    """Greet whoever has just signed up; where the journey is forgotten by now, without a word of its application."""
    account = Account.objects.able_to_sign_in().filter(pk=account_id).first()
    if account is None:
        return
    journey = Journey.objects.select_related("user_flow").filter(pk=journey_id).first()
    takes_user_names = journey is not None and journey.user_flow.takes_user_names
    mails.mail_welcome(
        journey or Journey(),
        to=account.email,
        language=account.language or (journey.mail_language if journey else ""),
        user_name=account.user_name if takes_user_names else "",
        link=owners_link(account),
    )


@task()
def send_protection_notice(journey_id: str, what: str) -> None:
    """Tell the owner of the journey's address what goes on at their door, if it has one; of each kind once a day.

    The link that somebody asked for is mailed each time: how often it may be, they were counted for.
    """
    journey = Journey.objects.filter(pk=journey_id).first()
    account = Account.objects.able_to_sign_in().with_email(journey.whose).first() if journey and journey.email else None
    if journey is None or account is None or (what != GO_ON and not is_first_notice(what, account.email)):
        return
    language = journey.mail_language or journey.language if what == GO_ON else ""
    mails.mail_protection(
        what,
        to=account.email,
        language=language or account.language,
        link=owners_link(account, journey.pk if what == GO_ON else None),
        # Whoever guesses at a password doesn't know whether there is one.
        has_password=flow_with_passwords() is not None if what == GUESSING else uses_password(account),
        journey=journey,
    )


def look_up_later(account: Account, digest: str) -> None:
    """Have it looked up whether the account's new password is known from a breach, which nobody could tell now.

    `digest` is that by which lists know the password.
    """
    keep_unchecked(account, digest)
    look_password_up.using(run_after=timezone.now() + AGAIN_AFTER[0]).enqueue(str(account.pk))


@task(queue_name=ELSEWHERE)
def look_password_up(account_id: str, tried: int = 0) -> None:
    """Ask whether the account's password is known from a breach; if so, its owner is told and has to choose another."""
    account = Account.objects.kept().filter(pk=account_id).first()
    digest = unchecked_digest(account) if account else ""
    if account is None or not digest:
        return
    found, times = is_breached(digest), tried + 1
    if found is None and times < len(AGAIN_AFTER):
        look_password_up.using(run_after=timezone.now() + AGAIN_AFTER[times]).enqueue(account_id, times)
        return
    forget_unchecked(account)
    if found:
        require_new_password(account, actor=Actor.system())
        if uses_password(account):
            _mail_protection(BREACHED, account, Journey())


@task()
def send_sign_in_notice(event_id: int) -> None:
    """Tell the owner that the account was signed in to in a browser that was never seen before, once for each place."""
    event = Event.objects.filter(pk=event_id).first()
    account = Account.objects.able_to_sign_in().filter(pk=event.account_id).first() if event else None
    if event is None or account is None:
        return
    place = Journey(client_ip=str(event.ip or ""), client_name=event.browser, application_name=event.application)
    if is_first_sign_in_from(account.email, ip=place.client_ip, browser=place.client_name):
        _mail_protection(NEW_BROWSER, account, place)


def tell_of_new_browsers(*, after: int, until: int) -> None:
    """Have the owners told by mail of sign-ins in new browsers among these events, named by the first and last ID.

    A sign-in only says so in its event. The worker finds them there, so no sign-in costs more.
    """
    events = Event.objects.filter(
        id__gt=after, id__lte=until, action="customer.signed_in", details__has_key=NEW_BROWSER
    )
    for event_id in events.since(timezone.now() - TOLD_WITHIN).values_list("id", flat=True):
        send_sign_in_notice.enqueue(event_id)


def _mail_protection(what: str, account: Account, journey: Journey) -> None:
    mails.mail_protection(
        what,
        to=account.email,
        language=account.language,
        link=owners_link(account),
        has_password=uses_password(account),
        journey=journey,
    )
