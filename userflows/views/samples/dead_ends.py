"""Signed out, and where a journey can't go on."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from branding.look import Look
from branding.preview.samples import Sample, SampleGroup
from tenants.lookup import current_tenant
from userflows.forms.pages import when_to_try_again
from userflows.models import Journey
from userflows.views.samples.cast import SAMPLE_HOST, sample_account, sample_journey

SECONDS = 300


def _journey(_look: Look) -> dict[str, Any]:
    journey = sample_journey()
    return {"journey": journey, "rules": journey.rules}


def _sign_out(_look: Look) -> dict[str, Any]:
    return {"account": sample_account()}


def _account_exists(_look: Look) -> dict[str, Any]:
    return {"journey": sample_journey(purpose=Journey.Purpose.SIGN_UP)}


def _not_admitted(look: Look) -> dict[str, Any]:
    return {**_account_exists(look), **_journey(look), "is_too_young": False, "domain": SAMPLE_HOST}


def _turned_away(_look: Look) -> dict[str, Any]:
    return {"title": "", "message": _("You can't create an account here. If you already have one, sign in.")}


def _try_again(_look: Look) -> dict[str, Any]:
    return {"is_limited": True, "sentence": when_to_try_again(SECONDS)}


def _already(look: Look) -> dict[str, Any]:
    return {"application_name": look.tenant_name}


def _out_of_service(_look: Look) -> dict[str, Any]:
    return {"tenant": current_tenant()}


def _page(key: str, name: Any, context: Any, group: SampleGroup = SampleGroup.DEAD_ENDS) -> Sample:
    return Sample(key, name, f"customer/{key}.html", context, group)


SAMPLES = (
    _page("sign_out", _("Sign out?"), _sign_out, SampleGroup.SIGN_OUT),
    _page("signed_out", _("You are signed out"), _journey, SampleGroup.SIGN_OUT),
    _page("expired", _("This page has expired"), _journey),
    _page("unknown_journey", _("Sign-in can't continue here"), _journey),
    _page("already_signed_in", _("You're already signed in"), _already),
    _page("account_exists", _("You already have an account"), _account_exists),
    _page("closed", _("Sign-up isn't available"), _account_exists),
    _page("not_admitted", _("Use another email address"), _not_admitted),
    _page("turned_away", _("You can't continue"), _turned_away),
    _page("not_enough", _("You can't sign in this way"), _journey),
    _page("held_up", _("Try again in a moment"), _journey),
    _page("try_again", _("Too many attempts"), _try_again),
    _page("out_of_service", _("Sign-in unavailable"), _out_of_service),
)
