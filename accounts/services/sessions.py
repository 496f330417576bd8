from accounts.models import Account, Session
from accounts.signals import signed_out_everywhere


def end_sessions(account: Account) -> int:
    """Sign the account out of every browser. Returns of how many. Call it within the change that asks for it."""
    ended, _ = Session.objects.of_account(account.pk).delete()
    signed_out_everywhere.send(Account, account=account)
    return int(ended)
