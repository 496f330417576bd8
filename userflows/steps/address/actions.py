from userflows.journeys.progress import note_mail_language
from userflows.models import Journey


def give_address(journey: Journey, *, email: str) -> None:
    """Go on with this address, the same or another. Whatever was proved or begun before is to be done anew."""
    journey.begin_anew(purpose=journey.purpose, email=email)
    note_mail_language(journey)
