"""How long people stay signed in to a tenant."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.credentials.policies import CODE_DIGITS
from accounts.credentials.services.codes import LIFETIME, MAX_WRONG_TRIES
from accounts.sessions.rules import SessionRules, describe
from accounts.sessions.services import apply
from portal.forms.settings.sessions import FIELD_OF, MINUTES_IN, SessionRulesForm
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from tenants.models import Tenant
from userflows.journeys.attempts.limits import CODES_SENT, PASSWORDS, PASSWORDS_FROM_HERE, SIGN_UPS, WRONG_CODES

MINUTES_OF_CODES = int(LIFETIME.total_seconds() // 60)

IN_MINUTES = PASSWORDS_FROM_HERE.seconds // 60


@tenant_page(needs=Need.SETTINGS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    rules = describe()
    form = SessionRulesForm(sent(request), kept=_kept(rules), version=rules.version, are_administrators=tenant.is_home)
    if form.is_valid():
        with ProblemsShownAt(form, FIELD_OF):
            apply(
                SessionRules(**{"offers_several": False, **form.cleaned_data}),
                expected_version=form.current,
                actor=request.actor,
            )
            said = gettext("Saved. Shorter times apply immediately, longer ones from the next sign-in.")
            messages.success(request, said)
            return redirect("portal:tenant-sessions", tenant.slug)
    page = {
        "tenant": tenant,
        "form": form,
        "rules_for_all": _rules_for_all(),
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
    }
    return render(request, "portal/tenants/sessions.html", page)


def _rules_for_all() -> dict[str, str]:
    """What holds for every tenant, by what it is about."""
    wrong = gettext(
        "For each account, %(near)d tries in %(minutes)d minutes from one network and %(far)d an hour from "
        "everywhere. Browsers where the customer has signed in before have their own tries, and a link by email "
        "always lets the owner continue, so strangers can’t lock anyone out."
    )
    codes = gettext(
        "Valid for %(minutes)d minutes and %(tries)d tries; %(wrong)d wrong ones an hour for an account, %(sent)d "
        "emails an hour to an address. They get longer while someone is guessing."
    )
    of_passwords = {"near": PASSWORDS_FROM_HERE.attempts, "far": PASSWORDS.attempts, "minutes": IN_MINUTES}
    of_codes = {"minutes": MINUTES_OF_CODES, "tries": MAX_WRONG_TRIES}
    of_codes |= {"wrong": WRONG_CODES.attempts, "sent": CODES_SENT.attempts}
    return {
        gettext("Wrong passwords"): wrong % of_passwords,
        gettext("%(digits)d-digit codes") % {"digits": CODE_DIGITS}: codes % of_codes,
        gettext("Sign-ups"): gettext("%(number)d an hour from one network.") % {"number": SIGN_UPS.attempts},
    }


def _kept(rules: SessionRules) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "offers_stay": rules.offers_stay,
        "stay_days": rules.stay_days,
        "offers_several": rules.offers_several,
    }
    for name, minutes in (("idle", rules.idle_minutes), ("lifetime", rules.lifetime_minutes)):
        kept[f"{name}_amount"], kept[f"{name}_unit"] = _amount_of(minutes)
    return kept


def _amount_of(minutes: int) -> tuple[int, str]:
    """The time in the largest unit that it is a whole number of."""
    unit = max((int(unit) for unit, _ in MINUTES_IN if minutes % int(unit) == 0), default=1)
    return minutes // unit, str(unit)
