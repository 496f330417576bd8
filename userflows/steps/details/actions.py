from django.contrib.auth.hashers import make_password

from accounts.credentials.hashers import Busy
from accounts.credentials.policies import normalise_password
from common.web.limits import TooManyAttempts
from userflows.journeys import limits
from userflows.journeys.browser import Visitor
from userflows.journeys.progress import save_progress
from userflows.models import Journey

DETAILS = "details"


def keep_password(journey: Journey, *, password: str, visitor: Visitor) -> None:
    """Keep a good password, as the account would, while something else on its page is put right.

    Nothing is kept while too much is hashed, for this visitor or in all: then it is to be typed again.
    """
    try:
        attempts = limits.count_hash(visitor)
    except TooManyAttempts:
        return
    try:
        journey.note(DETAILS, password=make_password(normalise_password(password)))
    except Busy:
        limits.forgive(attempts)
        return
    save_progress(journey)


def kept_password(journey: Journey) -> str:
    """What was kept: a hash, or ""."""
    return str(journey.step_data.get(DETAILS, {}).get("password", ""))
