"""Why can't they sign in? What would happen now, and what happened last. Nothing is sent or counted.

Goes along the way of a sign-in: the account, its address, the application, the user flow with its methods, the limits,
the mail; each leaves a finding. What hinders the whole sign-in is told from what closes one method.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from accounts.models import ACCOUNT_RESTORABLE_FOR, Account, Block, Session, Standing
from applications.lookup.entitlements import entitlements_by_id
from applications.models import Application
from audit.explanations import LIMITS, WHOLE_SITE, Explanation, explain, span
from audit.models import Event
from audit.sentences import METHODS, filled, sentence_of
from common.database.brief import TookTooLong, brief
from mail.models import Message
from mail.transports import keeps_messages
from operations.sign_in_factors import factor_asked
from providers.lookup import known_providers
from providers.models import LinkedIdentity
from userflows.journeys.limits import MAIL, SECOND_FACTOR, Hold, holds_on
from userflows.lookup import default_flow, flow_by_id
from userflows.methods import method_label
from userflows.models import UserFlow
from userflows.state import method_of_provider

PASSWORD, CODE = "password", "code"
MAIL_LOOKED_AT = timedelta(days=1)
TRIES = ("customer.sign_in_failed", "customer.sign_up_failed", "customer.reset_failed", "customer.code_not_sent")


class Weight(StrEnum):
    """What a finding means for a sign-in: nothing stands in the way, something does for some, or for all."""

    FINE = "fine"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do about it. `closes` names the method that can't be used for it."""

    weight: Weight
    title: str
    text: str
    remedy: str = ""
    closes: str = ""


@dataclass(frozen=True)
class Past:
    """A sign-in or a failure that happened, in words."""

    event: Event
    sentence: str
    explanation: Explanation | None = None


@dataclass(frozen=True)
class SignInCheck:
    """All that was found, by which methods the customer could sign in now, and what happened last."""

    findings: Sequence[Finding]
    methods: Sequence[str]
    last_success: Past | None
    last_failure: Past | None

    @property
    def is_possible(self) -> bool:
        """Whether they could sign in now."""
        return bool(self.methods)

    @property
    def verdict(self) -> str:
        """The same in a sentence."""
        if self.methods:
            return f"They can sign in now, with {' or '.join(_spoken(each) for each in self.methods)}."
        problems = [each.title for each in self.findings if each.weight is Weight.PROBLEM]
        return f"They can’t sign in now: {'; '.join(problems).lower()}."


def check_sign_in(account: Account, *, application: Application | None = None, ip: str = "") -> SignInCheck:
    """Go along the way of a sign-in of this account, to an application or none, from an address of the network or any.

    It reads, whatever is wrong, and changes nothing.
    """
    flow = _flow_for(application)
    findings = [
        *_about_account(account),
        *_about_application(application),
        *_about_flow(flow),
        *_about_password(account, flow),
        *_about_second_factor(account, flow, application),
        *_about_providers(account, flow),
        *_about_mail(account),
        *_about_limits(account, ip),
        *_about_sessions(account),
    ]
    is_hindered = any(each.weight is Weight.PROBLEM and not each.closes for each in findings)
    closed = {each.closes for each in findings if each.weight is Weight.PROBLEM}
    open_methods = [] if is_hindered or flow is None else [each for each in flow.methods if each not in closed]
    return SignInCheck(findings, open_methods, *_past_of(account))


def _spoken(method: str) -> str:
    """A method as it stands in a sentence; a provider by its name."""
    return METHODS.get(method) or method_label(method)


def _about_providers(account: Account, flow: UserFlow | None) -> Iterator[Finding]:
    """Whoever isn't linked with a provider has to show first which account is theirs."""
    linked = {each.provider_id for each in LinkedIdentity.objects.of_account(account.pk)}
    for provider_id in flow.rules.providers if flow else ():
        method, provider = method_of_provider(provider_id), known_providers().get(provider_id)
        if provider is None or not provider.is_on:
            yield Finding(Weight.PROBLEM, f"{_spoken(method)} is switched off", "It lets nobody in.", closes=method)
        elif provider_id not in linked:
            text = "Whoever comes from there shows once, by a password or a code, that this account is theirs."
            yield Finding(Weight.PROBLEM, f"{provider.name} isn’t linked", text, closes=method)
        else:
            yield Finding(Weight.FINE, f"{provider.name} is linked", "It signs them in.")


