"""The ways to sign in, as this process knows them: some steps of the table. Whoever defines flows only reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

_methods: dict[str, "SignInMethod"] = {}


@dataclass(frozen=True)
class SignInMethod:
    """What makes a step a way to sign in, by itself: what administrators read where they choose, and what it is worth.

    `amr` is how its proof is told (RFC 8176), `acr` what a sign-in by it reaches: a level of ISO/IEC 29115, a digit.
    """

    label: str | Promise
    hint: str | Promise
    amr: str
    acr: str


def offer_methods(methods: Mapping[str, SignInMethod]) -> None:
    """Make these the ways to sign in, by the names of their steps, in the order of the table."""
    _methods.clear()
    _methods.update(methods)


def sign_in_methods() -> Mapping[str, SignInMethod]:
    """The ways to sign in, by the names of their steps."""
    return _methods


def usual_methods() -> list[str]:
    """What a flow has for which nothing else was chosen: the first of the table."""
    return list(_methods)[:1]
