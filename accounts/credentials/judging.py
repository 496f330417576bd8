"""Whether the tenant's rules allow a new password for an account, and all that is wrong with one they don't."""

import re
from collections.abc import Iterator
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.credentials.guessable import SHORTEST_WORD, folded, is_common, is_pattern, kinds_in, word_in
from accounts.credentials.policies import MAX_PASSWORD_LENGTH, normalise_password
from accounts.credentials.rules import PasswordRules, password_rules
from accounts.models import Account
from common.problems import Code
from tenants.lookup import current_tenant

BETWEEN_WORDS = re.compile(r"[\W_]+")


def refuse_if_too_long(password: str) -> None:
    """Raises `ValidationError` for a password that is longer than any may be."""
    if len(password) > MAX_PASSWORD_LENGTH:
        message = _("Use at most %(count)d characters.") % {"count": MAX_PASSWORD_LENGTH}
        raise ValidationError(message, code=Code.TOO_LONG)


def refuse_if_guessable(password: str, account: Account, rules: PasswordRules | None = None) -> None:
    """Raises `ValidationError` with each rule, of these or else the tenant's, that a password, normalised already,
    breaks.
    """
    found = list(_wrong_with(password, account, rules or password_rules()))
    if found:
        raise ValidationError(found)


def least_length_said(count: int) -> str:
    """How long a password has to be."""
    return ngettext("At least %(count)d character.", "At least %(count)d characters.", count) % {"count": count}


@cache
def common_passwords() -> frozenset[str]:
    """The 20,000 that are guessed first, folded: those that Django comes with, collected by Royce Williams."""
    return frozenset(map(folded, CommonPasswordValidator().passwords))


def _wrong_with(password: str, account: Account, rules: PasswordRules) -> Iterator[ValidationError]:
    if len(password) < rules.min_length:
        message = ngettext("Use at least %(count)d character.", "Use at least %(count)d characters.", rules.min_length)
        yield ValidationError(message % {"count": rules.min_length}, code=Code.TOO_SHORT)
    if rules.refuses_common and is_common(password, common_passwords()):
        yield ValidationError(_("This password is too common. Choose another one."), code=Code.NOT_ALLOWED)
    elif rules.refuses_patterns and is_pattern(password):
        message = _("This is a repetition or a row of keys. Choose something less regular.")
        yield ValidationError(message, code=Code.NOT_ALLOWED)
    blocked = map(normalise_password, rules.blocked_words)
    if word := word_in(password, [*(_names_of(account) if rules.refuses_names else ()), *blocked]):
        message = _("Don't base your password on “%(word)s”.") % {"word": word}
        yield ValidationError(message, code=Code.NOT_ALLOWED)
    if kinds_in(password) < rules.character_kinds:
        message = ngettext(
            "Use at least %(count)d kind of characters: lowercase letters, uppercase letters, digits, symbols.",
            "Use at least %(count)d kinds of characters: lowercase letters, uppercase letters, digits, symbols.",
            rules.character_kinds,
        )
        yield ValidationError(message % {"count": rules.character_kinds}, code=Code.NOT_ALLOWED)


def _names_of(account: Account) -> list[str]:
    """What anybody would try first who knows whose account it is, and where, in the spelling of passwords; the longest
    first.
    """
    tenant = current_tenant()
    own = [account.email, account.user_name, account.display_name, account.given_name, account.surname]
    names = [*own, *([tenant.name, tenant.slug] if tenant else [])]
    email, *others = [normalise_password(name).casefold() for name in names]
    local, _at, domain = email.partition("@")
    whole = [email, local, *others]
    parts = [part for text in [*whole, *domain.split(".")[:-1]] for part in BETWEEN_WORDS.split(text)]
    joined = [BETWEEN_WORDS.sub("", text) for text in whole]
    words = {word for word in [*whole, *joined, *parts] if len(word) >= SHORTEST_WORD}
    return sorted(words, key=lambda word: (-len(word), word))
