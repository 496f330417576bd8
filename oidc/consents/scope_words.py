"""What scopes let an application do, in words that customers read."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from applications.lookup.clients import entitlements_by_id
from applications.models import ApiScope
from common.text.ids import uuid_of
from common.text.spoken import spoken_languages


class ScopeWords(NamedTuple):
    """A scope of the sign-in: the picture beside it, what it allows, and which facts are meant."""

    icon: str
    name: Promise
    description: Promise | str = ""


class Allowance(NamedTuple):
    """One thing it may do. `description` says more, `api` where it may do that, `icon` names a picture; or "" each."""

    name: str
    description: str = ""
    api: str = ""
    icon: str = ""


WORDS = {
    "openid": ScopeWords("person", gettext_lazy("Confirm your identity")),
    "profile": ScopeWords(
        "card",
        gettext_lazy("See your profile"),
        gettext_lazy("Your name, job title, language and other profile details"),
    ),
    "email": ScopeWords("mail", gettext_lazy("See your email address")),
    "address": ScopeWords(
        "place",
        gettext_lazy("See your postal address"),
        gettext_lazy("Street, postal code, city, state and country"),
    ),
    "offline_access": ScopeWords("clock", gettext_lazy("Keep access when you're not using the app")),
}


def allowances_of(scopes: Sequence[str], *, client_id: str, email: str = "") -> list[Allowance]:
    """What these scopes, by their full names, allow the application."""
    keys = {scope.full_name: scope.key for scope in entitlements_by_id(client_id).scopes if scope.full_name in scopes}
    return allowances_by_key([keys.get(scope, scope) for scope in scopes], email=email)


def allowances_by_key(keys: Collection[str], *, email: str = "") -> list[Allowance]:
    """What scopes allow: those of the sign-in first, by their names, then those of APIs, by their keys.

    A scope that is only registered with the application goes by its name; one that no API offers any more is left out.
    `email` is the address that an application would see.
    """
    ids = [found for key in keys if (found := uuid_of(key))]
    rows = ApiScope.objects.filter(pk__in=ids).select_related("application") if ids else []
    of_apis = {str(row.pk): Allowance(*row.words_in(spoken_languages()), row.application.name) for row in rows}
    meant = {"email": email}
    standard = [
        Allowance(str(words.name), str(words.description) or meant.get(scope, ""), icon=words.icon)
        for scope, words in WORDS.items()
        if scope in keys
    ]
    registered = [Allowance(key) for key in keys if key not in WORDS and uuid_of(key) is None]
    return [*standard, *(of_apis[key] for key in keys if key in of_apis), *registered]
