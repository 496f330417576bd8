"""An administrator's own account, seen and changed without leaving the portal."""

import re
from typing import Any

from django_tenants.utils import tenant_context

from accounts.models import Account, Session
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.userflows.customer import Customer

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


def test_ada_changes_her_password_and_is_back_where_she_began(ada_portal: Browser, home: Tenant) -> None:
    way = re.search(r'href="([^"]+)">Change password<', text(ada_portal.get(PROFILE)))
    assert way
    ada_in_person = Customer(home, ada_portal)
    ada_in_person.visit(way[1])
    assert "Confirm it's you" in ada_in_person.text
    assert f'href="{PROFILE}">Back to your profile' in ada_in_person.text
    ada_in_person.submit({"password": PASSWORD})
    ada_in_person.submit({"password": "a wholly different password"})
    assert ada_in_person.path == PROFILE
    assert "Your new password was saved." in ada_in_person.text
    assert "Your new password was saved." not in text(ada_portal.get(PROFILE))


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
