"""What shuts a link: its account has another address, or was signed out everywhere. Ways it had opened end as well."""

from typing import Any

from django.db.models.functions import Now
from django.dispatch import receiver

from accounts.identity.signals import address_changed
from accounts.models import Account
from accounts.sessions.signals import signed_out_everywhere
from userflows.links.services import forget_links
from userflows.models import Journey


@receiver(address_changed, dispatch_uid="userflows.links.receivers")
def _end_ways_of_the_old_address(account: Account, **_kwargs: Any) -> None:
    forget_links(account.pk)
    Journey.objects.of_account(account.pk).update(expires_at=Now())


@receiver(signed_out_everywhere, dispatch_uid="userflows.links.receivers")
def _forget(account: Account, **_kwargs: Any) -> None:
    forget_links(account.pk)
