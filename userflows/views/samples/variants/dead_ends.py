"""Links, sign-out and dead ends, otherwise than most see them."""

from copy import copy
from typing import Any

from django.utils.translation import gettext_lazy as _

from branding.look import Look
from tenants.lookup import current_tenant
from tenants.models import Tenant
from userflows.forms.pages import when_to_try_again
from userflows.journeys.dead_ends import OUT_OF_DATE
from userflows.steps.provider.callback import MANY_SIGN_IN
from userflows.views.customer.own_account.email import TAKEN_MEANWHILE
from userflows.views.samples import dead_ends, links
from userflows.views.samples.cast import SAMPLE_REFERENCE, sample_people
from userflows.views.samples.variants.telling import DAYS, HOURS, WITHOUT_PASSWORD, varied


def _closed(_look: Look) -> dict[str, Any]:
    tenant = copy(current_tenant())
    if tenant:
        tenant.state = Tenant.State.DELETED
    return {"tenant": tenant}


def _people(_look: Look) -> dict[str, Any]:
    return {"people": sample_people()}


def _named(look: Look) -> dict[str, Any]:
    return {"application_name": look.tenant_name}


def _from_application(look: Look) -> dict[str, Any]:
    return {**_named(look), "application_url": "#"}


_of = varied((*links.SAMPLES, *dead_ends.SAMPLES))
BRANDED: dict[str, Any] = {"frame": "errors/_branded.html", "reference": SAMPLE_REFERENCE}
VARIANTS = (
    _of("link_password", "without_password", WITHOUT_PASSWORD, takes_passwords=False),
    _of("owners_link", "without_password", WITHOUT_PASSWORD, has_password=False),
    _of("undo_email", "without_password", WITHOUT_PASSWORD, has_password=False),
    _of("undo_email", "taken", _("This address has an account already"), refusal=TAKEN_MEANWHILE),
    _of("signed_out", "people", _("Choose an account"), _people),
    _of("signed_out", "onward", _("One moment"), continue_to="#"),
    _of("unknown_journey", "application", _("Sign in"), _named),
    _of("unknown_journey", "back", _("Back to the app"), _from_application),
    _of("already_signed_in", "too_late", OUT_OF_DATE, too_late=OUT_OF_DATE, onward="#"),
    _of("not_admitted", "too_young", _("You can't create an account"), is_too_young=True),
    _of("try_again", "hours", _("Try again in a moment"), lambda _look: {"sentence": when_to_try_again(HOURS)}),
    _of("try_again", "days", _("Account blocked"), lambda _look: {"sentence": when_to_try_again(DAYS)}),
    _of("try_again", "crowded", MANY_SIGN_IN, sentence=MANY_SIGN_IN, is_limited=False),
    _of("out_of_service", "closed", _("This sign-in page has closed"), _closed),
    _of("expired", "form", _("Reload the page"), template="errors/expired_form.html", **BRANDED),
    _of("expired", "not_found", _("Page not found"), template="errors/not_found.html", **BRANDED),
    _of("expired", "unreadable", _("Something went wrong"), template="errors/bad_request.html", **BRANDED),
    _of("expired", "opened", _("You can't open this page directly"), template="errors/wrong_method.html", **BRANDED),
    _of("expired", "no_tenant", _("Go to the home page"), template="errors/no_tenant.html"),
    _of("expired", "too_large", _("That's too large"), template="errors/too_large.html"),
    _of("expired", "unavailable", _("Try again in a moment"), template="errors/unavailable.html"),
)
