"""Why can't they sign in? What would happen now, and what happened last. Nothing is sent or counted.

Goes along the way of a sign-in: the tenant, the account, its address, the application, the user flow with its methods,
the mail, the hooks, the limits; each leaves a finding. What hinders the whole sign-in is told from what closes one
method.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

import hooks.policies
from accounts.credentials.policies import ELSEWHERE
from accounts.models import ACCOUNT_RESTORABLE_FOR, Account, Block, Session, Standing
from applications.lookup.clients import entitlements_by_id
from applications.models import Application
from audit.explanations import Explanation, explain
from audit.models import Event
from audit.sentences import is_method, joined, method_name, sentence_of
from common.text.languages import ENGLISH
from hooks.lookup import hook_for
from operations.sign_in.factors import FactorAsked, factor_asked, passkey_lacking
from operations.sign_in.findings import Finding, RemedyPlace, Weight
from operations.sign_in.hooks import about_hooks
from operations.sign_in.invitations import about_invitation, is_invitation_open
from operations.sign_in.limits import about_limits
from operations.sign_in.mail import about_mail
from operations.sign_in.questions import about_questions
from operations.sign_in.texts import about_texts
from providers.lookup import known_providers
from providers.models import LinkedIdentity
from tenants.lookup import current_tenant
from tenants.models import Tenant
from userflows.lookup import default_flow, flow_by_id
from userflows.methods import method_label
from userflows.models import UserFlow
from userflows.state import BY_MAIL, PASSKEY, PASSWORD, method_of_provider

TRIES = [f"customer.{it}" for it in "sign_in_failed sign_up_failed reset_failed code_not_sent text_not_sent".split()]


@dataclass(frozen=True)
class Past:
    """A sign-in or a failure that happened, in words."""

    event: Event
    sentence: str
    explanation: Explanation | None = None


@dataclass(frozen=True)
class SignInCheck:
    """All that was found, by which methods the customer could sign in now or what keeps them out, and what happened
    last.
    """

    findings: Sequence[Finding]
    methods: Sequence[str]
    reasons: Sequence[Finding]
    last_success: Past | None
    last_failure: Past | None

    @property
    def is_possible(self) -> bool:
        """Whether they could sign in now."""
        return bool(self.methods)

    @property
    def verdict(self) -> str:
        """The same in sentences, with what they are asked first and what keeps them out where they may be."""
        return " ".join([self.answer, *self.provisos])

    @property
    def answer(self) -> str:
        """Whether they could, and how, or what keeps them out."""
        if self.methods:
            return _("They can sign in now, with %(methods)s.") % {"methods": _ways(self.methods)}
        found = [each.title for each in self.reasons]
        # Within a sentence English begins them small; German has its nouns.
        problems = [f"{each[0].lower()}{each[1:]}" if get_language() == ENGLISH else each for each in found]
        return _("They can’t sign in now: %(problems)s.") % {"problems": "; ".join(problems)}

    @property
    def provisos(self) -> Sequence[str]:
        """What they are asked first, and what may keep them out where it failed last."""
        waits = _("But from %(ip)s, where it failed last, they may have to wait: %(limit)s")
        held = [waits % {"ip": each.only_from, "limit": each.text} for each in self.findings if each.only_from]
        asked = [each.text for each in self.findings if each.comes_first]
        return [*held, *asked] if self.methods else []

    @property
    def is_certain(self) -> bool:
        """Whether it would be so from wherever they may be."""
        return not any(each.only_from for each in self.findings)


def check_sign_in(account: Account, *, application: Application | None = None, ip: str = "") -> SignInCheck:
    """Go along the way of a sign-in of this account, to an application, from an address of the network. What isn't
    given is as when it failed last, unless it went well since. That may have been somebody else: a limit of their
    address closes nothing.

    It reads, whatever is wrong, and changes nothing.
    """
    success, failure = _past_of(account)
    is_over = bool(success and failure and failure.event.at < success.event.at)
    as_before = AsBefore() if is_over else _as_before(failure, application=application, ip=ip)
    application, ip = application or as_before.application, ip or as_before.ip
    flow = _flow_for(application)
    asked = factor_asked(account, flow, application)
    findings = [
        *_about_assumed(as_before),
        *_about_tenant(),
        *_about_account(account),
        *_about_application(application),
        *_about_flow(flow),
        *about_invitation(account, flow),
        *_about_password(account, flow),
        *about_questions(account, flow),
        *_about_passkeys(account, flow),
        *_about_second_factor(asked),
        *_about_providers(account, flow),
        *about_mail(account, closes=_ways_by_mail(account, flow, asked)),
        *about_texts(account),
        *about_hooks(account, flow, application),
        *about_limits(account, ip, is_assumed=bool(as_before.ip)),
        *_about_sessions(account),
    ]
    problems = [each for each in findings if each.weight is Weight.PROBLEM]
    hindrances = [each for each in problems if not each.closes]
    closed = {method for each in problems for method in each.closes}
    ways = [each for each in flow.methods if each not in closed] if flow else []
    if ways:
        findings = [replace(each, weight=Weight.NOTE) if each.is_lacking else each for each in findings]
    elif flow:
        hindrances += [each for each in problems if {*each.closes} & {*flow.methods}]
    return SignInCheck(findings, [] if hindrances else ways, hindrances, success, failure)


@dataclass(frozen=True)
class AsBefore:
    """What is taken from the last failure, as nothing else was said: an application, an address of the network."""

    application: Application | None = None
    ip: str = ""


def _as_before(failure: Past | None, *, application: Application | None, ip: str) -> AsBefore:
    if failure is None:
        return AsBefore()
    client_id = "" if application else failure.event.client_id
    used = Application.objects.filter(client_id=client_id).first() if client_id else None
    return AsBefore(used, "" if ip else failure.event.ip or "")


def _about_assumed(as_before: AsBefore) -> Iterator[Finding]:
    told = []
    if as_before.application:
        told.append(_("Application: %(name)s.") % {"name": as_before.application.name})
    if as_before.ip:
        told.append(_("IP address: %(ip)s.") % {"ip": as_before.ip})
    if told:
        title, remedy = _("Checked as when it failed last"), _("Name others to check with those.")
        yield Finding(Weight.NOTE, title, " ".join(told), remedy)


def _about_tenant() -> Iterator[Finding]:
    tenant = current_tenant()
    if tenant is not None and tenant.state == Tenant.State.SUSPENDED:
        text = _("Every page tells everyone that sign-in is paused, and none of it appears in the log.")
        title, remedy = _("The tenant is suspended"), _("Resume it.")
        yield Finding(Weight.PROBLEM, title, text, remedy, place=RemedyPlace.DANGER_ZONE)


def _ways(methods: Sequence[str]) -> str:
    return joined([_spoken(each) for each in methods], are_choices=True)


def _spoken(method: str) -> str:
    """A method as it stands in a sentence; a provider by its name."""
    return method_name(method) if is_method(method) else method_label(method)


def _about_providers(account: Account, flow: UserFlow | None) -> Iterator[Finding]:
    """Whoever isn't linked with a provider has to show first which account is theirs."""
    linked = {each.provider_id for each in LinkedIdentity.objects.of_account(account.pk)}
    for provider_id in flow.rules.providers if flow else ():
        method, provider = method_of_provider(provider_id), known_providers().get(provider_id)
        name = {"name": provider.name if provider else _spoken(method)}
        if provider is None or not provider.is_on:
            title = _("%(name)s is switched off") % name
            yield Finding(Weight.PROBLEM, title, _("It doesn’t let anyone in."), closes=[method])
        elif provider_id not in linked:
            text = _(
                "Customers who come from there prove once, with a password or a code, that this account is theirs."
            )
            title = _("%(name)s isn’t linked") % name
            yield Finding(Weight.PROBLEM, title, text, closes=[method], is_lacking=True)
        else:
            yield Finding(Weight.FINE, _("%(name)s is linked") % name, _("It signs them in."))


