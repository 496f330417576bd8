"""Everybody who manages any tenant, as operators see them."""

from typing import Any

from django_tenants.utils import schema_context, tenant_context

from accounts.factors.phones import set_phone
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership
from tests.browser import Browser
from tests.userflows.factors.authenticator import Authenticator, with_passkey

LIST = "/administrators/"
NOT_A_PAGE = 404


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_list_tells_what_everybody_manages(olga_portal: Browser) -> None:
    people = olga_portal.get(LIST).context["people"]

    assert [
        (person.account.email, person.operator_role, [(each.tenant.name, role) for each, role in person.tenants])
        for person in people
    ] == [
        ("ada@portal.example", "", [("Acme", "Owner")]),
        ("grace@portal.example", "", [("Globex", "Owner")]),
        ("olga@portal.example", "Owner", []),
        ("stranger@portal.example", "", []),
    ]
    found = olga_portal.get(LIST, {"q": "GRACE"}).context["people"]
    assert [person.account.email for person in found] == ["grace@portal.example"]


def test_pages_tell_which_second_factors_each_has(
    olga_portal: Browser, ada_portal: Browser, home: Tenant, acme: Tenant, ada: Account
) -> None:
    with_passkey(home, ada, Authenticator())
    with tenant_context(home):
        set_phone(Account.objects.get(pk=ada.pk), number="+441632960001", actor=Actor.command())
    with schema_context(PUBLIC):
        membership = Membership.objects.get(account_id=ada.pk)

    page = f"{LIST}{ada.pk}/"
    told = [text(olga_portal.get(each)) for each in (LIST, page, "/tenants/acme/administrators/")]
    told.append(text(olga_portal.get(f"/tenants/acme/administrators/{membership.pk}/")))

    assert all("Passkey, Phone number" in each for each in told)
    assert "+441632960001" not in "".join(told)


def test_somebody_who_leaves_the_house_is_removed_from_every_tenant_at_once(
    olga_portal: Browser, acme: Tenant, globex: Tenant, stranger: Account, stranger_portal: Browser
) -> None:
    for tenant in (acme, globex):
        add_membership(tenant=tenant, account_id=stranger.pk, role=AdministratorRole.SUPPORT, actor=Actor.command())
    page = f"{LIST}{stranger.pk}/"
    assert "Globex" in text(olga_portal.get(page))

    answer = olga_portal.post(f"{page}remove/", follow=True)

    assert "was removed from 2 tenants" in text(answer)
    assert (
        stranger_portal.get("/tenants/acme/").status_code == stranger_portal.get("/tenants/globex/").status_code == 404
    )
    for tenant in (acme, globex):
        with tenant_context(tenant):
            assert Event.objects.latest("id").action == "membership.removed"


def test_p07_where_they_are_the_last_owner_they_stay_everywhere(
    olga_portal: Browser, acme: Tenant, globex: Tenant, ada: Account
) -> None:
    add_membership(tenant=globex, account_id=ada.pk, role=AdministratorRole.READER, actor=Actor.command())

    answer = olga_portal.post(f"{LIST}{ada.pk}/remove/", follow=True)

    assert "the last owner of Acme" in text(answer)
    with schema_context(PUBLIC):
        assert Membership.objects.filter(account_id=ada.pk).count() == 2
