from accounts.errors import AccountRefused
from userflows.factors.services import use_code_of_list
from userflows.journeys.progress import hold_journey
from userflows.models import Journey
from userflows.state import RECOVERY_CODE, REMEMBER

# RFC 8176 has no word for a list of codes; each is good once.
AMR = "otp"


def prove_by_recovery_code(journey: Journey, *, code: str, remembers: bool) -> None:
    """Use a recovery code up, and keep what it proves: both or neither.

    Call it within the change that goes on with it. Raises `CodeRefused`, `AccountRefused`, `JourneyMovedOn`.
    """
    hold_journey(journey)
    account = journey.account
    if account is None:
        raise AccountRefused
    use_code_of_list(journey, account, typed=code)
    journey.prove(RECOVERY_CODE, amr=AMR, account=account)
    journey.note(REMEMBER, is_wanted=remembers)
