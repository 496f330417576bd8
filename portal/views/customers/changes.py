"""What is done to one customer. Each has a page of its own, which says before what will happen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.credentials.services.passwords import has_password, remove_password, require_new_password
from accounts.errors import EmailAddressTaken
from accounts.identity.services.accounts import (
    delete_account,
    disable_account,
    enable_account,
    restore_account,
)
from accounts.identity.services.closing import take_deletion_back
from accounts.models import ACCOUNT_RESTORABLE_FOR, Account, Session, Standing
from accounts.sessions.services import sign_out_everywhere
from audit.services import Actor
from bulk.forms.actions import BlockForm
from common.problems import Refused
from mail.sending.transports import keeps_messages
from operations.customers import purge_customer, withdraw_invitation
from portal.forms.customers.changes import AddressForm, PurgeForm
from portal.views.customers.customer_page import locks_of, taken
from portal.views.customers.pages import customer_page
from portal.views.mailed import tell_mailed
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent, show_problems
from portal_frame.pages import PortalRequest, View
from providers.models import LinkedIdentity
from tenants.models import Tenant
from userflows.journeys.account.linking import unlink_and_tell
from userflows.journeys.attempts.lockouts import lift_lockout
from userflows.links.services import (
    give_another_address,
    send_invitation_again,
    send_password_link,
)

TOKENS_STAY = _("Access tokens that applications check themselves stay valid until they expire.")


@dataclass(frozen=True)
class Change:
    """Something that can be done to a customer: what its page says, and what does it.

    `told` is what will happen, in sentences; `done` what is said afterwards; `is_for` whether it can be done now. `do`
    may raise `Refused`. `mails` says that what it does is to send a link. `then` is the URL name of the page that
    follows, "" for the list.
    """

    title: str | Promise
    button: str | Promise
    done: Any
    told: Callable[[Account], Sequence[str | Promise]]
    do: Callable[[Account, Any, Actor], object]
    is_for: Callable[[Account], bool] = lambda _account: True
    form: Callable[..., forms.Form] | None = None
    is_danger: bool = False
    mails: bool = False
    then: str = "customer-sign-in"


def page_of(change: Change, *, needs: Need = Need.CUSTOMERS_CHANGE, asks_for_proof: bool = False) -> View:
    """The page on which this is confirmed."""

    @customer_page(needs=needs, asks_for_proof=asks_for_proof)
    @require_http_methods(["GET", "HEAD", "POST"])
    def page(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
        if not change.is_for(account):
            messages.warning(request, gettext("Nothing was done: the customer’s state has changed in the meantime."))
            return redirect("portal:customer-sign-in", tenant.slug, account.pk)
        form = change.form(account, sent(request)) if change.form else None
        if request.method == "POST" and (form is None or form.is_valid()):
            problems = _done(change, account, form, request.actor)
            if problems is None:
                tell = tell_mailed if change.mails else messages.success
                tell(request, change.done % {"email": account.email})
                named = [tenant.slug, account.pk] if change.then else [tenant.slug]
                return redirect(f"portal:{change.then or 'customers'}", *named)
            if form is None:
                messages.error(request, " ".join(problems.messages))
                return redirect("portal:customer-sign-in", tenant.slug, account.pk)
            show_problems(form, problems)
        mail_stays = change.mails and keeps_messages()
        told = change.told(account)
        context = {"account": account, "change": change, "told": told, "form": form, "mail_stays": mail_stays}
        return render(request, "portal/customers/change.html", context)

    return page


def _done(change: Change, account: Account, form: forms.Form | None, actor: Actor) -> Refused | None:
    try:
        change.do(account, form, actor)
    except Refused as refusal:
        return refusal
    return None


def _is(*standings: Standing) -> Callable[[Account], bool]:
    return lambda account: account.standing in standings


def _is_kept(account: Account) -> bool:
    return account.standing != Standing.DELETED


def _browsers(account: Account) -> str:
    count = Session.objects.of_account(account.pk).alive().count()
    if not count:
        return gettext("They are signed in nowhere at the moment.")
    return ngettext(
        "They are signed out of %(count)d browser and of every application.",
        "They are signed out of %(count)d browsers and of every application.",
        count,
    ) % {"count": count}


block = page_of(
    Change(
        title=_("Block"),
        button=_("Block customer"),
        done=_("%(email)s was blocked."),
        told=lambda account: [
            gettext("They can no longer sign in. Pages show them what anyone with a wrong password or code sees."),
            _browsers(account),
            TOKENS_STAY,
        ],
        do=lambda account, form, actor: disable_account(
            account, reason=form.cleaned_data["reason"], until=form.until(), actor=actor
        ),
        is_for=_is(Standing.ACTIVE, Standing.INVITED),
        form=lambda _account, data: BlockForm(data),
        is_danger=True,
    )
)
unblock = page_of(
    Change(
        title=_("Unblock"),
        button=_("Unblock customer"),
        done=_("%(email)s can sign in again."),
        told=lambda account: [
            gettext("They can sign in again at once, as before."),
            *[
                f"{lock.what} {gettext('This still keeps them out until it ends, or you lift it.')}"
                for lock in locks_of(account)
            ],
        ],
        do=lambda account, _form, actor: enable_account(account, actor=actor),
        is_for=_is(Standing.BLOCKED),
    )
)
unlock = page_of(
    Change(
        title=_("Lift the lockout"),
        button=_("Lift lockout"),
        done=_("%(email)s can try again."),
        told=lambda account: [
            *[lock.what for lock in locks_of(account)],
            gettext(
                "Counting starts over, for this customer only. Anyone guessing at the account can guess again, too."
            ),
        ],
        do=lambda account, _form, actor: lift_lockout(account, actor=actor),
        is_for=_is_kept,
    )
)
password_link = page_of(
    Change(
        title=_("Send a link to a new password"),
        button=_("Send link"),
        done=_("A link is on its way to %(email)s."),
        told=lambda account: [
            gettext("We’ll email %(email)s a link. It works once, within a day.") % {"email": account.email},
            gettext("Their current password stays valid until they choose another one."),
        ],
        do=lambda account, _form, actor: send_password_link(account, actor=actor),
        mails=True,
        is_for=_is(Standing.ACTIVE, Standing.INVITED),
    )
)
password_remove = page_of(
    Change(
        title=_("Remove the password"),
        button=_("Remove password"),
        done=_("The password of %(email)s was removed."),
        told=lambda account: [
            gettext("No one can sign in with it any longer."),
            gettext(
                "They choose another one with “Forgot password”, or sign in with a code where"
                " the user flow offers that."
            ),
            _browsers(account),
        ],
        do=lambda account, _form, actor: remove_password(account, actor=actor),
        is_for=lambda account: _is_kept(account) and has_password(account),
        is_danger=True,
    )
)
password_require = page_of(
    Change(
        title=_("Require a new password"),
        button=_("Require new password"),
        done=_("%(email)s has to choose another password at the next sign-in."),
        told=lambda _account: [
            gettext("The next time they sign in with their current password, they have to choose another one first."),
            gettext("They stay signed in where they are now. End their sessions, too, if someone else may know it."),
        ],
        do=lambda account, _form, actor: require_new_password(account, actor=actor),
        is_for=lambda account: _is_kept(account) and account.has_usable_password() and not account.needs_new_password,
    )
)
end_sessions = page_of(
    Change(
        title=_("End all sessions"),
        button=_("End all sessions"),
        done=_("%(email)s was signed out everywhere."),
        told=lambda account: [_browsers(account), gettext("They can sign in again at once."), TOKENS_STAY],
        do=lambda account, _form, actor: sign_out_everywhere(account, actor=actor),
        is_for=_is_kept,
        is_danger=True,
    )
)
delete = page_of(
    Change(
        title=_("Delete"),
        button=_("Delete customer"),
        done=_("%(email)s was deleted, and can be restored for 30 days."),
        told=lambda account: [
            gettext("They can no longer sign in."),
            _browsers(account),
            gettext("For %(days)d days the account can be restored as it was; its address stays taken.")
            % {"days": ACCOUNT_RESTORABLE_FOR.days},
            gettext("Then it’s permanently deleted."),
        ],
        do=lambda account, _form, actor: delete_account(account, actor=actor),
        is_for=_is_kept,
        is_danger=True,
    )
)
restore = page_of(
    Change(
        title=_("Restore"),
        button=_("Restore customer"),
        done=_("%(email)s was restored."),
        told=lambda _account: [
            gettext("The account is as it was, with its groups, roles and what it allows applications."),
            gettext("They have to sign in again."),
        ],
        do=lambda account, _form, actor: restore_account(account, actor=actor),
        is_for=_is(Standing.DELETED),
    )
)
keep = page_of(
    Change(
        title=_("Keep the account"),
        button=_("Keep account"),
        done=_("The account of %(email)s stays."),
        told=lambda account: [
            gettext("%(email)s asked to delete the account. It stays as it is instead.") % {"email": account.email},
            gettext("They were signed out everywhere and have to sign in again. Tell them yourself: no email is sent."),
        ],
        do=lambda account, _form, actor: take_deletion_back(account, actor=actor),
        is_for=lambda account: _is_kept(account) and account.closes_at is not None,
        then="customer",
    )
)
purge = page_of(
    Change(
        title=_("Delete permanently"),
        button=_("Delete permanently"),
        done=_("%(email)s was permanently deleted."),
        told=lambda _account: [
            gettext("The account is deleted immediately, with its sessions, tokens, groups, roles and consents."),
            gettext("Nothing brings it back. Events keep the address until they are pruned."),
        ],
        do=lambda account, _form, actor: purge_customer(account, actor=actor),
        form=lambda account, data: PurgeForm(data, account=account),
        is_danger=True,
        then="",
    ),
    needs=Need.CUSTOMERS_PURGE,
    asks_for_proof=True,
)
invite_again = page_of(
    Change(
        title=_("Send the invitation again"),
        button=_("Send again"),
        done=_("Another link is on its way to %(email)s."),
        told=lambda account: [
            gettext("We’ll email %(email)s a link. It works once, within 7 days.") % {"email": account.email},
            gettext("The link sent earlier no longer works."),
        ],
        do=lambda account, _form, actor: send_invitation_again(account, actor=actor),
        mails=True,
        is_for=_is(Standing.INVITED),
    )
)
uninvite = page_of(
    Change(
        title=_("Withdraw the invitation"),
        button=_("Withdraw invitation"),
        done=_("The invitation of %(email)s was withdrawn."),
        told=lambda _account: [
            gettext("The link that was sent no longer works."),
            gettext("The account that waited for its owner is removed, so the address is free again."),
        ],
        do=lambda account, _form, actor: withdraw_invitation(account, actor=actor),
        is_for=_is(Standing.INVITED),
        is_danger=True,
        then="",
    )
)


@customer_page(needs=Need.CUSTOMERS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def email(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
    """Give the customer another address."""
    form = AddressForm(sent(request), account=account)
    if form.is_valid():
        try:
            with ProblemsShownAt(form):
                give_another_address(account, email=form.cleaned_data["email"], actor=request.actor)
                messages.success(request, gettext("The email address was changed."))
                return redirect("portal:customer", tenant.slug, account.pk)
        except EmailAddressTaken:
            form.add_error("email", taken(tenant, form.cleaned_data["email"]))
    told = [
        gettext(
            "From then on they sign in with the new address. It counts as not verified until "
            "they enter a code sent to it."
        ),
        gettext("We’ll email %(email)s that the address was changed, but not to which one.") % {"email": account.email},
        gettext("Codes and links sent to the old address no longer work."),
    ]
    context = {"account": account, "form": form, "told": told}
    return render(request, "portal/customers/email.html", context)


@customer_page(needs=Need.CUSTOMERS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def unlink_provider(request: PortalRequest, tenant: Tenant, account: Account, identity_id: UUID) -> HttpResponse:
    """Unlink one of the customer's identity providers: they sign in with it no more."""
    linked = get_object_or_404(LinkedIdentity.objects.of_account(account.pk), pk=identity_id)
    name = linked.provider.name
    if request.method == "POST":
        unlink_and_tell(account, linked=linked, actor=request.actor)
        told = _("%(email)s is unlinked from %(name)s.") % {"email": account.email, "name": name}
        messages.success(request, told)
        return redirect("portal:customer-sign-in", tenant.slug, account.pk)
    change = Change(
        title=_("Unlink %(name)s") % {"name": name},
        button=_("Unlink"),
        done="",
        told=lambda _account: [
            _("They can no longer sign in with %(name)s, and are notified by email.") % {"name": name},
            _("They sign in with a code or a new password, where the user flow offers that, and can link it again."),
            _("They stay signed in where they are."),
        ],
        do=lambda *_: None,
        is_danger=True,
    )
    context = {"account": account, "change": change, "told": change.told(account), "form": None}
    return render(request, "portal/customers/change.html", context)
