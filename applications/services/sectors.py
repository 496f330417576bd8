"""The document that lists the redirect URIs of a sector: fetched when an application names it, or changes its URIs."""

import json
from collections.abc import Collection

from django.db import connection
from django.utils.translation import gettext as _

from common.problems import Code, Problem, Refused
from common.web.outgoing import MAX_ANSWER_BYTES, OutgoingError, Places, TooManyWaiting, call
from tenants.postgresql import current_schema

WAITING_AT_ONCE, OF_ONE_TENANT = 2, 1
_places = Places(WAITING_AT_ONCE, share=OF_ONE_TENANT)


def check_sector(uri: str, redirect_uris: Collection[str]) -> None:
    """Each redirect URI stands in the list at `sector_identifier_uri` (OpenID Connect Registration section 5).

    Does nothing without such a URI. Call it outside of a transaction. Raises `Refused`, and `TooManyWaiting`.
    """
    if not uri:
        return
    listed = _listed(uri)
    if not set(redirect_uris) <= {each for each in listed if isinstance(each, str)}:
        sentence = _("A redirect URI isn’t in the list at the sector identifier URI.")
        raise Refused([Problem(Code.NOT_ALLOWED, "redirect_uris", sentence)])


def check_chosen_sector(uri: str, redirect_uris: Collection[str]) -> None:
    """As `check_sector`, for somebody who is told on a page to come again. Raises `Refused` alone."""
    try:
        check_sector(uri, redirect_uris)
    except TooManyWaiting:
        raise _wrong(_("Too many addresses are being called right now; try again.")) from None


def _listed(uri: str) -> list[object]:
    if not connection.in_atomic_block:
        # The server on the other side may take its time; meanwhile somebody else can have the connection.
        connection.close()
    try:
        with _places.one(current_schema()):
            answer = call(uri, accept="application/json", max_bytes=MAX_ANSWER_BYTES)
    except OutgoingError as error:
        raise _wrong(str(error)) from error
    if answer.status != 200:
        raise _wrong(_("The address answered with status %(status)d, not 200.") % {"status": answer.status})
    try:
        listed = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise _wrong(_("There is no JSON at this address.")) from None
    if not isinstance(listed, list):
        raise _wrong(_("There is no list of URIs at this address."))
    return listed


def _wrong(sentence: str) -> Refused:
    return Refused([Problem(Code.INVALID, "sector_identifier_uri", sentence)])
