"""Somebody is asked by mail to manage a tenant: once, for one address, in one role, for seven days."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.identity.services.accounts import disable_account
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from common.web.current_request import WithoutMailedTokens
from operations.administrators import invitations, memberships
from operations.administrators.invitations import LIFETIME
from operations.administrators.memberships import membership_of
from tenants.errors import InvitationGone, InvitedIsAnother, MayNotGrant
from tenants.lookup import PUBLIC
from tenants.models import Invitation, Membership, Tenant
from tenants.policies import AdministratorRole
from tenants.services import add_membership, delete_tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.crowd import at_once
from tests.userflows.customer import Customer, mails_to
from userflows.models import UserFlow

LIST = "/tenants/acme/administrators/"
PAGE = "/invitation/"
PAT = "pat@new.example"
GONE = 410
NOT_A_PAGE = 404


def text(answer: Any) -> str:
    return answer.content.decode()


def actor_of(account: Account) -> Actor:
    return Actor("administrator", str(account.pk), account.email)


def link_to(home: Tenant, email: str) -> str:
    """The path that the newest mail to this address leads to."""
    with tenant_context(home):
        found = re.search(r"/invitation/[^/\s]+/", mails_to(email)[0].text)
    assert found
    return found[0]


def token_for(home: Tenant, email: str) -> str:
    return link_to(home, email).split("/")[2]


def sent(
    home: Tenant, tenant: Tenant, by: Account, *, email: str = PAT, role: AdministratorRole = AdministratorRole.SUPPORT
) -> str:
    """An invitation, and the path of its link."""
    invitations.invite(tenant=tenant, email=email, role=role, actor=actor_of(by))
    return link_to(home, email)


def role_of(home: Tenant, email: str, tenant: Tenant) -> str:
    with tenant_context(home):
        account = Account.objects.with_email(email).first()
    if account is None:
        return ""
    with schema_context(PUBLIC):
        membership = membership_of(account.pk, tenant=tenant)
    return membership.role if membership else ""


def events(tenant: Tenant) -> list[str]:
    with tenant_context(tenant):
        return list(Event.objects.order_by("id").values_list("action", flat=True))


def test_somebody_new_sees_tenant_and_role_sets_an_account_up_and_manages_the_tenant(
    ada_portal: Browser, home: Tenant, acme: Tenant
) -> None:
    answer = ada_portal.post(f"{LIST}invite/", {"email": PAT, "role": "support"}, follow=True)
    assert f"{PAT} was invited." in text(answer)
    with tenant_context(home):
        mail = mails_to(PAT)[0]
    assert mail.subject == "Invitation to manage Acme"
    assert "ada@portal.example invites you to manage Acme." in mail.text
    assert "Role: Support" in mail.text

    pat = Customer(home)
    pat.visit(link_to(home, PAT))
    assert pat.path == PAGE
    assert "Acme" in pat.text
    assert "Support" in pat.text
    pat.submit({"name": "Pat", "password": "a password of their own"})

    assert pat.path == "/tenants/acme/"
    assert pat.browser.get("/tenants/acme/groups/").status_code == 200
    assert pat.browser.get("/tenants/acme/settings/").status_code == NOT_A_PAGE
    assert events(acme)[-3:] == ["invitation.sent", "membership.added", "invitation.accepted"]
    with tenant_context(home):
        assert Account.objects.get(canonical_email=PAT).email_verified


def test_p06_a_password_just_chosen_spares_no_second_factor(home: Tenant, acme: Tenant, ada: Account) -> None:
    with tenant_context(home):
        UserFlow.objects.update(second_factor="always")
    pat = Customer(home)
    pat.visit(sent(home, acme, ada, email=PAT, role=AdministratorRole.SUPPORT))
    pat.submit({"name": "Pat", "password": "a password of their own"})
    assert pat.path.endswith("/password/")
    pat.submit({"password": "a password of their own"})
    assert "authenticator app" in pat.text
    assert not pat.is_signed_in


def test_somebody_with_an_account_signs_in_first_and_accepts_then(home: Tenant, acme: Tenant, ada: Account) -> None:
    link = sent(home, acme, ada, email="stranger@portal.example", role=AdministratorRole.READER)
    stranger = Customer(home)
    stranger.visit(link)
    assert "Sign in to accept" in stranger.text
    assert 'name="password"' not in stranger.text

    stranger.visit("/sign-in/?next=/invitation/")
    stranger.submit({"email": "stranger@portal.example"})
    stranger.submit({"password": PASSWORD})
    assert stranger.path == PAGE
    assert role_of(home, "stranger@portal.example", acme) == ""
    stranger.submit()

    assert stranger.path == "/tenants/acme/"
    assert role_of(home, "stranger@portal.example", acme) == AdministratorRole.READER


def test_an_invitation_to_the_home_tenant_makes_an_operator(home: Tenant, olga: Account, stranger: Account) -> None:
    sent(home, home, olga, email=stranger.email, role=AdministratorRole.AUDITOR)

    token = token_for(home, stranger.email)
    invitations.accept(token, account=stranger, actor=actor_of(stranger))

    browser = Browser(home)
    browser.sign_in(stranger)
    assert browser.get("/jobs/").status_code == 200
    assert browser.get("/tenants/new/").status_code == NOT_A_PAGE


def test_p08_the_link_alone_accepts_nothing_and_its_token_stands_on_no_page(
    home: Tenant, acme: Tenant, ada: Account
) -> None:
    link = sent(home, acme, ada)
    browser = Browser(home)
    for _ in range(2):
        answer = browser.get(link)
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
        assert answer.cookies["invitation"]["httponly"]
    assert link.split("/")[2] not in text(browser.get(PAGE))
    assert role_of(home, PAT, acme) == ""
    with schema_context(PUBLIC):
        assert link.split("/")[2] not in str(Invitation.objects.values().get())


@pytest.mark.parametrize("guess", ["x", "%00", "a" * 3000, "../..", "0" * 64])
def test_p08_p09_a_token_that_somebody_made_up_opens_nothing(home: Tenant, guess: str) -> None:
    eve = Browser(home)
    eve.get(f"/invitation/{guess}/")

    assert eve.get(PAGE).status_code == GONE
    assert eve.post(PAGE, {"password": "a password of hers"}).status_code == GONE


def test_p09_nothing_about_an_invitation_can_be_edited_by_whoever_has_it(
    home: Tenant, acme: Tenant, globex: Tenant, ada: Account
) -> None:
    pat = Customer(home)
    pat.visit(sent(home, acme, ada))
    pat.submit(
        {
            "password": "a password of their own",
            "role": "owner",
            "tenant": str(globex.pk),
            "slug": "globex",
            "email": "eve@globex.example",
            "username": "eve@globex.example",
        }
    )

    assert role_of(home, PAT, acme) == AdministratorRole.SUPPORT
    assert role_of(home, PAT, globex) == role_of(home, "eve@globex.example", acme) == ""


def test_p08_an_invitation_is_good_once(home: Tenant, acme: Tenant, ada: Account) -> None:
    link = sent(home, acme, ada)
    first, second = Customer(home), Customer(home)
    second.visit(link)
    first.visit(link)
    first.submit({"password": "a password of their own"})

    second.submit({"password": "another password of theirs"})

    assert second.page.status_code == GONE
    assert Browser(home).get(link, follow=True).status_code == GONE


def test_p08_somebody_else_who_is_signed_in_cant_accept_and_is_told_why(
    home: Tenant, acme: Tenant, ada: Account, grace_portal: Browser, grace: Account
) -> None:
    link = sent(home, acme, ada)
    grace_portal.get(link)

    assert "this invitation is for another email address" in text(grace_portal.get(PAGE))
    grace_portal.post(PAGE)

    assert role_of(home, grace.email, acme) == role_of(home, PAT, acme) == ""
    assert "Set it up to accept" in text(grace_portal.get(PAGE))
    with pytest.raises(InvitedIsAnother):
        invitations.accept(link.split("/")[2], account=grace, actor=actor_of(grace))


def test_p08_a_withdrawn_invitation_and_one_that_was_sent_again_open_nothing(
    ada_portal: Browser, home: Tenant, acme: Tenant, ada: Account
) -> None:
    first = sent(home, acme, ada)
    with schema_context(PUBLIC):
        of_pat = f"{LIST}invitations/{Invitation.objects.get().pk}/"
    ada_portal.post(f"{of_pat}resend")
    second = link_to(home, PAT)
    assert Browser(home).get(first, follow=True).status_code == GONE
    assert Browser(home).get(second, follow=True).status_code == 200

    assert "is withdrawn" in text(ada_portal.post(f"{of_pat}withdraw", follow=True))

    assert Browser(home).get(second, follow=True).status_code == GONE
    assert ada_portal.post(f"{of_pat}resend").status_code == NOT_A_PAGE
    assert events(acme)[-3:] == ["invitation.sent", "invitation.resent", "invitation.withdrawn"]


def test_p11_an_invitation_expires_without_anybody_tidying_up(home: Tenant, acme: Tenant, ada: Account) -> None:
    link = sent(home, acme, ada)
    with schema_context(PUBLIC):
        invitation = Invitation.objects.get()
        assert LIFETIME - timedelta(minutes=1) < invitation.expires_at - timezone.now() <= timedelta(days=7)
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert Browser(home).get(link, follow=True).status_code == GONE
    with pytest.raises(InvitationGone):
        invitations.accept_as_new(link.split("/")[2], name="", password=PASSWORD)


def test_p08_whoever_may_not_give_the_role_any_more_lets_nobody_in_by_what_they_sent_before(
    home: Tenant, acme: Tenant, ada: Account, stranger: Account
) -> None:
    theirs = add_membership(tenant=acme, account_id=stranger.pk, role=AdministratorRole.OWNER, actor=Actor.command())
    link = sent(home, acme, stranger, role=AdministratorRole.OWNER)
    assert Browser(home).get(link, follow=True).status_code == 200

    memberships.change_role(theirs, role=AdministratorRole.READER, actor=actor_of(ada))
    assert Browser(home).get(link, follow=True).status_code == GONE
    with schema_context(PUBLIC):
        assert [is_valid for _, is_valid in invitations.open_invitations(acme)] == [False]

    memberships.change_role(theirs, role=AdministratorRole.OWNER, actor=actor_of(ada))
    with tenant_context(home):
        disable_account(stranger, actor=Actor.command())
    assert Browser(home).get(link, follow=True).status_code == GONE


def test_p08_nobody_is_let_into_a_deleted_tenant(home: Tenant, acme: Tenant, ada: Account) -> None:
    link = sent(home, acme, ada)
    delete_tenant(acme, typed_name="Acme", actor=Actor.command())

    assert Browser(home).get(link, follow=True).status_code == GONE


@pytest.mark.parametrize("role", [role for role in AdministratorRole if role is not AdministratorRole.OWNER])
def test_p03_nobody_but_an_owner_invites(acme: Tenant, stranger: Account, role: AdministratorRole) -> None:
    add_membership(tenant=acme, account_id=stranger.pk, role=role, actor=Actor.command())

    for wanted in (AdministratorRole.OWNER, role):
        with pytest.raises(MayNotGrant):
            invitations.invite(tenant=acme, email=PAT, role=wanted, actor=actor_of(stranger))


def test_p03_nobody_is_invited_to_a_role_or_tenant_that_is_none_of_ones_business(
    acme: Tenant, globex: Tenant, home: Tenant, ada: Account, olga: Account
) -> None:
    for tenant, role in ((globex, AdministratorRole.READER), (home, AdministratorRole.READER), (acme, "emperor")):
        with pytest.raises(MayNotGrant):
            invitations.invite(tenant=tenant, email=PAT, role=role, actor=actor_of(ada))
    with pytest.raises(MayNotGrant, match="Operators are"):
        invitations.invite(tenant=home, email=PAT, role=AdministratorRole.SUPPORT, actor=actor_of(olga))


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Enter one plain email address"),
        ("pat", "Enter one plain email address"),
        ("a@b.example, c@d.example", "Enter one plain email address"),
        ("pat@new.example\r\nBcc: eve@globex.example", "Enter one plain email address"),
        ("ADA@portal.example", "is already an administrator here"),
    ],
)
def test_an_address_that_cant_be_invited_is_told_of_and_stays_typed(
    ada_portal: Browser, home: Tenant, email: str, sentence: str
) -> None:
    answer = ada_portal.post(f"{LIST}invite/", {"email": email, "role": "support"})

    assert sentence in str(answer.context["form"].errors["email"])
    assert answer.context["form"]["role"].value() == "support"


def test_a_weak_password_is_refused_and_nothing_typed_but_it_is_lost(home: Tenant, acme: Tenant, ada: Account) -> None:
    pat = Customer(home)
    pat.visit(sent(home, acme, ada))
    pat.submit({"name": "Pat", "password": "short"})

    assert pat.page.status_code == 400
    assert "At least 8 characters" in pat.text or "Use at least 8 characters" in pat.text
    assert 'value="Pat"' in pat.text
    assert role_of(home, PAT, acme) == ""


def test_p23_invitations_are_limited(acme: Tenant, ada: Account, ada_portal: Browser) -> None:
    for _ in range(10):
        invitations.invite(tenant=acme, email=PAT, role=AdministratorRole.READER, actor=actor_of(ada))

    answer = ada_portal.post(f"{LIST}invite/", {"email": PAT, "role": "reader"})

    assert "Too many invitations were sent." in str(answer.context["form"].errors["email"])
    with schema_context(PUBLIC):
        assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_p10_of_twenty_who_accept_at_once_one_is_let_in(home: Tenant, acme: Tenant, ada: Account) -> None:
    token = sent(home, acme, ada).split("/")[2]

    def accepted() -> str:
        try:
            invitations.accept_as_new(token, name="Pat", password=PASSWORD)
        except InvitationGone:
            return "gone"
        return "in"

    answers = at_once(20, accepted)

    assert sorted(answers) == ["gone"] * 19 + ["in"]
    with schema_context(PUBLIC):
        assert Membership.objects.filter(tenant=acme).count() == 2
        assert not Invitation.objects.exists()


def test_p08_a_program_that_looks_at_the_link_leaves_no_line_in_the_log(
    home: Tenant, acme: Tenant, ada: Account, caplog: pytest.LogCaptureFixture
) -> None:
    link = sent(home, acme, ada)
    assert Browser(home).head(link).status_code == 302
    assert link not in caplog.text


@pytest.mark.parametrize(
    "path",
    [
        "/invitation/abc-DEF_1/",
        "/t/acme/link/abc-DEF_1/",
        "/t/acme/go/83c1a1d4-7f04-4e3b-9c0e-0f6f0ad7c1c5/open/abc-DEF_1/",
        "/t/acme/owner/abc-DEF_1/",
        "/t/acme/recovery/abc-DEF_1/",
        "/t/acme/profile/email/undo/abc-DEF_1/",
    ],
)
def test_p08_no_line_of_the_log_tells_what_was_mailed(path: str) -> None:
    line = logging.LogRecord("django.request", logging.WARNING, "", 0, "Forbidden (%s): %s", ("no token", path), None)
    assert WithoutMailedTokens().filter(line)
    assert "abc-DEF_1" not in line.getMessage()
    assert line.getMessage().endswith("…/")
