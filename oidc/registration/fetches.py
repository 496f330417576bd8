"""What stands at the addresses in a registration: fetched once, while it is made, before anything is written."""

from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.db import connection

from applications.policies.appearance import LOGO, MOST_BYTES_FETCHED
from applications.services import sectors
from branding.errors import ImageRefused, ImageUndecoded
from branding.pictures.encoding import PreparedImage
from branding.pictures.images import prepare_image
from common.web.outgoing import OutgoingError, Places, TooManyWaiting, call
from oidc.wire.errors import InvalidClientMetadata, LogoUndecoded, TemporarilyUnavailable
from tenants.postgresql import current_schema

WAITING_AT_ONCE, OF_ONE_TENANT = 2, 1
BUSY = "Too many registrations are being looked into; try again."
_places = Places(WAITING_AT_ONCE, share=OF_ONE_TENANT)


def fetched_logo(uri: str) -> PreparedImage | None:
    """The picture at `logo_uri`, encoded anew; None without one.

    Raises `InvalidClientMetadata`, and `TemporarilyUnavailable` if too many wait for such a picture already, of it
    `LogoUndecoded` if the decoder didn't get it done.
    """
    if not uri:
        return None
    if not connection.in_atomic_block:
        # The server on the other side may take its time; meanwhile somebody else can have the connection.
        connection.close()
    try:
        # The decoder is there for all tenants: whoever waits for it keeps the place.
        with _places.one(current_schema()):
            return prepare_image(ContentFile(_fetched(uri)), LOGO)
    except TooManyWaiting:
        raise TemporarilyUnavailable(BUSY) from None
    except ImageUndecoded as undecoded:
        raise LogoUndecoded(BUSY) from undecoded
    except ImageRefused as refusal:
        raise InvalidClientMetadata(f"logo_uri: {refusal}") from refusal


def check_sector(uri: str, redirect_uris: Sequence[str]) -> None:
    """Each redirect URI stands in the list at `sector_identifier_uri` (OpenID Connect Registration section 5).

    Raises `Refused`, and `TemporarilyUnavailable` as `fetched_logo` does.
    """
    try:
        sectors.check_sector(uri, redirect_uris)
    except TooManyWaiting:
        raise TemporarilyUnavailable(BUSY) from None


def _fetched(uri: str) -> bytes:
    accept = "image/png, image/jpeg, image/webp, image/svg+xml"
    try:
        answer = call(uri, accept=accept, max_bytes=MOST_BYTES_FETCHED)
    except OutgoingError as error:
        raise InvalidClientMetadata(f"logo_uri: {error}") from error
    if answer.status != 200:
        raise InvalidClientMetadata(f"logo_uri: The address answered with status {answer.status}, not 200.")
    return answer.body
