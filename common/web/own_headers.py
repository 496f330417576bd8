"""Headers that somebody has us send to a server of theirs, such as `Authorization: Bearer ...`, as pure functions."""

import re

from common.text.translation import gettext as _

NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""A token of RFC 9110 section 5.6.2."""
# What the connection itself says.
NOT_ONES_OWN = frozenset(
    "accept-encoding connection content-length content-type expect host keep-alive te trailer transfer-encoding "
    "upgrade user-agent".split()
)


def is_name(name: str) -> bool:
    """Whether a header can be called so."""
    return bool(NAME.fullmatch(name))


def name_problem(name: str) -> str:
    """What is wrong with a header of this name, as a sentence; empty if nothing is."""
    is_set = name.lower() in NOT_ONES_OWN
    return _("The header %(name)s is set by itself.") % {"name": name} if is_set else ""


def value_problem(value: str) -> str:
    """What is wrong with its value, as a sentence; empty if nothing is."""
    is_plain = value.isascii() and value.isprintable()
    return "" if is_plain else _("A header holds letters, digits and signs of ASCII only.")
