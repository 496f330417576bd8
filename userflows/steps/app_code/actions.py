from accounts.errors import AccountRefused
from accounts.factors.services import use_app
from userflows.journeys.progress import hold_journey
from userflows.models import Journey
from userflows.state import APP_CODE, REMEMBER

AMR = "otp"


def prove_by_app(journey: Journey, *, code: str, remembers: bool) -> None:
    """Use the code of the account's app up, and keep what it proves: both or neither.

    Call it within the change that goes on with it. Raises `CodeRefused`, `AccountRefused`, `JourneyMovedOn`.
    """
    hold_journey(journey)
    account = journey.account
    if account is None:
        raise AccountRefused
    use_app(account, code=code)
    journey.prove(APP_CODE, amr=AMR, account=account)
    journey.note(REMEMBER, is_wanted=remembers)
