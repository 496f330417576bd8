"""Which claims an application is told."""

from applications.description import Claim
from applications.models import Application, ClaimRule
from applications.services.application import change
from audit.services import Actor


def choose_claim(application: Application, claim: Claim, *, actor: Actor) -> ClaimRule:
    """Tell the application this claim, in the place of the one of its name if there is any, and return its row.

    Raises `Refused`.
    """
    change(application, lambda now: now.with_item("claims", claim), actor=actor)
    return application.claim_rules.get(name=claim.name.strip())


def forget_claim(application: Application, name: str, *, actor: Actor) -> None:
    """Tell the application what is usual again."""
    change(application, lambda now: now.without_item("claims", name), actor=actor)
