"""Mails about an account that no step sends by itself."""

from django_tasks import task

from accounts.models import Account
from userflows.journeys import mails


@task()
def send_provider_notice(account_id: str, provider: str, *, is_linked: bool) -> None:
    """Tell the owner that they can sign in by this provider from now on, or no more."""
    account = Account.objects.kept().filter(pk=account_id).first()
    if account:
        mails.mail_provider_notice(to=account.email, language=account.language, provider=provider, is_linked=is_linked)
