"""What is asked for at each sign-up and rarely changes, kept in the process."""

from collections.abc import Mapping

from accounts.models import CustomAttribute
from common.caches import ProcessCache
from tenants.postgresql import current_schema

_types: ProcessCache[Mapping[str, str]] = ProcessCache()


def custom_attribute_types() -> Mapping[str, str]:
    """The data type of each attribute that the tenant has defined, by name."""
    return _types.get(
        current_schema(),
        "custom attribute types",
        lambda: dict(CustomAttribute.objects.values_list("name", "data_type")),
    )
