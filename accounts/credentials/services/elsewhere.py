"""Passwords that aren't here yet: checked elsewhere at the next sign-in, and kept from then on."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.credentials.policies import ELSEWHERE, normalise_password
from accounts.credentials.services.passwords import check_new_password
from accounts.models import Account
from audit.services import Actor, record


def adopt_password(account: Account, password: str, *, needs_another: bool = False, actor: Actor) -> bool:
    """Keep a password that was right elsewhere. Returns whether it is kept: not if there is another by now.

    One that the rules don't allow is good for this once; as with `needs_another`, its owner chooses another one.
    """
    try:
        check_new_password(password, account)
    except ValidationError:
        needs_another = True
    account.set_password(normalise_password(password))
    account.needs_new_password = needs_another
    with transaction.atomic():
        still_elsewhere = Account.objects.filter(pk=account.pk, password=ELSEWHERE)
        if not still_elsewhere.update(password=account.password, needs_new_password=needs_another):
            return False
        record("customer.password_taken_over", actor=actor, target=account)
    return True
