"""A language of acme's own is one wherever the portal, commands and imports name languages."""

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import keep_language
from accounts.models import Account
from applications.models import Application
from branding.languages.offered import LanguageRules, OwnLanguage
from branding.languages.services import add_language_of_ones_own, apply, remove_language_of_ones_own
from commands.customers.filters import language_of
from common.text.spoken import speaking_language
from oidc.consents.scope_words import allowances_by_key
from tenants.models import Tenant
from tests.branding.brands import ADA
from tests.browser import Browser
from tests.oidc.apis import found_orders
from tests.portal.customers import LIST, names, page_of, read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def swiss(acme: Tenant) -> None:
    with tenant_context(acme):
        add_language_of_ones_own(OwnLanguage("gsw", "Schwiizerdütsch", falls_back_to="de"), actor=ADA)


def test_whoever_corrects_a_name_leaves_the_language_alone(acme: Tenant, carol: Account, ada_portal: Browser) -> None:
    with tenant_context(acme):
        keep_language(carol, "gsw")
    page = ada_portal.get(page_of(carol)).content.decode()
    assert '<option value="gsw" selected>Schwiizerdütsch</option>' in page
    assert '<option value="gsw">Schwiizerdütsch</option>' in ada_portal.get(f"{LIST}invite/").content.decode()
    assert names(ada_portal, "?language=gsw") == [carol.email]

    with tenant_context(acme):
        remove_language_of_ones_own("gsw", actor=ADA)
    assert '<option value="gsw" selected>Schwiizerdütsch</option>' in ada_portal.get(page_of(carol)).content.decode()
    assert "Schwiizerdütsch" not in ada_portal.get(f"{LIST}invite/").content.decode()
    ada_portal.post(page_of(carol), {"surname": "Miller", "language": "gsw"})
    assert (read(carol, acme).surname, read(carol, acme).language) == ("Miller", "gsw")


def test_what_an_application_may_do_is_said_in_it(acme: Tenant, ada_portal: Browser) -> None:
    orders = found_orders(acme)
    scope = f"/tenants/acme/applications/{orders.application.client_id}/api/scopes/{orders.read.pk}/"
    said = {
        "es": {"name": "Pedidos"},
        "de": {"name": "Bestellungen", "description": "Alle"},
        "gsw": {"name": "Bstellige"},
    }
    for language, texts in said.items():
        saved = ada_portal.post(f"{scope}words/{language}/", {"description": "", **texts}, follow=True)
    assert "Schwiizerdütsch" in saved.content.decode()
    swiss = ada_portal.get(f"{scope}words/gsw/")
    assert [row.default for row in swiss.context["rows"]] == ["Bestellungen", "Alle"]
    mexican = ada_portal.get(f"{scope}words/es-mx/")
    assert [row.default for row in mexican.context["rows"]] == ["Pedidos", ""]

    with tenant_context(acme):
        with speaking_language("de", "gsw"):
            [allowed] = allowances_by_key([str(orders.read.pk)])
        remove_language_of_ones_own("gsw", actor=ADA)
    assert (allowed.name, allowed.description) == ("Bstellige", "Alle")
    renamed = ada_portal.post(scope, {"display_name": "Look at orders", "consenter": "anybody", "is_enabled": "on"})
    assert renamed.status_code == 302


def test_a_flow_is_tried_in_the_languages_that_are_offered(
    acme: Tenant, bookshop: Application, ada_portal: Browser
) -> None:
    with tenant_context(acme):
        apply(LanguageRules(("de", "gsw"), "de"), actor=ADA)

    form = ada_portal.get(f"/tenants/acme/user-flows/{bookshop.user_flow_id}/run/").context["form"]

    assert [code for code, _name in form.fields["ui_locales"].choices] == ["", "de", "gsw"]


def test_commands_know_it_at_its_tenant_alone(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme):
        assert language_of("GSW") == "gsw"
    with tenant_context(globex), pytest.raises(CommandError, match="there is no language gsw"):
        language_of("gsw")
