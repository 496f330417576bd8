from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.errors import AttributeNameTaken
from accounts.models import CustomAttribute
from accounts.policies import attribute_name_problem
from audit.services import Actor, record
from common.caches import announce

MAX_CUSTOM_ATTRIBUTES = 100


def define_custom_attribute(*, name: str, data_type: str, description: str = "", actor: Actor) -> CustomAttribute:
    """Add an attribute to the tenant. Raises `ValidationError` for `name`, or `AttributeNameTaken`."""
    problem = attribute_name_problem(name)
    if not problem and CustomAttribute.objects.count() >= MAX_CUSTOM_ATTRIBUTES:
        problem = f"A tenant can have {MAX_CUSTOM_ATTRIBUTES} custom attributes at most."
    if problem:
        raise ValidationError({"name": problem})
    if CustomAttribute.objects.filter(name__iexact=name).exists():
        raise AttributeNameTaken(name)
    attribute = CustomAttribute(name=name, data_type=data_type, description=description)
    try:
        with transaction.atomic():
            attribute.save(force_insert=True)
            record("attribute.defined", actor=actor, target=attribute)
            announce(connection.schema_name)  # type: ignore[attr-defined]
    except IntegrityError as error:
        raise AttributeNameTaken(name) from error
    return attribute


def delete_custom_attribute(attribute: CustomAttribute, *, actor: Actor) -> None:
    """Remove the definition. Values that accounts have stay with them, and are no longer shown or told."""
    with transaction.atomic():
        record("attribute.deleted", actor=actor, target=attribute)
        attribute.delete()
        announce(connection.schema_name)  # type: ignore[attr-defined]
