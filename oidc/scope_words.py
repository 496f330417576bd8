"""What scopes let an application do, in words that customers read."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import get_language, gettext_lazy

from applications.access import access_of
from applications.models import ApiScope

WORDS = {
    "openid": gettext_lazy("Know that it is you"),
    "profile": gettext_lazy("Read your name and what else you have told about yourself"),
    "email": gettext_lazy("Read your email address"),
    "address": gettext_lazy("Read your postal address"),
    "offline_access": gettext_lazy("Stay signed in while you are away"),
}


class Allowance(NamedTuple):
    """One thing it may do. `description` says more, or is ""."""

    name: str
    description: str = ""


def allowances_of(scopes: Sequence[str], *, client_id: str) -> list[Allowance]:
    """What these scopes allow the application: those of the sign-in first, then those of APIs in their words."""
    standard = [Allowance(str(words)) for scope, words in WORDS.items() if scope in scopes]
    keys = {scope.full_name: scope.key for scope in access_of(client_id).scopes if scope.full_name in scopes}
    rows = {str(row.pk): row for row in ApiScope.objects.filter(pk__in=keys.values())} if keys else {}
    language = get_language() or ""
    own = [
        Allowance(*(rows[keys[scope]].words_in(language) if keys.get(scope) in rows else (scope,)))
        for scope in scopes
        if scope not in WORDS
    ]
    return [*standard, *own]
