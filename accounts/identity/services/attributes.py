from django.db import IntegrityError, transaction
from django.db.models import Func, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils.translation import gettext as _

from accounts.identity.policies import ATTRIBUTE_NAME, RESERVED_ATTRIBUTE_NAMES
from accounts.identity.services.uniqueness import has_too_long, keep_all_of
from accounts.models import Account, CustomAttribute, UniqueValue
from audit.services import Actor, record
from common.database.rows import is_against
from common.problems import Code, Problem, Refused, refuse_if_any, wrong
from tenants.postgresql import announce_change

MAX_CUSTOM_ATTRIBUTES = 100
MAX_DESCRIPTION_LENGTH = 256
# What is told of an account by these names is its own.
COLUMNS = frozenset(column.name for column in Account._meta.fields)
# How PostgreSQL tells the values that fit a type: by what JSON calls them, and for some by what the text looks like.
FITTING = {
    CustomAttribute.DataType.STRING: ("string", ""),
    CustomAttribute.DataType.BOOLEAN: ("boolean", ""),
    CustomAttribute.DataType.INT: ("number", ""),
    CustomAttribute.DataType.DATE: ("string", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    CustomAttribute.DataType.PHONE: ("string", r"^\+[0-9]+$"),
    CustomAttribute.DataType.COUNTRY: ("string", r"^[A-Z]{2}$"),
}
NEVER_UNIQUE = frozenset({CustomAttribute.DataType.BOOLEAN, CustomAttribute.DataType.COUNTRY})


def define_custom_attribute(
    *, name: str, data_type: str, description: str = "", is_unique: bool = False, actor: Actor
) -> CustomAttribute:
    """Add an attribute to the tenant, of which, if it `is_unique`, no two customers have the same value.

    Raises `Refused`.
    """
    refuse_if_any([*_name_problems(name), *_description_problems(description), *_unique_problems(data_type, is_unique)])
    refuse_if_any(_earlier_problems(name, data_type))
    attribute = CustomAttribute(name=name, data_type=data_type, description=description, is_unique=is_unique)
    try:
        with transaction.atomic():
            attribute.save(force_insert=True)
            if is_unique:
                # Nobody writes such a value before this transaction ends: none is taken of an attribute not defined.
                if has_too_long(name):
                    sentence = _("Customers have values of an earlier attribute of this name, some of them too long.")
                    raise Refused([Problem(Code.NOT_ALLOWED, "is_unique", sentence)])
                keep_all_of(name)
            record("attribute.defined", actor=actor, target=attribute)
            announce_change()
    except IntegrityError as error:
        if is_against(error, "accounts_uniquevalue_once"):
            sentence = _("Customers have values of an earlier attribute of this name, some of them alike.")
            raise Refused([Problem(Code.NOT_ALLOWED, "is_unique", sentence)]) from error
        raise Refused([_taken(name)]) from error
    return attribute


def describe_custom_attribute(attribute: CustomAttribute, *, description: str, actor: Actor) -> None:
    """Change the description of an attribute. Where it is the same, nothing is noted. Raises `Refused`."""
    refuse_if_any(_description_problems(description))
    if description == attribute.description:
        return
    attribute.description = description
    with transaction.atomic():
        attribute.save(update_fields=["description"])
        record("attribute.changed", actor=actor, target=attribute)
        announce_change()


def delete_custom_attribute(attribute: CustomAttribute, *, actor: Actor) -> None:
    """Remove the definition. Values that accounts have stay with them, and are no longer shown or told."""
    with transaction.atomic():
        record("attribute.deleted", actor=actor, target=attribute)
        UniqueValue.objects.filter(attribute=attribute.name).delete()
        attribute.delete()
        announce_change()


def _name_problems(name: str) -> list[Problem]:
    if not ATTRIBUTE_NAME.fullmatch(name):
        sentence = _("Use up to 64 letters, digits or underscores, beginning with a letter.")
        return [Problem(Code.INVALID, "name", sentence)]
    if name.lower() in RESERVED_ATTRIBUTE_NAMES | COLUMNS:
        sentence = _("“%(name)s” has a meaning of its own in tokens or files. Choose another name.") % {"name": name}
        return [Problem(Code.INVALID, "name", sentence)]
    if CustomAttribute.objects.count() >= MAX_CUSTOM_ATTRIBUTES:
        sentence = _("A tenant can have %(most)d custom attributes at most.") % {"most": MAX_CUSTOM_ATTRIBUTES}
        return [Problem(Code.TOO_MANY, "name", sentence)]
    return [_taken(name)] if CustomAttribute.objects.filter(name__iexact=name).exists() else []


def _earlier_problems(name: str, data_type: str) -> list[Problem]:
    """Values of an earlier attribute of this name that are of another type: no page could show them."""
    kind, looks = FITTING[CustomAttribute.DataType(data_type)]
    values = Account.objects.filter(custom_attributes__has_key=name).annotate(
        kind=Func(KeyTransform(name, "custom_attributes"), function="jsonb_typeof", output_field=TextField()),
        text=KeyTextTransform(name, "custom_attributes"),
    )
    misfits = values.exclude(kind="null").exclude(kind=kind, text__regex=looks)
    sentence = _("Customers have values of an earlier attribute of this name and another type. Choose another name.")
    return wrong(Code.NOT_ALLOWED, "name", sentence if misfits.exists() else "")


def _unique_problems(data_type: str, is_unique: bool) -> list[Problem]:
    if is_unique and data_type in NEVER_UNIQUE:
        sentence = _("Many customers have the same answer to a question of this type.")
        return [Problem(Code.NOT_ALLOWED, "is_unique", sentence)]
    return []


def _description_problems(description: str) -> list[Problem]:
    too_long = len(description) > MAX_DESCRIPTION_LENGTH
    return wrong(
        Code.TOO_LONG,
        "description",
        _("Use at most %(most)d characters.") % {"most": MAX_DESCRIPTION_LENGTH} if too_long else "",
    )


def _taken(name: str) -> Problem:
    return Problem(Code.TAKEN, "name", _("An attribute named “%(name)s” already exists.") % {"name": name})
