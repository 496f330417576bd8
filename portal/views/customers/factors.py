"""Taking away what a customer proves themself by, who has lost it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.factors.recoveries import factors_kept
from accounts.identity.services.accounts import judged_reason
from accounts.models import Account, Passkey, Standing
from accounts.sessions.services import sign_out_everywhere
from audit.services import Actor
from bulk.forms.actions import FactorRemovalForm
from portal.forms.customers.factors import APP, PHONE, SESSIONS, LostPhoneForm
from portal.views.customers.changes import Change, page_of
from portal.views.customers.pages import customer_page
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest
from tenants.models import Tenant
from userflows.factors import recoveries
from userflows.factors.passkeys import remove_lost_passkey
from userflows.factors.phones import remove_lost_phone
from userflows.factors.services import remove_second_factor


def _has_app(account: Account) -> bool:
    return account.has_app and account.standing != Standing.DELETED


remove = page_of(
    Change(
        title=_("Remove the authenticator app"),
        button=_("Remove authenticator app"),
        done=_("The authenticator app was removed."),
        told=lambda _account: [
            _("They sign in with the first factor alone, and are asked to set up another app where that is required."),
            _("Their recovery codes stop working, and their remembered browsers are forgotten."),
            _(
                "They’re notified by email. Make sure you know who is asking: someone who has"
                " stolen a password asks for the same."
            ),
        ],
        do=lambda account, form, actor: remove_second_factor(account, reason=form.cleaned_data["reason"], actor=actor),
        is_for=_has_app,
        form=lambda _account, data: FactorRemovalForm(data),
        is_danger=True,
    ),
    needs=Need.CUSTOMERS_CHANGE,
    asks_for_proof=True,
)


def _has_phone(account: Account) -> bool:
    return bool(account.phone_number) and account.standing != Standing.DELETED


remove_phone = page_of(
    Change(
        title=_("Remove the phone number"),
        button=_("Remove phone number"),
        done=_("The phone number was removed."),
        told=lambda account: [
            gettext("No more codes are sent to %(number)s.") % {"number": account.phone_number},
            _("They sign in with the first factor alone, and confirm another number where a second one is required."),
            _(
                "They’re notified by email. Make sure you know who is asking: someone who has"
                " stolen a password asks for the same."
            ),
        ],
        do=lambda account, form, actor: remove_lost_phone(account, reason=form.cleaned_data["reason"], actor=actor),
        is_for=_has_phone,
        form=lambda _account, data: FactorRemovalForm(data),
        is_danger=True,
    ),
    needs=Need.CUSTOMERS_CHANGE,
    asks_for_proof=True,
)


def _take_lost_away(account: Account, form: LostPhoneForm, actor: Actor) -> None:
    lost, reason = form.cleaned_data["lost"], judged_reason(form.cleaned_data["reason"])
    with transaction.atomic():
        if APP in lost:
            remove_second_factor(account, reason=reason, actor=actor)
        if PHONE in lost:
            remove_lost_phone(account, reason=reason, actor=actor)
        for passkey in (passkey for value, passkey in form.passkeys.items() if value in lost):
            remove_lost_passkey(passkey, reason=reason, actor=actor)
        if SESSIONS in lost:
            sign_out_everywhere(account, reason=reason, actor=actor)


lost_phone = page_of(
    Change(
        title=_("Lost phone"),
        button=_("Take away"),
        done=_("What you ticked was taken away from %(email)s."),
        told=lambda _account: [
            _("They sign in with what is left, and are asked to set up another factor where one is required."),
            _("We’ll email them what was removed, unless you only end their sessions."),
            _("Make sure you know who is asking: someone who has stolen a password asks for the same."),
        ],
        do=_take_lost_away,
        is_for=lambda account: account.standing != Standing.DELETED,
        form=LostPhoneForm,
        is_danger=True,
    ),
    needs=Need.CUSTOMERS_CHANGE,
    asks_for_proof=True,
)


def _waits(account: Account) -> bool:
    return account.recovers_at is not None and account.standing != Standing.DELETED


def _has_kept_factors(account: Account) -> bool:
    return account.standing != Standing.DELETED and factors_kept(account) is not None


recovery_stop = page_of(
    Change(
        title=_("Stop the recovery"),
        button=_("Stop recovery"),
        done=_("The recovery of %(email)s was stopped."),
        told=lambda _account: [
            _("Their factors are asked for as before. They’re notified by email."),
            _("The person who asked can ask again. If it wasn’t the customer, remove the password as well."),
        ],
        do=lambda account, _form, actor: recoveries.stop(account, actor=actor),
        is_for=_waits,
    )
)
recovery_hasten = page_of(
    Change(
        title=_("End the wait now"),
        button=_("End the wait"),
        done=_("%(email)s can sign in without the factors that were lost."),
        told=lambda _account: [
            _("Their authenticator app, recovery codes, passkeys and phone number stop counting immediately."),
            _("They are signed out everywhere, and no browser is remembered for them."),
            _("The wait lets the owner stop someone else. Make sure you know who is asking."),
        ],
        do=lambda account, form, actor: recoveries.hasten(account, reason=form.cleaned_data["reason"], actor=actor),
        is_for=_waits,
        form=lambda _account, data: FactorRemovalForm(data),
        is_danger=True,
    ),
    needs=Need.CUSTOMERS_RECOVER,
    asks_for_proof=True,
)
factors_return = page_of(
    Change(
        title=_("Give the factors back"),
        button=_("Give back"),
        done=_("%(email)s has their factors back."),
        told=lambda _account: [
            _("What counted before the recovery counts again; what was set up since then is removed."),
            _("They are signed out everywhere. Remove the password as well, if someone else knows it."),
        ],
        do=lambda account, form, actor: recoveries.give_back(account, reason=form.cleaned_data["reason"], actor=actor),
        is_for=_has_kept_factors,
        form=lambda _account, data: FactorRemovalForm(data),
    ),
    needs=Need.CUSTOMERS_CHANGE,
    asks_for_proof=True,
)


@customer_page(needs=Need.CUSTOMERS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_passkey(request: PortalRequest, tenant: Tenant, account: Account, passkey_id: UUID) -> HttpResponse:
    """Take one of the customer's passkeys away."""
    passkey = get_object_or_404(Passkey.objects.of_account(account.pk).select_related("account"), pk=passkey_id)
    form = FactorRemovalForm(sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            remove_lost_passkey(passkey, reason=form.cleaned_data["reason"], actor=request.actor)
            messages.success(request, gettext("The passkey %(name)s was removed.") % {"name": passkey.name})
            return redirect("portal:customer-sign-in", tenant.slug, account.pk)
    change = Change(
        title=gettext("Remove the passkey %(name)s") % {"name": passkey.name},
        button=_("Remove passkey"),
        done="",
        told=lambda _account: [
            _("They can no longer sign in with it, and their remembered browsers are forgotten."),
            _("They sign in another way that the user flow offers, and can create a new one there."),
            _(
                "They’re notified by email. Make sure you know who is asking: someone who has"
                " stolen a password asks for the same."
            ),
        ],
        do=lambda *_: None,
        is_danger=True,
    )
    context = {"account": account, "change": change, "told": change.told(account), "form": form}
    return render(request, "portal/customers/change.html", context)
