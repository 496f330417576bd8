"""Which claims an application is told."""

from applications.description import Claim
from applications.models import Application
from applications.services.description import change
from audit.services import Actor


def choose_claim(application: Application, claim: Claim, *, actor: Actor) -> None:
    """Tell the application this claim, in the place of the one of the same name if there is any. Raises `Refused`."""
    change(application, lambda now: now.with_item("claims", claim), actor=actor)


def forget_claim(application: Application, name: str, *, actor: Actor) -> None:
    """Tell the application what is usual again."""
    change(application, lambda now: now.without_item("claims", name), actor=actor)
