"""Who may register applications without an administrator, as one value."""

from dataclasses import dataclass

from common.problems import Code, Problem, one_of, wrong
from common.versions import version_of

NOBODY, TOKEN_HOLDERS, ANYONE = "nobody", "token_holders", "anyone"
WHO = (NOBODY, TOKEN_HOLDERS, ANYONE)


@dataclass(frozen=True)
class RegistrationDescription:
    """`who` is one of `WHO`; token holders have an initial access token (RFC 7591 section 1.2)."""

    who: str = NOBODY

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)


def problems_of(description: RegistrationDescription) -> list[Problem]:
    """All that is wrong with it."""
    return wrong(
        Code.UNKNOWN,
        "who",
        "" if description.who in WHO else one_of(WHO),
    )
