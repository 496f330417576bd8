"""Values of attributes that no two customers have alike. A table keeps whose they are; the database decides."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from accounts.identity.lookup import unique_attributes
from accounts.identity.policies import MAX_SHORT_TEXT
from accounts.models import Account, UniqueValue
from common.problems import Code, Problem, refuse_if_any

AT_ONCE = 1000
TAKEN = _("This isn't available. Check what you entered.")


def compared(value: Any) -> str:
    """The form in which two values are one: NFKC, case folded."""
    return unicodedata.normalize("NFKC", str(value)).casefold()


def unique_among(values: Mapping[str, Any]) -> dict[str, str | None]:
    """Those of these values that a customer has alone, in the form in which they are compared; None for none.

    `values` goes by the names of attributes.
    """
    names = sorted(unique_attributes() & {*values})
    return {name: None if values[name] is None else compared(values[name]) for name in names}


def keep_unique(account: Account, values: Mapping[str, Any]) -> None:
    """Keep that these values are this account's, within the change that gives them to it.

    Raises `Refused` for names of attributes that another account has so. Whose, nobody is told.
    """
    own = unique_among(values)
    if not own:
        return
    try:
        with transaction.atomic():
            UniqueValue.objects.filter(account_id=account.pk, attribute__in=own).delete()
            # In the order of their names, so that two who write several at once don't wait for each other.
            UniqueValue.objects.bulk_create(
                UniqueValue(attribute=name, value=value, account_id=account.pk)
                for name, value in own.items()
                if value is not None
            )
    except IntegrityError:
        refuse_if_any(Problem(Code.TAKEN, name, str(TAKEN)) for name in taken(account.pk, own))
        raise


def taken(account_id: UUID, own: Mapping[str, str | None]) -> list[str]:
    """The names of attributes of which another account has these values, in the form in which they are compared."""
    kept = UniqueValue.objects.filter(attribute__in=own).exclude(account_id=account_id)
    found = kept.filter(value__in=[value for value in own.values() if value is not None])
    return sorted({name for name, value in found.values_list("attribute", "value") if own[name] == value})


def has_too_long(attribute: str) -> bool:
    """Whether an account has a value from an earlier attribute of this name that is longer than a unique one may be."""
    length = Length(KeyTextTransform(attribute, "custom_attributes"))
    return Account.objects.annotate(length=length).filter(length__gt=MAX_SHORT_TEXT).exists()


def keep_all_of(attribute: str) -> None:
    """Keep whose the values are that accounts have from an earlier attribute of this name. Raises `IntegrityError`."""
    UniqueValue.objects.filter(attribute=attribute).delete()
    accounts = Account.objects.filter(custom_attributes__has_key=attribute).values_list("pk", "custom_attributes")
    rows = (
        UniqueValue(attribute=attribute, value=compared(values[attribute]), account_id=account_id)
        for account_id, values in accounts.iterator(AT_ONCE)
    )
    UniqueValue.objects.bulk_create(rows, batch_size=AT_ONCE)
