"""Words of a tenant's own, as its customers read them: on pages and in mails, in a language and a flow."""

import threading

import pytest
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy, ngettext
from django_tenants.utils import tenant_context

from branding.models import ChangedSentence
from branding.words.in_force import TenantsWords, words_in_force
from branding.words.products import products_texts
from branding.words.services import change_words
from branding.words.table import sentences
from branding.words.where import EVERYWHERE, Where
from common.problems import Refused
from common.text.spoken import speaking
from tenants.models import Tenant
from tests.branding.brands import ADA, published
from tests.browser import Browser
from tests.userflows.customer import Customer, mails_to
from userflows.flows.deletion import delete_user_flow
from userflows.flows.description import UserFlowDescription
from userflows.flows.services import create, duplicate_user_flow
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
EVIL = "\"><script>alert(1)</script>&'%s"


def change(tenant: Tenant, language: str, text: str, *said: str, where: Where = EVERYWHERE) -> None:
    """Say it otherwise, where customers read it."""
    with tenant_context(tenant):
        change_words(language=language, wished={text: said}, where=where, actor=ADA)
    published(tenant)


def page_in(tenant: Tenant, language: str, path: str = "/sign-in/") -> Customer:
    customer = Customer(tenant)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    customer.visit(path)
    return customer


@pytest.mark.parametrize(
    "template",
    [
        '<a title="{% translate "Continue" %}">{% translate "Continue" %}</a>',
        "{% translate 'Continue' as text %}{{ text }}",
        '{{ _("Continue") }}',
        "{% blocktranslate %}Continue{% endblocktranslate %}",
        "{% blocktranslate asvar text %}Continue{% endblocktranslate %}{{ text }}",
        "{{ python }}",
        "{{ lazy }}",
        "{% blocktranslate with name=python %}Open <bdi>{{ name }}</bdi> and sign in again.{% endblocktranslate %}",
    ],
)
def test_b23_whatever_stood_in_a_row_is_text_on_a_page(template: str) -> None:
    """Even what the rules refuse: each way by which a template says a sentence, in an attribute and outside."""
    words = TenantsWords([{"en": {"Continue": [EVIL], "Open {name} and sign in again.": [EVIL + "{name}"]}}])
    lazy = gettext_lazy("Continue")
    with translation.override("en"), speaking(words):
        page = engines["django"].from_string(template).render({"python": gettext("Continue"), "lazy": lazy})

    assert "<script" not in page
    assert '"><' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#x27;" in page
    assert "amp;lt;" not in page


def test_a_mail_without_html_has_the_text_as_it_was_typed() -> None:
    words = TenantsWords([{"en": {"Continue": ["Weiter & weiter"], "Your code: {code}": ["Ihrer: {code} & 5%"]}}])
    template = (
        "{% autoescape off %}{% translate 'Continue' %}: "
        "{% blocktranslate %}Your code: {{ code }}{% endblocktranslate %}{% endautoescape %}"
    )
    with translation.override("en"), speaking(words):
        assert engines["django"].from_string(template).render({"code": "<1>"}) == "Weiter & weiter: Ihrer: <1> & 5%"


def test_a_changed_sentence_is_read_in_its_language_alone(acme: Tenant, globex: Tenant) -> None:
    change(acme, "de", "Continue", "Los geht’s")

    assert "Los geht’s" in page_in(acme, "de").text
    assert "Los geht’s" not in page_in(acme, "en").text
    assert "Los geht’s" not in page_in(globex, "de").text


def test_b23_the_portal_says_no_tenants_words(acme: Tenant, home: Tenant, ada_portal: Browser) -> None:
    """The home tenant's own pages may; what its administrators rely on may not."""
    for tenant in (acme, home):
        change(tenant, "en", "Sign out", "Delete all")

    page = ada_portal.get("/tenants/acme/branding/").content.decode()

    assert "Sign out" in page
    assert "Delete all" not in page


def test_a_flow_has_words_of_its_own_before_the_tenants(acme: Tenant) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
    change(acme, "en", "Continue", "Go on, please")
    assert "Go on, please" in page_in(acme, "en").text
    change(acme, "en", "Continue", "Onwards", where=Where(user_flow=flow.pk))

    assert "Onwards" in page_in(acme, "en").text
    assert "Go on, please" not in page_in(acme, "en").text


