from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.errors import AttributeNameTaken
from accounts.identity.policies import attribute_name_problem
from accounts.models import CustomAttribute
from audit.services import Actor, record
from tenants.postgresql import announce_change

MAX_CUSTOM_ATTRIBUTES = 100
MAX_DESCRIPTION_LENGTH = 256


def define_custom_attribute(*, name: str, data_type: str, description: str = "", actor: Actor) -> CustomAttribute:
    """Add an attribute to the tenant. Raises `ValidationError` keyed by argument, or `AttributeNameTaken`."""
    problem = attribute_name_problem(name)
    if not problem and CustomAttribute.objects.count() >= MAX_CUSTOM_ATTRIBUTES:
        problem = f"A tenant can have {MAX_CUSTOM_ATTRIBUTES} custom attributes at most."
    problems = _description_problems(description) | ({"name": problem} if problem else {})
    if problems:
        raise ValidationError(problems)
    if CustomAttribute.objects.filter(name__iexact=name).exists():
        raise AttributeNameTaken(name)
    attribute = CustomAttribute(name=name, data_type=data_type, description=description)
    try:
        with transaction.atomic():
            attribute.save(force_insert=True)
            record("attribute.defined", actor=actor, target=attribute)
            announce_change()
    except IntegrityError as error:
        raise AttributeNameTaken(name) from error
    return attribute


def describe_custom_attribute(attribute: CustomAttribute, *, description: str, actor: Actor) -> None:
    """Change the description of an attribute. Raises `ValidationError` for `description`."""
    problems = _description_problems(description)
    if problems:
        raise ValidationError(problems)
    attribute.description = description
    with transaction.atomic():
        attribute.save(update_fields=["description"])
        record("attribute.changed", actor=actor, target=attribute)
        announce_change()


def delete_custom_attribute(attribute: CustomAttribute, *, actor: Actor) -> None:
    """Remove the definition. Values that accounts have stay with them, and are no longer shown or told."""
    with transaction.atomic():
        record("attribute.deleted", actor=actor, target=attribute)
        attribute.delete()
        announce_change()


def _description_problems(description: str) -> dict[str, str]:
    fits = len(description) <= MAX_DESCRIPTION_LENGTH
    return {} if fits else {"description": f"Use at most {MAX_DESCRIPTION_LENGTH} characters."}
