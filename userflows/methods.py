"""The ways to sign in, as this process knows them: some steps of the table. Whoever defines flows only reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from providers.lookup import known_providers
from userflows.state import PROVIDER, method_of_provider, step_of

Text = str | Promise
_methods: dict[str, "SignInMethod"] = {}


@dataclass(frozen=True)
class SignInMethod:
    """What makes a step a way to sign in, by itself: what administrators read where they choose, and what it is worth.

    `amr` is how its proof is told (RFC 8176), `acr` what a sign-in by it reaches: a level of ISO/IEC 29115, a digit.
    """

    label: Text
    hint: Text
    amr: str
    acr: str


DELETED_PROVIDER = _("A deleted identity provider")


def offer_methods(methods: Mapping[str, SignInMethod]) -> None:
    """Make these the ways to sign in, by the names of their steps, in the order of the table."""
    _methods.clear()
    _methods.update(methods)


def sign_in_methods() -> Mapping[str, SignInMethod]:
    """The ways to sign in, by the names of their steps."""
    return _methods


def methods_on_offer() -> Mapping[str, SignInMethod]:
    """What a flow of the tenant being served may choose from: the steps, and each identity provider it has set up."""
    steps = {name: method for name, method in _methods.items() if name != PROVIDER}
    behind = _methods.get(PROVIDER)
    if behind is None:
        return steps
    switched_off = str(_("%(name)s (switched off)"))
    providers = {
        method_of_provider(each.pk): SignInMethod(
            each.name if each.is_on else switched_off % {"name": each.name}, each.issuer, behind.amr, behind.acr
        )
        for each in known_providers().values()
    }
    return steps | providers


def method_label(method: str) -> str:
    """What administrators read for a method, of which the provider or the step may be gone by now."""
    if step_of(method) == PROVIDER and method != PROVIDER:
        provider = known_providers().get(method.partition(":")[2])
        return provider.name if provider else str(DELETED_PROVIDER)
    return str(_methods[method].label) if method in _methods else method


def usual_methods() -> list[str]:
    """What a flow has for which nothing else was chosen: the first of the table."""
    return list(_methods)[:1]
