"""What is read of a brand's own CSS: rules, and what was left out of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class SourcePosition(NamedTuple):
    """Where something was typed: line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Compound:
    """One part of a selector: the names that it goes by, such as `ext-title`, and its states, such as `hover`."""

    names: frozenset[str]
    states: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Selector:
    """What a rule is about, as a browser reads it, part by part. `weight` is how exactly that is said: by so many
    classes and so many elements (Selectors Level 4, section 17). `typed` is how it was typed.
    """

    css: str
    compounds: tuple[Compound, ...]
    weight: tuple[int, int]
    typed: str = field(compare=False)

    @property
    def subject(self) -> frozenset[str]:
        """The names of what it changes, its last part."""
        return self.compounds[-1].names


@dataclass(frozen=True)
class Media:
    """When a rule holds: conditions such as `(min-width:600px)`, and in which scheme ("": in both)."""

    conditions: tuple[str, ...] = ()
    scheme: str = ""


@dataclass(frozen=True)
class Declaration:
    """A property and its value. One that `tells_color` without saying of which scheme is meant for light pages.

    `places` are those of the colours in it, in their order; of what has none that of the value.
    """

    name: str
    value: str
    tells_color: bool = False
    places: tuple[SourcePosition, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Rule:
    """Declarations that hold for all the selectors."""

    media: Media
    selectors: tuple[Selector, ...]
    declarations: tuple[Declaration, ...]


@dataclass(frozen=True)
class LeftOut:
    """What pages don't use: where it begins (lines count from 1), and a sentence that says why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Sheet:
    """A style sheet as it was read."""

    rules: Sequence[Rule] = ()
    left_out: Sequence[LeftOut] = ()
