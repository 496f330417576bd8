"""Where links from emails lead."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import UNDO_FOR
from branding.look import Look
from branding.preview.samples import Sample, SampleGroup
from userflows.views.samples.cast import (
    SAMPLE_ADDRESS,
    SAMPLE_CODE,
    SAMPLE_PLACE,
    sample_change,
    sample_journey,
    step_page,
)


def _invitation(_look: Look) -> dict[str, Any]:
    return {"is_invitation": True, "email": SAMPLE_ADDRESS}


def _new_password(_look: Look) -> dict[str, Any]:
    return {"is_invitation": False, "takes_passwords": True, "email": SAMPLE_ADDRESS}


def _open(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey())


def _elsewhere(_look: Look) -> dict[str, Any]:
    return {"code": SAMPLE_CODE, "from_where": SAMPLE_PLACE, "opened_at": timezone.now()}


def _owners(_look: Look) -> dict[str, Any]:
    return {"email": SAMPLE_ADDRESS, "secures": True, "has_password": True}


def _undo(_look: Look) -> dict[str, Any]:
    return {"change": sample_change(), "days": UNDO_FOR.days, "has_password": True}


def _nothing(_look: Look) -> dict[str, Any]:
    return {}


def _page(key: str, name: Any, template: str, context: Any) -> Sample:
    return Sample(key, name, f"customer/{template}.html", context, SampleGroup.LINKS)


SAMPLES = (
    _page("link", _("Invitation"), "link", _invitation),
    _page("link_password", _("Choose a new password"), "link", _new_password),
    _page("open_link", _("Sign in"), "open_link", _open),
    _page("link_elsewhere", _("Continue where you began"), "link_elsewhere", _elsewhere),
    _page("owners_link", _("Is it you?"), "owners_link", _owners),
    _page("undo_email", _("Undo the change of address?"), "account/undo_email", _undo),
    _page("link_used", _("This link was used"), "link_used", _nothing),
    _page("link_over", _("This link no longer works"), "link_over", _nothing),
)
