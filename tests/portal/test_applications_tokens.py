"""How an application's tokens are made, chosen in the portal."""

import json
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from joserfc.jwk import ECKey

from applications.models import Application
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser
from tests.portal.registrations import AS_USUAL, CHOICES


@pytest.fixture
def tokens_page(bookshop: Application) -> str:
    return f"/tenants/acme/applications/{bookshop.client_id}/tokens/"


def kept(acme: Tenant, application: Application) -> Any:
    with tenant_context(acme):
        return Application.objects.get(pk=application.pk).token_settings


def test_ada_chooses_and_finds_it_kept(
    ada_portal: Browser, tokens_page: str, acme: Tenant, bookshop: Application
) -> None:
    assert 'value="60"' in ada_portal.get(tokens_page).content.decode()
    assert ada_portal.post(tokens_page, CHOICES | AS_USUAL)["Location"] == tokens_page
    assert {name: str(getattr(kept(acme, bookshop), name)) for name in CHOICES} == CHOICES
    shown = ada_portal.get(tokens_page).content.decode()
    assert 'value="10"' in shown
    assert '<option value="ES256" selected>' in shown
    with tenant_context(acme):
        event = Event.objects.get(action="application.changed")
        assert {name: str(value) for name, value in event.details["now"].items()} == CHOICES


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("access_token_minutes", "9", "Choose 10 to 1440 minutes."),
        ("access_token_minutes", "1441", "Choose 10 to 1440 minutes."),
        ("id_token_minutes", "0", "Choose 10 to 1440 minutes."),
        ("refresh_idle_days", "31", "This can’t be longer than the longest lifetime."),
        ("refresh_absolute_days", "9999999999", "Choose 1 to 730 days."),
        ("refresh_grace_seconds", "61", "Choose 0 to 60 seconds."),
        ("refresh_grace_seconds", "-1", "Choose 0 to 60 seconds."),
        ("id_token_algorithm", "none", "Choose one of those shown for"),
        ("access_token_algorithm", "HS256", "Choose one of those shown for"),
        ("userinfo_algorithm", "HS256", "Choose one of those shown for"),
    ],
)
def test_what_is_out_of_bounds_is_refused_and_stays_typed(
    ada_portal: Browser, tokens_page: str, acme: Tenant, bookshop: Application, field: str, value: str, words: str
) -> None:
    before = kept(acme, bookshop)
    answer = ada_portal.post(tokens_page, CHOICES | AS_USUAL | {field: value})
    assert words in " ".join(answer.context["form"].errors[field])
    assert answer.context["form"][field].value() == value
    assert kept(acme, bookshop) == before


def test_a_service_is_asked_about_access_tokens_only(ada_portal: Browser, acme: Tenant, reports: Application) -> None:
    tokens_page = f"/tenants/acme/applications/{reports.client_id}/tokens/"
    assert set(ada_portal.get(tokens_page).context["form"].fields) == {
        "seen",
        "access_token_minutes",
        "access_token_algorithm",
        "requires_dpop",
    }
    assert (
        ada_portal.post(tokens_page, {"access_token_minutes": "20", "access_token_algorithm": "ES256"}).status_code
        == 302
    )
    assert kept(acme, reports).access_token_minutes == 20
    assert kept(acme, reports).refresh_idle_days == 14


def test_grace_of_another_tenant_changes_nothing(
    grace_portal: Browser, tokens_page: str, acme: Tenant, bookshop: Application
) -> None:
    before = kept(acme, bookshop)
    assert grace_portal.post(tokens_page, CHOICES).status_code == 404
    assert kept(acme, bookshop) == before


def test_an_application_in_use_gets_other_ids_of_its_customers_once_ada_has_said_that_she_knows(
    ada_portal: Browser, tokens_page: str, acme: Tenant, bookshop: Application
) -> None:
    assert "accepts_new_subjects" not in ada_portal.get(tokens_page).context["form"].fields
    with tenant_context(acme):
        Application.objects.filter(pk=bookshop.pk).update(last_used_on="2026-11-29")
    wished = CHOICES | AS_USUAL | {"subject_type": "pairwise"}
    refused = ada_portal.post(tokens_page, wished)
    assert "treat each as someone new" in " ".join(refused.context["form"].errors["subject_type"])
    assert ada_portal.post(tokens_page, wished | {"accepts_new_subjects": "on"})["Location"] == tokens_page
    with tenant_context(acme):
        assert Application.objects.get(pk=bookshop.pk).subject_type == "pairwise"


def test_ada_has_id_tokens_encrypted_to_a_key_of_the_application(
    ada_portal: Browser, tokens_page: str, acme: Tenant, bookshop: Application
) -> None:
    wished = CHOICES | AS_USUAL | {"id_token_encryption": "ECDH-ES"}
    refused = ada_portal.post(tokens_page, wished)
    assert "requires its public keys" in " ".join(refused.context["form"].errors["id_token_encryption"])
    keys = json.dumps({"keys": [{**ECKey.generate_key("P-256").as_dict(private=False), "use": "enc"}]})
    assert ada_portal.post(tokens_page, wished | {"jwks": keys})["Location"] == tokens_page
    assert kept(acme, bookshop).id_token_encryption == "ECDH-ES"
    # Another way to prove itself by a secret leaves the key alone.
    authentication = tokens_page.replace("tokens/", "credentials/authentication/")
    ada_portal.post(authentication, {"auth_method": "client_secret_basic"})
    with tenant_context(acme):
        assert Application.objects.get(pk=bookshop.pk).jwks
    assert ada_portal.get(tokens_page.replace("tokens/", "credentials/")).status_code == 200
