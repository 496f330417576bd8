"""What a flow says about whom it lets sign up, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class AdmissionRules:
    """Of domains, as `userflows.admission.domains` writes them: those alone that are taken, any if none is named; those
    that aren't; whether those that give addresses away for minutes aren't, and which of them are all the same.

    `minimum_age` in years, 0 for none, is told by the answer to `birth_attribute`. `human_check` is
    whether programs are kept out: `never`, `when_many` sign up, or `always`; `human_by`
    by what: a `puzzle`, or the tenant's `captcha`.
    """

    allowed_domains: tuple[str, ...] = ()
    blocked_domains: tuple[str, ...] = ()
    refuses_disposable: bool = False
    disposable_exceptions: tuple[str, ...] = ()
    minimum_age: int = 0
    birth_attribute: str = ""
    human_check: str = "never"
    human_by: str = "puzzle"

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """As a flow keeps them, by the names of fields; what isn't there is as usual."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in kept.items()
            if name in cls.__dataclass_fields__
        }
        return cls(**values)

    def as_json(self) -> dict[str, Any]:
        """As a flow keeps them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}


EVERYBODY = AdmissionRules()
