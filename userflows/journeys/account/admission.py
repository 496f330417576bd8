"""Who isn't let sign up by their address or their age. Told on a page of its own, and noted.

Whoever turned out to be too young for a flow can't try again with another date in the same browser for a day, nor at a
flow for people of that age or older: a signed cookie holds the flow's age, and nothing of theirs.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Account
from audit.reasons import Reason
from common.text.dates import iso_date
from common.text.time_zones import zone_named
from tenants.lookup import current_tenant
from tenants.postgresql import current_schema
from userflows.admission.ages import age_on, may_be_alive
from userflows.admission.domains import domain_of, is_taken
from userflows.admission.rules import AdmissionRules
from userflows.forms.attributes import AttributeValuesForm
from userflows.forms.fields import NOT_A_BIRTH
from userflows.journeys.events import record_not_admitted
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.state import SIGN_UP

BARRED_COOKIE = "__Host-barred" if settings.SESSION_COOKIE_NAME.startswith("__Host-") else "barred"
BARRED_FOR = timedelta(days=1)


class NotAdmitted(Exception):
    """The flow lets this customer have no account, for this reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class SignUpClosed(Exception):
    """Somebody has no account, and nobody new can sign up."""


def is_closed(journey: Journey) -> bool:
    """Whether nobody can sign up here, or only who was invited, and somebody has proved who they are who wasn't."""
    if journey.purpose != SIGN_UP:
        return False
    is_nobody_known = journey.account_id is None and bool(journey.state.counting)
    rules = journey.rules
    return not (rules.allows_sign_up if is_nobody_known else rules.has_sign_up)


def check_open(journey: Journey) -> None:
    """Before anybody goes on to an account of their own. Raises `SignUpClosed` if nobody can."""
    if is_closed(journey):
        raise SignUpClosed


def check_address(journey: Journey) -> None:
    """Before anybody goes on to an account of their own. Raises `NotAdmitted` if their address isn't taken."""
    signs_up = journey.purpose == SIGN_UP and journey.account_id is None
    if signs_up and journey.email and not is_taken(journey.email, journey.rules.admission):
        raise NotAdmitted(Reason.ADDRESS_NOT_TAKEN)


def check_age(journey: Journey, answers: Mapping[str, Any], *, of_all: bool = False) -> None:
    """Before anything is kept of these answers. Raises `NotAdmitted` if by them somebody is too young.

    Where these are `of_all` pages, a date that is missing or can't be is as good as one that is too late.
    """
    rules = journey.rules.admission
    if not rules.minimum_age or (rules.birth_attribute not in answers and not of_all):
        return
    born = iso_date(str(answers.get(rules.birth_attribute) or ""))
    if not born or age_on(today(), born=date.fromisoformat(born)) < rules.minimum_age:
        raise NotAdmitted(Reason.TOO_YOUNG)


def judge_birth(journey: Journey, form: AttributeValuesForm) -> bool:
    """Whether the date of birth on a page that is right, if it asks for one, can be one; if it can't, the page says so.

    Raises `NotAdmitted`.
    """
    rules, answers = journey.rules.admission, form.attributes()
    born = iso_date(str(answers.get(rules.birth_attribute) or "")) if rules.minimum_age else ""
    if born and not may_be_alive(today(), born=date.fromisoformat(born)):
        form.add_error(rules.birth_attribute, NOT_A_BIRTH)
        return False
    check_age(journey, answers)
    return True


def judge_changed_birth(rules: AdmissionRules, account: Account, form: AttributeValuesForm) -> bool:
    """Whether the date of birth that a customer changes on a page that is right, if they do, is one by which they could
    sign up; if it isn't, the page says so.
    """
    name, answers = rules.birth_attribute, form.attributes()
    if not rules.minimum_age or name not in answers:
        return True
    born, before = (iso_date(str(value or "")) for value in (answers[name], account.attribute(name)))
    if born == before or (born and _is_of_age(rules, date.fromisoformat(born))):
        return True
    form.add_error(name, NOT_A_BIRTH)
    return False


def _is_of_age(rules: AdmissionRules, born: date) -> bool:
    return may_be_alive(today(), born=born) and age_on(today(), born=born) >= rules.minimum_age


def check_browser(request: HttpRequest, journey: Journey) -> None:
    """Raises `NotAdmitted` if somebody was too young for this flow's age in this browser within a day."""
    if _is_barred(request, journey.rules.admission.minimum_age):
        raise NotAdmitted(Reason.TOO_YOUNG)


def turn_away(request: HttpRequest, journey: Journey, reason: Reason, *, step: str) -> HttpResponse:
    """Note it, and tell them. Whoever was too young is so in this browser for a day, from this flow's age on."""
    record_not_admitted(request, journey, step=step, reason=reason)
    is_too_young, age = reason == Reason.TOO_YOUNG, journey.rules.admission.minimum_age
    context = {"is_too_young": is_too_young, "domain": domain_of(journey.email), "rules": journey.rules}
    response = render_customer(request, "customer/not_admitted.html", context, status=403)
    if is_too_young and not _is_barred(request, age):
        response.set_cookie(
            BARRED_COOKIE,
            signing.dumps(age, salt=_salt()),
            max_age=BARRED_FOR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def today() -> date:
    """The day that it is where the tenant is."""
    tenant = current_tenant()
    return timezone.localdate(timezone=zone_named(tenant.time_zone if tenant else ""))


def _is_barred(request: HttpRequest, age: int) -> bool:
    try:
        barred_from = signing.loads(request.COOKIES.get(BARRED_COOKIE, ""), salt=_salt(), max_age=BARRED_FOR)
    except signing.BadSignature:
        return False
    return bool(age >= barred_from)


def _salt() -> str:
    """What one tenant has signed is worth nothing at another."""
    return f"too young for an age {current_schema()}"
