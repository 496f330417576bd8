"""What customers' pages about their own account ask of applications: whose an address is, and which roles they have."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from accounts.models import Account, GroupMember
from applications.models import Application, RoleAssignment


def name_at(address: str) -> str:
    """The name of the application that has registered this address, letter for letter; "" if none has.

    One that registered itself may have named any address in the world, and isn't asked.
    """
    holding = Q(redirect_uris__contains=address) | Q(post_logout_redirect_uris__contains=address)
    candidates = Application.objects.filter(registered_dynamically=False)
    candidates = candidates.filter(holding | Q(client_uri=address) | Q(initiate_login_uri=address))
    return next((each.name for each in candidates.order_by("name") if address in _addresses_of(each)), "")


def roles_told(account: Account) -> Iterator[dict[str, Any]]:
    """The roles of an account, its own and those of its groups, for a copy of what is kept about it."""
    groups = GroupMember.objects.filter(account=account).values("group")
    given = RoleAssignment.objects.filter(Q(account=account) | Q(group__in=groups)).select_related("role__application")
    for assignment in given.order_by("pk"):
        yield {"app": assignment.role.application.name, "name": assignment.role.display_name}


def _addresses_of(application: Application) -> set[str]:
    own = {application.client_uri, application.initiate_login_uri}
    return own | {*application.redirect_uri_list, *application.post_logout_redirect_uri_list}
