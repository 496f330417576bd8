"""What an account owes by now, of what a flow asks for."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.identity.lookup import sign_ins_of
from accounts.models import Account
from userflows.questions.owed import owed
from userflows.state import Question


def owed_by(account: Account, questions: Iterable[Question]) -> tuple[str, ...]:
    """The names of the questions that are due."""
    return owed(
        questions,
        value_of=account.attribute,
        sign_ins=lambda: sign_ins_of(account),
        asked_at=account.asked_at,
        now=timezone.now(),
    )
