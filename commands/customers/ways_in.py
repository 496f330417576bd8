"""A customer's passkeys and linked identity providers: all of them, or the one that an option names."""

from typing import Any

from django.core.management.base import CommandError

from accounts.factors.passkeys import passkeys_of
from accounts.models import Account, Passkey
from providers.models import LinkedIdentity


def ways_in(account: Account) -> dict[str, Any]:
    """Each passkey and each linked identity, with the ID by which a command goes on with it."""
    return {
        "passkeys": [
            {
                "id": str(passkey.pk),
                "name": passkey.name,
                "created_at": passkey.created_at.isoformat(),
                "used_at": passkey.used_at.isoformat() if passkey.used_at else None,
            }
            for passkey in passkeys_of(account)
        ],
        "identities": [
            {
                "id": str(linked.pk),
                "provider": linked.provider.name,
                "subject": linked.subject,
                "email": linked.email,
                "linked_at": linked.linked_at.isoformat(),
            }
            for linked in LinkedIdentity.objects.of_account(account.pk)
        ],
    }


def passkey_named(account: Account, which: str) -> Passkey:
    """The account's passkey of this ID or name, which no other may have. Raises `CommandError`."""
    found = [each for each in passkeys_of(account) if which in {str(each.pk), each.name}]
    if len(found) != 1:
        raise CommandError(_which_one(f"passkeys “{which}”", [str(each.pk) for each in found], account))
    return found[0]


def identity_named(account: Account, which: str) -> LinkedIdentity:
    """The identity of this ID that is linked with the account, or the only one at the provider of this name or ID.

    Raises `CommandError`.
    """
    linked = LinkedIdentity.objects.of_account(account.pk)
    found = [each for each in linked if which in {str(each.pk), each.provider.name, str(each.provider_id)}]
    if len(found) != 1:
        raise CommandError(_which_one(f"identities at “{which}”", [str(each.pk) for each in found], account))
    return found[0]


def _which_one(what: str, ids: list[str], account: Account) -> str:
    if ids:
        return f"{account.email} has {len(ids)} {what}. Name one by its ID: {', '.join(ids)}."
    return f"{account.email} has no {what}. `manage.py customer show` names those there are."
