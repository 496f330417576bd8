"""What happens to a customer across several apps: removing them for good, with all that is kept about them anywhere."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.identity.services.accounts import purge_account
from accounts.models import Account, Activity, Standing
from applications.models import RoleAssignment
from audit.models import Event
from audit.services import Actor, record
from common.problems import Code, Problem, Refused
from mail.services import forget_messages
from oidc.models import Consent, Grant, RefreshToken
from providers.models import LinkedIdentity
from sms.services import forget_texts
from userflows.models import Journey
from userflows.own_account.closing import tell_of_the_end


def purge_customer(account: Account, *, actor: Actor) -> None:
    """Remove an account for good, with its tokens, consents and roles. Nothing brings it back."""
    with transaction.atomic():
        # Whoever gives them a role at this moment waits, and finds no account.
        Account.objects.select_for_update().filter(pk=account.pk).values_list("pk").first()
        Grant.objects.filter(user=account).delete()
        RefreshToken.objects.filter(user=account).delete()
        Consent.objects.filter(account=account).delete()
        RoleAssignment.objects.filter(account=account).delete()
        LinkedIdentity.objects.filter(account=account).delete()
        purge_account(account, actor=actor)


def close_due_accounts(*, actor: Actor) -> int:
    """Remove the accounts whose owners wanted them gone by now, and tell them so. Returns how many there were."""
    due = list(Account.objects.due_to_close().values_list("pk", flat=True))
    closed = 0
    for account_id in due:
        with transaction.atomic():
            # Held, and looked at again: its owner may be taking the deletion back.
            account = Account.objects.due_to_close().select_for_update().filter(pk=account_id).first()
            if account is not None:
                _forget_traces(account)
                tell_of_the_end(account)
                purge_customer(account, actor=actor)
                closed += 1
    return closed


def _forget_traces(account: Account) -> None:
    """What would otherwise go by itself within days: ways under way, and mails and text messages that were sent or
    given up. The log knows former addresses; mails to one that is another account's by now are that one's.
    """
    Journey.objects.filter(account_id=account.pk).delete()
    changes = Event.objects.of_account(account.pk).filter(action="customer.email_changed")
    for address in {account.email, *changes.values_list("details__before", flat=True)}:
        if not Account.objects.with_email(address).exclude(pk=account.pk).exists():
            forget_messages(to=address)
    if account.phone_number:
        forget_texts(to=account.phone_number)


def withdraw_invitation(account: Account, *, actor: Actor) -> None:
    """Withdraw an invitation: the link opens nothing, and the account that waited for its owner goes.

    Raises `Refused` if its owner has come meanwhile, or has a password to come by, or the account is gone.
    """
    with transaction.atomic():
        held = Account.objects.select_for_update().filter(pk=account.pk).first()
        if held is None or held.standing != Standing.INVITED or held.has_usable_password() or _has_signed_in(held):
            raise Refused([Problem(Code.NOT_ALLOWED, "", _("This customer no longer has an invitation."))])
        record("customer.invitation_withdrawn", actor=actor, target=held)
        purge_customer(held, actor=actor)


def _has_signed_in(account: Account) -> bool:
    return Activity.objects.filter(account=account).exists()
