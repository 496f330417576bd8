"""What a flow may ask customers for: the built-in attributes but the address, and the tenant's own."""

from dataclasses import dataclass
from typing import Any

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL, USER_NAME
from accounts.identity.policies import longest_value
from accounts.identity.values import data_type_of
from accounts.models import CustomAttribute
from userflows.flows.page_layout import input_types_for


@dataclass(frozen=True)
class CollectableAttribute:
    """`data_type` is one of a custom attribute's. `label` may be lazy; `max_length` counts characters."""

    name: str
    label: Any
    data_type: str
    max_length: int
    is_custom: bool = False
    description: str = ""
    has_lines: bool = True
    is_unique: bool = False

    @property
    def input_types(self) -> tuple[str, ...]:
        """How it may be asked for, the usual way first."""
        return input_types_for(self.data_type, is_custom=self.is_custom, has_lines=self.has_lines)


def collectable_attributes() -> dict[str, CollectableAttribute]:
    """Every attribute a flow of this tenant may ask for, by name: built-in ones first, then custom ones."""
    built_in = [
        CollectableAttribute(
            attribute.name,
            attribute.label,
            str(data_type_of(attribute.name)),
            attribute.max_length,
            has_lines=attribute.has_lines,
            is_unique=attribute.name == USER_NAME,
        )
        for attribute in BUILT_IN_ATTRIBUTES.values()
        if attribute.name != EMAIL
    ]
    custom = [
        CollectableAttribute(
            attribute.name,
            attribute.name,
            attribute.data_type,
            longest_value(attribute.data_type, is_unique=attribute.is_unique),
            is_custom=True,
            description=attribute.description,
            is_unique=attribute.is_unique,
        )
        for attribute in CustomAttribute.objects.all()
    ]
    return {attribute.name: attribute for attribute in (*built_in, *custom)}