def _day(moment: datetime) -> str:
    return date_format(moment, pgettext("date", "j F Y"))


def _flow_for(application: Application | None) -> UserFlow | None:
    if application is None:
        return default_flow()
    return flow_by_id(application.user_flow_id) if application.user_flow_id else None


def _about_account(account: Account) -> Iterator[Finding]:
    if account.standing == Standing.DELETED:
        since = _day(account.deleted_at) if account.deleted_at else ""
        words = _("Since %(day)s. It can be restored for %(days)d days.")
        text = words % {"day": since, "days": ACCOUNT_RESTORABLE_FOR.days}
        title, remedy = _("The account is deleted"), _("Restore it in time.")
        yield Finding(Weight.PROBLEM, title, text, remedy, place=RemedyPlace.CUSTOMER)
    elif account.standing == Standing.BLOCKED:
        text = _about_block(account)
        yield Finding(Weight.PROBLEM, _("The account is blocked"), text, _("Unblock it."), place=RemedyPlace.CUSTOMER)
    elif account.closes_at:
        words = _(
            "Its owner asked for that. If they sign in before %(day)s, they’re asked whether"
            " to keep it, and get in only if they do."
        )
        title, text = _("The account will be deleted"), words % {"day": _day(account.closes_at)}
        yield Finding(Weight.NOTE, title, text, place=RemedyPlace.CUSTOMER)
    else:
        yield Finding(
            Weight.FINE, _("The account is active"), _("%(address)s may sign in.") % {"address": account.email}
        )
    if account.email_verified:
        text = _("Its owner has shown that they read its mail, or someone who manages the tenant vouched for it.")
        yield Finding(Weight.FINE, _("The address is verified"), text)
    else:
        text = _("The first one-time code that they enter verifies it.")
        yield Finding(Weight.NOTE, _("The address isn’t verified"), text)


