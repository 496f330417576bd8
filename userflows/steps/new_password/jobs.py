from django_tasks import task

from accounts.models import Account
from userflows.journeys.messages import mails
from userflows.journeys.securing.owners_links import owners_link
from userflows.models import Journey


@task()
def send_password_notice(journey_id: str) -> None:
    """Tell the owner that the password was changed."""
    journey = Journey.objects.filter(pk=journey_id).first()
    account = Account.objects.filter(pk=journey.account_id).first() if journey else None
    if journey and account:
        mails.mail_password_notice(journey, to=account.email, link=owners_link(account))
