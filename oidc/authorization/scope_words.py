"""What scopes let an application do, in words that customers read."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy

from applications.lookup.entitlements import entitlements_by_id
from applications.models import ApiScope

WORDS = {
    "openid": gettext_lazy("Know that it is you"),
    "profile": gettext_lazy("Read your name and what else you have told about yourself"),
    "email": gettext_lazy("Read your email address"),
    "address": gettext_lazy("Read your postal address"),
    "offline_access": gettext_lazy("Stay signed in while you are away"),
}


class Allowance(NamedTuple):
    """One thing it may do. `description` says more, `api` where it may do that; either may be ""."""

    name: str
    description: str = ""
    api: str = ""


def allowances_of(scopes: Sequence[str], *, client_id: str) -> list[Allowance]:
    """What these scopes, by their full names, allow the application."""
    keys = {scope.full_name: scope.key for scope in entitlements_by_id(client_id).scopes if scope.full_name in scopes}
    return allowances_by_key([keys.get(scope, scope) for scope in scopes])


def allowances_by_key(keys: Collection[str]) -> list[Allowance]:
    """What scopes allow: those of the sign-in first, by their names, then those of APIs, by their keys.

    A scope that is only registered with the application goes by its name; one that no API offers any more is left out.
    """
    ids = [UUID(key) for key in keys if _is_uuid(key)]
    rows = ApiScope.objects.filter(pk__in=ids).select_related("application") if ids else []
    of_apis = {str(row.pk): Allowance(*row.words_in(get_language() or ""), row.application.name) for row in rows}
    standard = [Allowance(str(words)) for scope, words in WORDS.items() if scope in keys]
    registered = [Allowance(key) for key in keys if key not in WORDS and not _is_uuid(key)]
    return [*standard, *(of_apis[key] for key in keys if key in of_apis), *registered]


def _is_uuid(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True
