"""Telling the owner of an account by mail what became of their second factors."""

from django_tasks import task

from accounts.models import Account
from userflows.journeys.messages import mails
from userflows.journeys.securing.owners_links import owners_link

ADDED, REMOVED, CODES_RENEWED, CODE_USED = "added", "removed", "codes_renewed", "code_used"
PHONE_ADDED, PHONE_REMOVED = "phone_added", "phone_removed"
PASSKEY_ADDED, PASSKEY_REMOVED, PASSKEY_COPIED = "passkey_added", "passkey_removed", "passkey_copied"


@task()
def send_factor_notice(
    account_id: str, what: str, client_ip: str = "", client_name: str = "", left: int = 0, name: str = ""
) -> None:
    """Tell it the address the account has now, in the language its owner reads; from where it was done, if known; and
    the link by which the owner acts if it was somebody else.
    """
    account = Account.objects.kept().filter(pk=account_id).first()
    if account is not None:
        mails.mail_factor_notice(
            what,
            to=account.email,
            language=account.language,
            from_where=" · ".join(part for part in (client_name, client_ip) if part),
            left=left,
            name=name,
            link=owners_link(account),
        )
