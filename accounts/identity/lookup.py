"""What is asked for at sign-up and sign-in; what rarely changes of it is kept in the process."""

from collections.abc import Mapping

from accounts.models import Account, Activity
from tenants.known import KnownPart, NeededBy

_TYPES = "SELECT jsonb_object_agg(custom.name, custom.data_type) FROM accounts_customattribute custom"
_UNIQUE = "SELECT jsonb_agg(custom.name) FROM accounts_customattribute custom WHERE custom.is_unique"


def custom_attribute_types() -> Mapping[str, str]:
    """The data type of each attribute that the tenant has defined, by name."""
    return _types.get()


def unique_attributes() -> frozenset[str]:
    """The names of those of which no two customers have the same value."""
    return _unique.get()


def sign_ins_of(account: Account) -> int:
    """How often the account has signed in; read once, if it wasn't read with its row."""
    if account.known_sign_ins is None:
        kept = Activity.objects.filter(account_id=account.pk).values_list("sign_ins", flat=True)
        account.known_sign_ins = kept.first() or 0
    return account.known_sign_ins


def _types_of(types: dict[str, str] | None) -> Mapping[str, str]:
    return types or {}


def _names_of(names: list[str] | None) -> frozenset[str]:
    return frozenset(names or ())


_types = KnownPart(_TYPES, _types_of, needed_by=NeededBy.CUSTOMERS)
_unique = KnownPart(_UNIQUE, _names_of, needed_by=NeededBy.PAGES)