def _flow_for(application: Application | None) -> UserFlow | None:
    if application is None:
        return default_flow()
    return flow_by_id(application.user_flow_id) if application.user_flow_id else None


def _about_account(account: Account) -> Iterator[Finding]:
    if account.standing == Standing.DELETED:
        text = f"Since {account.deleted_at:%-d %B %Y}. It can be restored for {ACCOUNT_RESTORABLE_FOR.days} days."
        yield Finding(Weight.PROBLEM, "The account is deleted", text, "Restore it in time.")
    elif account.standing == Standing.BLOCKED:
        yield Finding(Weight.PROBLEM, "The account is blocked", _about_block(account), "Unblock it.")
    else:
        yield Finding(Weight.FINE, "The account is active", f"{account.email} may sign in.")
    if account.email_verified:
        yield Finding(Weight.FINE, "The address is verified", "Its owner has shown that they read its mail.")
    else:
        yield Finding(
            Weight.NOTE, "The address isn’t verified", "The first one-time code that they enter verifies it.", ""
        )


def _about_block(account: Account) -> str:
    """Since when, by whom and why, as far as it is known."""
    block: Block | None = getattr(account, "block", None)
    told = "Nobody can sign in with it, whatever they prove."
    if block is not None:
        by, why = f" by {block.by}" if block.by else "", f" Reason: {block.reason}." if block.reason else ""
        told = f"Since {block.since:%-d %B %Y}{by}.{why} {told}"
    return f"{told} It ends {account.blocked_until:%-d %B %Y, %H:%M} UTC." if account.blocked_until else told


def _about_application(application: Application | None) -> Iterator[Finding]:
    if application is None:
        return
    if application.user_flow_id is None:
        yield Finding(
            Weight.PROBLEM,
            "No customer signs in to this application",
            f"{application.name} is a service and has no user flow.",
            "Choose the application that the customer uses.",
        )
        return
    if not application.redirect_uri_list:
        yield Finding(
            Weight.PROBLEM,
            "The application has no redirect URI",
            f"Every request of {application.name} is refused, as there is no address to return to.",
            "Register its redirect URI.",
        )
    awaiting = [scope.full_name for scope in entitlements_by_id(application.client_id).awaiting]
    if awaiting:
        yield Finding(
            Weight.NOTE,
            "An administrator has yet to consent",
            f"A request of {application.name} that asks for one of these is refused: {', '.join(awaiting)}.",
            "Consent for all customers under the application’s permissions.",
        )
    elif application.redirect_uri_list:
        yield Finding(Weight.FINE, "The application can ask for sign-ins", f"{application.name} is set up for it.")


def _about_flow(flow: UserFlow | None) -> Iterator[Finding]:
    if flow is None:
        return
    ways = " or ".join(_spoken(each) for each in flow.methods)
    sign_up = "" if flow.allows_sign_up else " Nobody can sign up by it."
    yield Finding(Weight.FINE, f"The user flow is {flow.name}", f"It lets customers sign in with {ways}.{sign_up}")


def _about_password(account: Account, flow: UserFlow | None) -> Iterator[Finding]:
    if flow is None or PASSWORD not in flow.methods:
        return
    if account.needs_new_password:
        text = "Whoever signs in with the password has to choose another one before."
        yield Finding(Weight.NOTE, "A new password is required", text)
    if account.has_usable_password():
        return
    yield Finding(
        Weight.PROBLEM,
        "The account has no password",
        "None was ever chosen, so whatever is typed is wrong.",
        "The customer chooses one: Forgot password, on the page that asks for it.",
        closes=PASSWORD,
    )


