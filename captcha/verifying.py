"""Asking a provider whether what its widget has found is good. The customer's address isn't told.

No transaction is open meanwhile, and whoever else wants one has our connection to the database.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import connection

from captcha.description import described, secret_of
from captcha.models import CaptchaSettings
from captcha.widgets import Widget
from common.crypto.encryption import CannotUnseal
from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.text.translation import gettext_noop as _
from common.web.outgoing import OutgoingError, Places, call
from tenants.postgresql import current_schema

SECONDS = 2.0
MOST_RESPONSE, MOST_BYTES = 8192, 16 * 1024
# As providers write them: base64, JSON Web Tokens. What a firewall before the provider might take for an attack and
# answer itself isn't handed on, or anybody could have it keep silent.
RESPONSE = re.compile(r"[A-Za-z0-9_~+/=:|-]+(\.[A-Za-z0-9_~+/=:|-]+)*")
# About us, and not about whoever wants to go on. Nothing that comes from a browser brings one of these about; what was
# found by a widget of another site key brings about errors about a pair of keys.
ABOUT_US = frozenset({"missing-input-secret", "invalid-input-secret"})
# What hCaptcha names instead of the host while it is under attack.
NO_HOST = "not-provided"
# A provider that is slow keeps few threads waiting, and no tenant gets them all.
_places = Places(max(2, settings.CIAM_WEB_THREADS * 3 // 4), share=max(1, settings.CIAM_WEB_THREADS // 2))


class Verdict(Enum):
    """A person is there; or it isn't shown; or there is no answer, and so nothing is known."""

    GOOD = auto()
    WRONG = auto()
    NONE = auto()


@dataclass(frozen=True)
class Verified:
    """What a provider has said; where it has said nothing, why, for administrators."""

    verdict: Verdict
    problem: KeptSentence = NOTHING_TO_SAY


def verify(kept: CaptchaSettings, response: str, *, host: str) -> Verified:
    """Whether this is what the widget found on a page of this host. Raises `TooManyWaiting`."""
    if not RESPONSE.fullmatch(response) or len(response) > MOST_RESPONSE:
        return Verified(Verdict.WRONG)
    try:
        secret = secret_of(kept)
    except CannotUnseal:
        return Verified(Verdict.NONE, KeptSentence(_("The secret can’t be read. Enter it again and save.")))
    with _places.one(current_schema()):
        return ask(described(kept).widget, secret=secret, response=response, host=host)


def ask(widget: Widget, *, secret: str, response: str, host: str = "") -> Verified:
    """What the provider says about this response; with a host, whether it was found there."""
    if not connection.in_atomic_block:
        connection.close()
    try:
        form = {"secret": secret, "response": response}
        answer = call(widget.verify_url, form=form, max_bytes=MOST_BYTES, seconds=SECONDS)
    except OutgoingError as error:
        return Verified(Verdict.NONE, error.sentence)
    said = _said(answer.body)
    if said is None or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        sentence = KeptSentence(
            _("%(name)s answered with status %(status)s."), {"name": widget.name, "status": answer.status}
        )
        return Verified(Verdict.NONE, sentence)
    return judged(said, widget, host=host)


def judged(said: Mapping[str, Any], widget: Widget, *, host: str) -> Verified:
    """What an answer comes to, for a page of this host, or for none."""
    if said["success"] is True:
        return Verified(Verdict.GOOD if _is_here(said, host) else Verdict.WRONG)
    errors = said.get("error-codes")
    about_us = (
        sorted(ABOUT_US.intersection(each for each in errors if isinstance(each, str)))
        if isinstance(errors, list)
        else []
    )
    if not about_us:
        return Verified(Verdict.WRONG)
    sentence = KeptSentence(
        _("%(name)s doesn’t accept the secret (%(error)s)."), {"name": widget.name, "error": about_us[0]}
    )
    return Verified(Verdict.NONE, sentence)


def _is_here(said: Mapping[str, Any], host: str) -> bool:
    """Whether it was found on a page of ours: what somebody has had solved on another page counts for nothing.

    A local installation has no name that a provider would know.
    """
    found_at = said.get("hostname")
    return not host or settings.IS_LOCAL or not found_at or found_at in (NO_HOST, host)


def _said(body: bytes) -> dict[str, Any] | None:
    """The answer, if it is one."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and isinstance(said.get("success"), bool) else None
