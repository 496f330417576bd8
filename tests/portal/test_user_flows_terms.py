"""The terms of use of a flow, as administrators set them; and whether a customer has accepted them."""

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from userflows.flows.services import change_user_flow, create_user_flow
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
OWN = "I accept the [terms](https://acme.example/terms)"


@pytest.fixture
def path(acme: Tenant) -> str:
    with tenant_context(acme):
        return f"/tenants/acme/user-flows/{UserFlow.objects.get(is_default=True).pk}/"


def test_grace_sets_no_terms_of_acme(grace_portal: Browser, path: str) -> None:
    assert grace_portal.post(f"{path}terms/", {"terms_version": "1"}).status_code == 404


def test_ada_requires_terms_and_says_them_in_german(ada_portal: Browser, acme: Tenant, path: str) -> None:
    page = ada_portal.post(f"{path}terms/", {"terms_version": " 2026-12 "}, follow=True).content.decode()
    assert "no terms link yet" in page
    ada_portal.post(f"{path}terms/", {"terms_version": "2026-12", "terms_text": OWN})
    assert f'value="{OWN}"' in ada_portal.get(f"{path}terms/").content.decode()
    german = {"terms-of-use": "Einverstanden", "attribute": ["givenName"], "givenName-label": "Vorname"}
    assert ada_portal.post(f"{path}page-layout/de/", german).status_code == 302
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        told = Event.objects.filter(details__now={"terms_version": "2026-12"})
        assert told.get().action == "user_flow.changed"
    assert (flow.terms_version, flow.terms_in(["de"]), flow.terms_in(["fr"])) == ("2026-12", "Einverstanden", OWN)
    assert 'value="Einverstanden"' in ada_portal.get(f"{path}page-layout/de/").content.decode()
    wrong = ada_portal.post(f"{path}page-layout/de/", {"terms-of-use": "[x](javascript:x)"}).content.decode()
    assert 'id="terms-of-use-error"' in wrong


def test_ada_reads_where_another_flow_shares_a_version_that_it_says_otherwise(
    ada_portal: Browser, acme: Tenant, path: str
) -> None:
    with tenant_context(acme):
        command = Actor.command()
        create_user_flow(name="Club", methods=("code",), allows_sign_up=True, actor=command)
        trade = create_user_flow(name="Trade", methods=("code",), allows_sign_up=True, actor=command)
        for flow, text in ((UserFlow.objects.get(name="Club"), OWN), (trade, f"{OWN} and pay")):
            change_user_flow(flow, terms_version="1", terms_text=text, actor=command)
    page = ada_portal.post(f"{path}terms/", {"terms_version": "1", "terms_text": OWN}, follow=True).content.decode()
    assert page.count("has the same version and another sentence") == 1
    assert f'href="/tenants/acme/user-flows/{trade.pk}/terms/">Trade</a>' in page
    page = ada_portal.post(f"{path}terms/", {"terms_version": "2", "terms_text": OWN}, follow=True).content.decode()
    assert "another sentence" not in page


def test_a_sentence_without_a_version_asks_no_one_and_says_so(ada_portal: Browser, path: str) -> None:
    sent = {"terms_version": " ", "terms_text": OWN}
    page = ada_portal.post(f"{path}terms/", sent, follow=True).content.decode()
    assert "Saved. No one is asked while there is no version." in page
    assert "Customers are asked" not in page


def test_what_customers_could_not_follow_is_said_at_its_field(ada_portal: Browser, path: str) -> None:
    sent = {"terms_version": "v" * 33, "terms_text": "[x](javascript:x)"}
    errors = ada_portal.post(f"{path}terms/", sent).context["form"].errors
    assert set(errors) == {"terms_version", "terms_text"}


def test_a_customers_page_tells_what_they_have_accepted(ada_portal: Browser, acme: Tenant, carol: Account) -> None:
    path = f"/tenants/acme/customers/{carol.pk}/"
    assert "Accepted terms of use" not in ada_portal.get(path).content.decode()
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(accepted_terms={"2026-12": "2026-12-01T09:00:00+00:00"})
    page = ada_portal.get(path).content.decode()
    assert "Accepted terms of use" in page
    assert "<bdi>2026-12</bdi>" in page
