from django.db import transaction

from audit.services import Actor, record
from branding.look import current_schema
from branding.models import DEFAULT, Branding
from common.caches import announce


def create_default_branding(*, actor: Actor) -> Branding:
    """Make the tenant's default branding, empty: its pages look neutral."""
    branding = Branding(locale=DEFAULT)
    with transaction.atomic():
        branding.save(force_insert=True)
        record("branding.created", actor=actor, target=branding)
        announce(current_schema())
    return branding