def _about_block(account: Account) -> str:
    """Since when, by whom and why, as far as it is known."""
    block: Block | None = getattr(account, "block", None)
    told = [_("No one can sign in with it, whatever they prove.")]
    if block is not None:
        words = _("Since %(day)s, by %(who)s.") if block.by else _("Since %(day)s.")
        told = [words % {"day": _day(block.since), "who": block.by}, *_reason_of(block), *told]
    if account.blocked_until:
        until = date_format(account.blocked_until, pgettext("date", "j F Y, H:i"))
        told.append(_("It ends %(moment)s UTC.") % {"moment": until})
    return " ".join(told)


def _reason_of(block: Block) -> list[str]:
    return [_("Reason: %(reason)s.") % {"reason": block.reason}] if block.reason else []


def _about_application(application: Application | None) -> Iterator[Finding]:
    if application is None:
        return
    if application.user_flow_id is None:
        yield Finding(
            Weight.PROBLEM,
            _("No customer signs in to this application"),
            _("%(application)s is a service and has no user flow.") % {"application": application.name},
            _("Choose the application that the customer uses."),
        )
        return
    if not application.redirect_uri_list:
        yield Finding(
            Weight.PROBLEM,
            _("The application has no redirect URI"),
            _("Every request of %(application)s is refused, as there is no address to return to.")
            % {"application": application.name},
            _("Register its redirect URI."),
            place=RemedyPlace.REDIRECT_URIS,
            about=str(application.client_id),
        )
    awaiting = [scope.full_name for scope in entitlements_by_id(application.client_id).awaiting]
    if awaiting:
        yield Finding(
            Weight.NOTE,
            _("An administrator has yet to consent"),
            _("A request of %(application)s that asks for one of these is refused: %(scopes)s.")
            % {"application": application.name, "scopes": ", ".join(awaiting)},
            _("Consent for all customers under the application’s permissions."),
            place=RemedyPlace.PERMISSIONS,
            about=str(application.client_id),
        )
    elif application.redirect_uri_list:
        text = _("%(application)s is set up for it.") % {"application": application.name}
        yield Finding(Weight.FINE, _("The application can ask for sign-ins"), text)


