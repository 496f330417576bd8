"""What is asked for at each sign-up and rarely changes, kept in the process."""

from collections.abc import Mapping

from tenants.known import Part

_TYPES = "SELECT jsonb_object_agg(custom.name, custom.data_type) FROM accounts_customattribute custom"


def custom_attribute_types() -> Mapping[str, str]:
    """The data type of each attribute that the tenant has defined, by name."""
    return _types.get()


def _types_of(types: dict[str, str] | None) -> Mapping[str, str]:
    return types or {}


_types = Part(_TYPES, _types_of)
