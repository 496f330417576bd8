"""Taking an attribute away from the flows that ask for it."""

from django.db import connection, transaction

from accounts.identity.services.attributes import delete_custom_attribute as delete_definition
from accounts.models import CustomAttribute
from audit.services import Actor
from common.caches import announce
from userflows.models import FlowAttribute


def delete_custom_attribute(attribute: CustomAttribute, *, actor: Actor) -> None:
    """Remove the attribute, and from every page layout. Values that accounts have stay with them, unseen."""
    with transaction.atomic():
        FlowAttribute.objects.filter(attribute=attribute.name).delete()
        delete_definition(attribute, actor=actor)
        announce(connection.schema_name)  # type: ignore[attr-defined]
