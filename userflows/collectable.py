"""What a flow may ask customers for: the built-in attributes but the address, and the tenant's own."""

from dataclasses import dataclass
from typing import Any

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL
from accounts.models import CustomAttribute


@dataclass(frozen=True)
class CollectableAttribute:
    """`data_type` is String, Boolean or Int; `label` may be a lazy translation."""

    name: str
    label: Any
    data_type: str
    is_custom: bool = False
    description: str = ""


def collectable_attributes() -> dict[str, CollectableAttribute]:
    """Every attribute a flow of this tenant may ask for, by name: built-in ones first, then custom ones."""
    built_in = [
        CollectableAttribute(attribute.name, attribute.label, "String")
        for attribute in BUILT_IN_ATTRIBUTES.values()
        if attribute.name != EMAIL
    ]
    custom = [
        CollectableAttribute(attribute.name, attribute.name, attribute.data_type, True, attribute.description)
        for attribute in CustomAttribute.objects.all()
    ]
    return {attribute.name: attribute for attribute in (*built_in, *custom)}