def _about_flow(flow: UserFlow | None) -> Iterator[Finding]:
    if flow is None:
        return
    text = _("It lets customers sign in with %(methods)s.") % {"methods": _ways(flow.methods)}
    if not flow.allows_sign_up:
        text += " " + _("No one can sign up with it.")
    elif flow.invited_only:
        text += " " + _("Only invited people can sign up with it.")
    title = _("The user flow is %(name)s") % {"name": flow.name}
    yield Finding(Weight.FINE, title, text, place=RemedyPlace.USER_FLOW, about=str(flow.pk))


def _about_password(account: Account, flow: UserFlow | None) -> Iterator[Finding]:
    if flow is None or PASSWORD not in flow.methods:
        return
    if account.needs_new_password:
        text = _("When customers sign in with the password, they have to choose a new one first.")
        yield Finding(Weight.NOTE, _("A new password is required"), text)
    if account.has_usable_password():
        return
    if account.password == ELSEWHERE and hook_for(hooks.policies.PASSWORD, str(flow.pk)):
        text = _("A hook checks what was typed. If it’s correct, it’s kept here.")
        yield Finding(Weight.NOTE, _("The password is still elsewhere"), text)
        return
    if is_invitation_open(account):
        # What is said of the invitation stands for it.
        return
    yield Finding(
        Weight.PROBLEM,
        _("The account has no password"),
        _("None was ever chosen, so anything typed is wrong."),
        _("The customer chooses one: Forgot password, on the page that asks for it."),
        closes=[PASSWORD],
        is_lacking=True,
        place=RemedyPlace.CUSTOMER_SIGN_IN,
    )


def _about_passkeys(account: Account, flow: UserFlow | None) -> Iterator[Finding]:
    lacking = passkey_lacking(account, flow)
    if lacking is not None:
        weight, closes = (Weight.PROBLEM, [PASSKEY]) if lacking.is_closed else (Weight.NOTE, [])
        place = RemedyPlace.CUSTOMER_SIGN_IN
        yield Finding(weight, lacking.title, lacking.text, closes=closes, is_lacking=True, place=place)


def _about_second_factor(asked: FactorAsked | None) -> Iterator[Finding]:
    if asked is not None:
        yield Finding(Weight.PROBLEM if asked.is_closed else Weight.NOTE, asked.title, asked.text, asked.remedy)


def _ways_by_mail(account: Account, flow: UserFlow | None, asked: FactorAsked | None) -> Sequence[str]:
    """The methods that are closed without mail; none by name, where each sign-in needs a code by email."""
    if asked and asked.is_mailed:
        return ()
    lacking = passkey_lacking(account, flow)
    return BY_MAIL if lacking is None or lacking.is_closed else (*BY_MAIL, PASSKEY)


def _about_sessions(account: Account) -> Iterator[Finding]:
    alive = Session.objects.of_account(account.pk).alive().count()
    if alive:
        title = ngettext("Signed in in one browser", "Signed in in %(count)d browsers", alive) % {"count": alive}
        text = _("There they continue directly, unless an application asks them to sign in again.")
        yield Finding(Weight.FINE, title, text)


def _past_of(account: Account) -> tuple[Past | None, Past | None]:
    events = Event.objects.of_account(account.pk).newest_first()
    success = events.filter(action="customer.signed_in").first()
    failure = events.failures().filter(action__in=TRIES).first()
    return _past(success), _past(failure)


def _past(event: Event | None) -> Past | None:
    return Past(event, sentence_of(event), explain(event)) if event else None
