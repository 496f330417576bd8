"""An administrator's own account, seen and changed without leaving the portal."""

from typing import Any

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context

from accounts.models import Account, Session
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD, grow_old
from tests.userflows.customer import Customer, mails_to
from userflows.models import UserFlow

PROFILE = "/me/"


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_way_to_ones_profile_stays_in_the_portal(ada_portal: Browser) -> None:
    assert f'class="person-link" href="{PROFILE}"' in text(ada_portal.get("/tenants/"))
    page = text(ada_portal.get(PROFILE))
    assert '<nav aria-label="Portal">' in page
    assert "ada@portal.example" in page


def test_ada_changes_her_name(ada_portal: Browser, home: Tenant, ada: Account) -> None:
    assert ada_portal.post(PROFILE, {"name": "Ada L."})["Location"] == PROFILE

    with tenant_context(home):
        ada.refresh_from_db()
    assert ada.display_name == "Ada L."
    assert "<strong>Ada L.</strong>" in text(ada_portal.get(PROFILE))


def test_ada_changes_her_password_in_the_portal_and_stays_signed_in_here_alone(
    ada_portal: Browser, home: Tenant, ada: Account
) -> None:
    elsewhere = Browser(home)
    elsewhere.sign_in(ada)
    key = ada_portal.cookies[settings.SESSION_COOKIE_NAME].value

    answer = ada_portal.post(f"{PROFILE}password/", {"password": "a wholly different password"}, follow=True)

    assert "Your new password was saved." in text(answer)
    assert ada_portal.cookies[settings.SESSION_COOKIE_NAME].value != key
    assert elsewhere.get(PROFILE).status_code == 302
    with tenant_context(home):
        assert Account.objects.get(pk=ada.pk).check_password("a wholly different password")
        assert mails_to(ada.email)[0].subject == "Your password for CIAM Portal was changed"
    stolen = Browser(home)
    stolen.cookies[settings.SESSION_COOKIE_NAME] = key
    assert stolen.get(PROFILE).status_code == 302


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("short", "at least 8 characters"), (PASSWORD, "This is your password already"), ("", "Fill in")],
)
def test_a_password_that_wont_do_is_refused_at_its_field(
    ada_portal: Browser, home: Tenant, ada: Account, password: str, sentence: str
) -> None:
    answer = ada_portal.post(f"{PROFILE}password/", {"password": password})

    assert sentence in str(answer.context["form"].errors["password"])
    assert password not in text(answer) or not password
    with tenant_context(home):
        assert Account.objects.get(pk=ada.pk).check_password(PASSWORD)


def test_p13_nobody_who_sits_down_at_a_browser_left_alone_changes_its_owners_password(
    ada_portal: Browser, home: Tenant, ada: Account
) -> None:
    grow_old(ada, home=home, seconds=3600)

    assert "/sign-in/again/" in ada_portal.post(f"{PROFILE}password/", {"password": "of somebody else"})["Location"]
    with tenant_context(home):
        assert Account.objects.get(pk=ada.pk).check_password(PASSWORD)


def test_where_people_sign_in_by_code_there_is_no_password_to_change(ada_portal: Browser, home: Tenant) -> None:
    assert ">Password</a>" in text(ada_portal.get(PROFILE))
    with tenant_context(home):
        UserFlow.objects.update(methods=["code"])
    forget_everything()

    assert ">Password</a>" not in text(ada_portal.get(PROFILE))
    assert ada_portal.get(f"{PROFILE}password/").status_code == 404


def test_ones_roles_are_listed_with_the_way_out_of_each(ada_portal: Browser, olga_portal: Browser) -> None:
    page = text(ada_portal.get(f"{PROFILE}roles/"))
    assert "Acme" in page
    assert "Globex" not in page
    assert "/tenants/acme/administrators/leave/" in page
    assert "this role holds in every tenant" in text(olga_portal.get(f"{PROFILE}roles/"))


def test_a_change_of_password_leads_to_no_page_of_somebody_elses(ada_portal: Browser, home: Tenant) -> None:
    ada_in_person = Customer(home, ada_portal)
    ada_in_person.visit("/profile/password/?next=https://evil.example/")
    assert "evil.example" not in ada_in_person.text


def test_a_name_that_is_too_long_is_refused_at_its_field_and_stays_typed(ada_portal: Browser) -> None:
    answer = ada_portal.post(PROFILE, {"name": "A" * 300})

    assert answer.context["form"].errors["name"]
    assert "A" * 300 in text(answer)


def test_ada_signs_out_of_all_other_browsers_and_stays_in_this_one(
    ada_portal: Browser, grace_portal: Browser, home: Tenant, ada: Account
) -> None:
    with tenant_context(home):
        here = Session.objects.of_account(ada.pk).get()
        elsewhere = Session.objects.get(pk=here.pk)
        elsewhere.pk, elsewhere.sid = "0" * len(str(here.pk)), "elsewhere"
        elsewhere.save(force_insert=True)

    grace_portal.post(f"{PROFILE}sessions/end", {"session": "elsewhere"})
    with tenant_context(home):
        assert Session.objects.of_account(ada.pk).count() == 2, "another's session is none of Grace's business"
    assert ada_portal.post(f"{PROFILE}sessions/end-others").status_code == 302
    with tenant_context(home):
        assert [session.pk for session in Session.objects.of_account(ada.pk)] == [here.pk]
    assert ada_portal.get(PROFILE).status_code == 200
