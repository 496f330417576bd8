"""What whoever signs in is asked for before they are signed in, for the check of a sign-in."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.models import Account
from operations.sign_in.findings import Finding, Weight
from userflows.models import UserFlow
from userflows.questions.of_accounts import owed_by
from userflows.questions.owed import owes_terms


def about_questions(account: Account, flow: UserFlow | None) -> Iterator[Finding]:
    """Which attributes this account lacks that the flow asks for, and whether its terms of use are to be accepted."""
    asked = [*_names_asked(account, flow)] if flow else []
    if asked:
        words = _(
            "They are asked first: %(names)s. Anyone who leaves that page isn’t signed in."
            " The log says so once the page’s time is over."
        )
        title, text = _("Questions come first"), words % {"names": ", ".join(asked)}
        yield Finding(Weight.NOTE, title, text, comes_first=True)


def _names_asked(account: Account, flow: UserFlow) -> Iterator[str]:
    questions = flow.rules.asked_of(is_new=account.invited_at is not None, is_there=False)
    for name in owed_by(account, questions):
        yield str(BUILT_IN_ATTRIBUTES[name].label) if name in BUILT_IN_ATTRIBUTES else name
    if owes_terms(account.accepted_terms, flow.rules.terms_version):
        yield _("Terms of use")