def test_a_mail_says_it_so_in_each_of_its_parts(acme: Tenant) -> None:
    change(acme, "de", "{code} is your code for {tenant}", "Code {code} für {tenant}, viel Spaß")
    change(acme, "de", "Use it to create your account.", "Damit entsteht Ihr Konto bei „Acme & Co“.")
    customer = page_in(acme, "de", "/sign-up/")
    customer.sign_up_to_code("nora@acme.example")

    with tenant_context(acme):
        mail = mails_to("nora@acme.example")[0]
    assert mail.subject.endswith("für Acme, viel Spaß")
    assert "„Acme & Co“" in mail.text
    assert "„Acme &amp; Co“" in mail.html


def test_each_number_has_its_form(acme: Tenant) -> None:
    text = "{count} left"
    change(acme, "ar", text, *(f"{form} {{count}}" for form in "abcdef"))
    with tenant_context(acme), translation.override("ar"), speaking(words_in_force()):
        said = [ngettext("%(count)s left", "%(count)s left", number)[0] for number in (0, 1, 2, 3, 11, 102)]

    assert said == ["a", "b", "c", "d", "f", "e"]


def test_what_was_changed_is_itself_again(acme: Tenant) -> None:
    change(acme, "en", "Continue", "Onwards")
    change(acme, "en", "Continue", "")

    assert "Onwards" not in page_in(acme, "en").text
    with tenant_context(acme):
        assert words_in_force() is None


def test_two_threads_have_nothing_of_each_others(acme: Tenant) -> None:
    words = TenantsWords([{"en": {"Continue": ["Onwards"]}}])
    heard: list[str] = []
    with translation.override("en"), speaking(words):
        thread = threading.Thread(target=lambda: heard.append(gettext("Continue")))
        thread.start()
        thread.join()
        heard.append(gettext("Continue"))

    assert heard == ["Continue", "Onwards"]


def test_b23_eve_of_branding_breaks_no_page_by_a_place(acme: Tenant) -> None:
    for said in ("Onwards {x}", "Onwards %(x)s {", "", " ", "Onwards" * 99):
        text = "Continue to {name}?" if said != "Onwards {x}" else "Continue"
        try:
            change(acme, "en", text, said)
        except Refused:
            continue
        assert not said.strip()
    assert page_in(acme, "en").page.status_code == 200


def test_a_copied_flow_says_the_same_and_a_deleted_one_is_forgotten(acme: Tenant) -> None:
    with tenant_context(acme):
        flow = create(UserFlowDescription("Till"), actor=ADA)
    change(acme, "en", "Continue", "Pay", where=Where(user_flow=flow.pk))
    with tenant_context(acme):
        copy = duplicate_user_flow(flow, name="Other till", actor=ADA)
        with CaptureQueriesContext(connection) as asked:
            delete_user_flow(flow, actor=ADA)

        [kept] = ChangedSentence.objects.all()
        assert (kept.user_flow, kept.texts) == (copy.pk, ["Pay"])
    waits = [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]]
    assert any("branding_branding" in sql for sql in waits), "Whoever changes its words meanwhile is waited for."


def test_no_line_ends_within_a_word_or_behind_a_number_and_whoever_changes_it_reads_it_as_it_is_typed() -> None:
    with translation.override("de"):
        assert gettext("Email address") == "E\u2011Mail-Adresse"
        assert ngettext("%(count)s left", "%(count)s left", 2) == "%(count)s\u00a0übrig"
        assert "14\u00a0Tag" in gettext("Wasn't you? Contact us within 14 days to get them back.")
    with translation.override("th"):
        assert gettext("Your passkeys") == "พาส\u2060คีย์ของคุณ"
    with translation.override("fr"):
        assert ngettext("%(count)s left", "%(count)s left", 2) == "%(count)s\u00a0restants"
    assert products_texts(sentences()["{count} left"], "fr") == ["{count} restant", "{count} restants"]
    assert "14 Tag" in products_texts(sentences()["Wasn't you? Contact us within 14 days to get them back."], "de")[0]
    assert products_texts(sentences()["Email address"], "de") == ["E-Mail-Adresse"]
    assert products_texts(sentences()["Your passkeys"], "th") == ["พาสคีย์ของคุณ"]