def _about_second_factor(account: Account, flow: UserFlow | None, application: Application | None) -> Iterator[Finding]:
    asked = factor_asked(account, flow, application)
    if asked is not None:
        yield Finding(Weight.PROBLEM if asked.is_closed else Weight.NOTE, asked.title, asked.text, asked.remedy)


def _about_mail(account: Account) -> Iterator[Finding]:
    if keeps_messages():
        yield Finding(
            Weight.NOTE,
            "No mail leaves",
            "No mail server is configured, so codes stay in the outbox.",
            "Read the code there, or configure a mail server.",
        )
    last = _last_mail(account.email)
    if last is None:
        return
    if last.state == Message.State.FAILED:
        yield Finding(
            Weight.PROBLEM,
            "The last email wasn’t delivered",
            f"The mail server said: {last.error or 'nothing'}",
            "Compare the address with the customer’s; look at the mail server.",
            closes=CODE,
        )
    elif last.state == Message.State.QUEUED:
        yield Finding(
            Weight.NOTE,
            "The last email waits",
            f"It was written {span(_seconds_since(last))} ago and hasn’t left yet.",
            "See under Jobs whether a worker is running.",
        )
    else:
        yield Finding(Weight.FINE, "The last email left", f"It was written {span(_seconds_since(last))} ago.")


def _last_mail(address: str) -> Message | None:
    try:
        with brief():
            recent = Message.objects.filter(to=address, created_at__gte=timezone.now() - MAIL_LOOKED_AT)
            return recent.defer("sealed_body").order_by("-created_at").first()
    except TookTooLong:
        return None


def _seconds_since(message: Message) -> int:
    return max(1, round((timezone.now() - message.created_at).total_seconds()))


def _about_limits(account: Account, ip: str) -> Iterator[Finding]:
    holds = holds_on(account.email, ip)
    for hold in holds:
        yield _held(hold, ip)
    if not holds:
        where = f" from {ip}" if ip else ""
        yield Finding(Weight.FINE, "No limit is used up", f"The next try{where} would be looked at.")


def _held(hold: Hold, ip: str) -> Finding:
    limit = hold.limit
    facts = {"allowed": str(limit.attempts), "span": span(limit.seconds), "ip": ip}
    counted, remedy = LIMITS[limit.name.removesuffix(WHOLE_SITE)]
    said, cure = ("".join(piece for piece, _ in filled(each, facts)) for each in (counted, remedy))
    where = " in browsers known to the account" if hold.is_known_browser else ""
    # Known browsers are let try where strangers aren't, and more mail isn't needed by a code that has come.
    is_for_all = not hold.is_known_browser and hold.about != MAIL
    # Whoever isn't asked for a second factor, as in a remembered browser, isn't kept out either.
    is_for_all &= hold.about != SECOND_FACTOR
    return Finding(
        Weight.PROBLEM if is_for_all else Weight.NOTE,
        "No more codes are emailed for now" if hold.about == MAIL else "Too many tries",
        f"{said}{where}. That ends in {span(max(1, hold.seconds))}.",
        cure,
        closes=hold.about if hold.about not in {MAIL, SECOND_FACTOR} else "",
    )


def _about_sessions(account: Account) -> Iterator[Finding]:
    alive = Session.objects.of_account(account.pk).alive().count()
    if alive:
        browsers = "one browser" if alive == 1 else f"{alive} browsers"
        text = "There they go straight on, unless an application wants them to sign in anew."
        yield Finding(Weight.FINE, f"Signed in in {browsers}", text)


def _past_of(account: Account) -> tuple[Past | None, Past | None]:
    events = Event.objects.of_account(account.pk).newest_first()
    success = events.filter(action="customer.signed_in").first()
    failure = events.failures().filter(action__in=TRIES).first()
    return _past(success), _past(failure)


def _past(event: Event | None) -> Past | None:
    return Past(event, sentence_of(event), explain(event)) if event else None
