"""Regular expressions that tenants write, matched by RE2: its time grows with the text and never beyond.

Python's own engine goes back and tries again, and some expressions make it do so without end (CWE-1333). RE2 has
neither backreferences nor assertions about what surrounds a match, which are what that would take.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re2

LONGEST_PATTERN = 500
# In bytes. A small program bounds what a character can cost, whatever the expression repeats.
_MEMORY = 256 * 1024


def is_pattern(pattern: str) -> bool:
    """Whether this is an expression that can be matched, and is small enough once all it repeats is written out."""
    try:
        _compiled(pattern)
    except ValueError:
        return False
    return True


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is as the expression says; every text is, if it can't be matched any more."""
    try:
        return _compiled(pattern).fullmatch(text) is not None
    except ValueError:
        return True


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "re2._Regexp[str]":
    # Here, as most tenants write none: it takes 2 MB of each process.
    import re2

    options = re2.Options()
    options.max_mem, options.log_errors = _MEMORY, False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise ValueError(pattern) from error
