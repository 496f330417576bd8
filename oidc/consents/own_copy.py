"""What a copy of somebody's data tells of the applications that have access to their account."""

from collections.abc import Iterator
from typing import Any

from accounts.models import Account
from oidc.consents.scope_words import allowances_by_key
from oidc.consents.services import applications_of, consented_scopes


def access_told(account: Account) -> Iterator[dict[str, Any]]:
    """Each application with what it is allowed, in the words in which its owner was asked."""
    for application in applications_of(account):
        keys = consented_scopes(account_id=account.pk, application_pk=application.pk)
        allowed = allowances_by_key(sorted(keys), email=account.email)
        yield {"app": application.name, "permissions": [str(allowance.name) for allowance in allowed]}
