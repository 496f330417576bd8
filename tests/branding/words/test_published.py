"""Words are drafted, published, scheduled and restored with the look of their brand, the tenant's or a theme's."""

import re
from datetime import timedelta
from importlib import import_module
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.translation import gettext
from django_tenants.utils import tenant_context

from applications.models import Application
from audit.models import Event
from branding.brands.content import seen_as
from branding.brands.lookup import read_published
from branding.look import look_for
from branding.models import BrandVersion, ChangedSentence, Theme
from branding.versions.links import make_link
from branding.versions.scheduling import schedule
from branding.versions.services import discard, draft_of, is_published, newest, publish, restore, scheduled
from branding.words.in_force import PublishedWords, TenantsWords, words_in_force
from branding.words.services import change_words
from branding.words.where import EVERYWHERE, Where
from common.database.caches import forget_everything
from common.problems import Refused
from common.text.spoken import speaking
from tenants.models import Tenant
from tenants.postgresql import announce_change
from tests.branding.brands import ADA, PAGE, brand, draft, published, theme_of
from tests.browser import Browser
from tests.worker import run_jobs
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db


def say(tenant: Tenant, text: str, *, sentence: str = "Continue", where: Where = EVERYWHERE) -> None:
    with tenant_context(tenant):
        change_words(language="de", wished={sentence: [text]}, where=where, actor=ADA)


def read(tenant: Tenant, *, sentence: str = "Continue", flow: UserFlow | None = None, client_id: str = "") -> str:
    """What customers read."""
    with tenant_context(tenant), translation.override("de"):
        words = words_in_force(flow.pk if flow else None, client_id)
        with speaking(words):
            return gettext(sentence)


def test_customers_read_what_was_published_and_the_editor_shows_the_draft(acme: Tenant, ada_portal: Browser) -> None:
    say(acme, "Los")

    assert read(acme) == "Weiter"
    page = ada_portal.get("/tenants/acme/words/?language=de&state=changed").content.decode()
    assert ">Los</textarea>" in page
    assert "1 change isn’t published" in page
    review = ada_portal.get(f"{PAGE}publish/").content.decode()
    assert "<bdi>Continue</bdi>" in review
    assert "<bdi>Los</bdi>" in review

    published(acme)

    assert read(acme) == "Los"
    with tenant_context(acme):
        [event] = Event.objects.filter(action="branding.published").order_by("-pk")[:1]
    assert event.details["changes"] == ["de/words"]


def test_the_history_says_how_many_sentences_changed_in_which_language_and_leads_there(
    acme: Tenant, ada_portal: Browser
) -> None:
    for sentence in ("Continue", "Back", "Show"):
        say(acme, "Los", sentence=sentence)
    with tenant_context(acme):
        change_words(language="fr", wished={"Continue": ["Allons-y"]}, actor=ADA)
    brand(acme, username_hint="you@acme.example")

    page = ada_portal.get(f"{PAGE}history/")

    said = re.sub("<[^>]+>", "", page.content.decode())
    assert "3 sentences in German, 1 sentence in French" in said
    assert page.context["entries"][0]["count"] == 5
    (_language, _number, url), _french = page.context["entries"][0]["sentences"]
    path, _, place = url.partition("#")
    assert f'id="{place}">German<' in ada_portal.get(path).content.decode()


def test_b28_globex_publishes_nothing_of_acmes_and_a_draft_changed_meanwhile_stays_one(
    acme: Tenant, globex: Tenant
) -> None:
    say(acme, "Los")
    with tenant_context(acme):
        seen = seen_as(draft_of(None))
    say(acme, "Hopp")

    with tenant_context(acme), pytest.raises(Refused):
        publish(seen=seen, actor=ADA)
    assert read(acme) == "Weiter"
    published(acme)
    assert (read(acme), read(globex)) == ("Hopp", "Weiter")


def test_words_come_back_with_the_version_and_go_with_a_discarded_draft(acme: Tenant) -> None:
    brand(acme, username_hint="you@acme.example")
    say(acme, "Los")
    published(acme)
    with tenant_context(acme):
        first = newest(None)
        assert first
    say(acme, "Hopp")
    say(acme, "Raus", sentence="Sign out")
    published(acme)
    assert read(acme) == "Hopp"

    with tenant_context(acme):
        restore(first, actor=ADA)
    assert (read(acme), read(acme, sentence="Sign out")) == ("Los", "Abmelden")
    with tenant_context(acme):
        assert [row.texts for row in ChangedSentence.objects.all()] == [["Los"]]

    say(acme, "Hopp")
    with tenant_context(acme):
        discard(actor=ADA)
        assert [row.texts for row in ChangedSentence.objects.all()] == [["Los"]]
        with pytest.raises(Refused, match="just this"):
            publish(actor=ADA)


def test_what_is_scheduled_says_what_was_said_then(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    say(acme, "Los")
    with tenant_context(acme):
        schedule(due_at=timezone.now() + timedelta(hours=1), actor=ADA)
    say(acme, "Hopp")
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    run_jobs()

    assert read(acme) == "Los"
    with tenant_context(acme):
        assert scheduled(None) is None


def test_of_all_who_say_a_sentence_the_nearest_is_read() -> None:
    """Theme, user flow, tenant, product; a language of the tenant's own before the one that it falls back to."""
    flow = uuid4()
    places = {"theme": ("kids", ""), "flow": ("", str(flow)), "tenant": ("", "")}
    nearest_first = list(product(("gsw", "de"), places))
    for says in product((True, False), repeat=len(nearest_first)):
        saying = [each for each, is_said in zip(nearest_first, says, strict=True) if is_said]
        brands: dict[str, dict[str, dict[str, Any]]] = {"": {}, "kids": {}}
        for language, who in saying:
            theme, of_flow = places[who]
            brands[theme].setdefault(of_flow, {})[language] = {"Continue": [[f"{who}, {language}"], ["Weiter"]]}

        words = PublishedWords(brands, {"mobile": "kids"}).find(flow, "mobile")

        nearest = next((f"{who}, {language}" for language, who in saying), None)
        assert (words.find(("de", "gsw"), "Continue") if words else None) == nearest


@pytest.mark.parametrize(
    ("spoken", "read"),
    [
        (("en", ""), {"Continue": "Go on", "Postal code": "ZIP"}),
        (("en-gb", ""), {"Continue": "Go on", "Postal code": None}),
        (("en-gb", "en-au"), {"Continue": "Go on", "Sign in": "Hop in", "Postal code": None}),
        (("es", ""), {"Continue": None}),
    ],
)
def test_a_region_reads_what_is_said_in_its_language_where_the_product_says_both_alike(
    spoken: tuple[str, str], read: dict[str, str | None]
) -> None:
    english = {"Continue": ["Go on"], "Postal code": ["ZIP"], "Sign in": ["Log in"]}
    words = TenantsWords([{"en": english, "en-gb": {"Sign in": ["Log on"]}, "en-au": {"Sign in": ["Hop in"]}}])

    assert {text: words.find(spoken, text) for text in read} == read


def test_a_theme_says_it_otherwise_to_the_customers_of_its_applications_alone(
    acme: Tenant, mobile: Application, bookshop: Application, ada_portal: Browser
) -> None:
    theme: Theme = theme_of(acme, str(mobile.client_id))
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
    say(acme, "Los")
    say(acme, "Zur Kasse", where=Where(user_flow=flow.pk))
    say(acme, "Raus", sentence="Sign out")
    of_theme = Where(theme=theme.pk)
    say(acme, "Auf geht’s", where=of_theme)
    published(acme)
    client_ids = [str(application.client_id) for application in (mobile, bookshop)]
    assert [read(acme, flow=flow, client_id=each) for each in client_ids] == ["Zur Kasse", "Zur Kasse"]

    published(acme, theme)

    assert [read(acme, flow=flow, client_id=each) for each in client_ids] == ["Auf geht’s", "Zur Kasse"]
    assert read(acme, sentence="Sign out", client_id=client_ids[0]) == "Raus"
    page = ada_portal.get(f"/tenants/acme/words/?language=de&where={theme.pk}&q=Los").content.decode()
    assert 'data-before="Los"' in page
    assert ">Auf geht’s</textarea>" in page
    with tenant_context(acme):
        assert Event.objects.filter(action="theme.words_changed").count() == 1


def test_what_was_said_before_the_upgrade_stays_said_by_every_version(acme: Tenant) -> None:
    upgrade = import_module("branding.migrations.0007_words_of_brands").PUBLISHED
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
    brand(acme, username_hint="you@acme.example")
    say(acme, "Los")
    say(acme, "Zur Kasse", where=Where(user_flow=flow.pk))
    assert read(acme, flow=flow) == "Weiter"
    with tenant_context(acme):
        with connection.cursor() as cursor:
            cursor.execute(upgrade)
        announce_change()
        first = BrandVersion.objects.get(number=1)
        assert is_published(None)
    assert (read(acme), read(acme, flow=flow)) == ("Los", "Zur Kasse")

    with tenant_context(acme):
        restore(first, actor=ADA)
    assert read(acme) == "Los"


def test_a_link_to_a_draft_shows_its_words(acme: Tenant, acme_browser: Browser) -> None:
    say(acme, "Los")
    with tenant_context(acme):
        link = make_link(theme=None, days=1, actor=ADA).removeprefix("/t/acme")

    assert "Los" in acme_browser.get(f"{link}page?page=sign_in&in=de").content.decode()
    assert "Los" not in acme_browser.get("/sign-in/", headers={"accept-language": "de"}).content.decode()


def test_what_stands_around_a_shared_draft_speaks_the_products_own_words(acme: Tenant, acme_browser: Browser) -> None:
    with tenant_context(acme):
        change_words(language="en", wished={"Language": ["Lingo"]}, actor=ADA)
        publish(actor=ADA)
        link = make_link(theme=None, days=1, actor=ADA).removeprefix("/t/acme")

    assert "Lingo" in acme_browser.get("/language/?next=/sign-in/").content.decode()
    assert "Lingo" not in acme_browser.get(link).content.decode()


# Words of 40 kB that don't get smaller, in fifty versions; the newest one has none of them.
_PAST = """
    INSERT INTO branding_brandversion
        (id, number, content, pictures, changes, actor_kind, actor_id, actor_name, published_at)
    SELECT gen_random_uuid(), past.number, newest.content || CASE WHEN past.number < 1050 THEN jsonb_build_object(
            'words', jsonb_build_object('', jsonb_build_object('de', (
                SELECT jsonb_object_agg(md5((past.number * 1000 + each)::text), jsonb_build_array())
                FROM generate_series(1, 1000) each
            )))
        ) ELSE '{}' END, '{}', '{}', 'system', '', '', now()
    FROM branding_brandversion newest, generate_series(1001, 1050) past (number)
    WHERE newest.number = 1
"""


def test_what_is_published_is_read_without_unpacking_what_was(acme: Tenant) -> None:
    with tenant_context(acme), connection.cursor() as cursor:
        cursor.execute(_PAST)
        with CaptureQueriesContext(connection) as captured:
            read_published()
            words_in_force()
        assert len(captured) == 2
        to_unpack = _blocks_of(cursor, "SELECT sum(length(content::text)) FROM branding_brandversion")
        for query in captured.captured_queries:
            assert _blocks_of(cursor, query["sql"]) < to_unpack / 2


def _blocks_of(cursor: CursorWrapper, statement: str) -> int:
    """So many blocks the statement looks at."""
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
    [([plan],)] = cursor.fetchall()
    return int(plan["Plan"]["Shared Hit Blocks"]) + int(plan["Plan"]["Shared Read Blocks"])


def test_eve_asks_for_many_style_sheets_that_there_are_not_and_the_database_for_one(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand(acme, accent_color="#123456")
    monkeypatch.setattr("common.database.caches.in_transaction", lambda: False)
    monkeypatch.setattr("branding.look.ASK_AGAIN_AFTER", 60.0)
    eve = Browser(acme)
    with tenant_context(acme):
        folder, _, name = look_for("en").style_sheet_url.rpartition("/")
    assert eve.get(f"{folder}/{name}").status_code == 200

    with CaptureQueriesContext(connection) as captured:
        for number in range(10):
            assert eve.get(f"{folder}/{str(number) * 32}.css").status_code == 404

    assert sum("branding_brandversion" in query["sql"] for query in captured.captured_queries) == 1
    draft(acme, accent_color="#654321")
    published(acme)
    forget_everything()
    with tenant_context(acme):
        sheet = look_for("en").style_sheet_url
    assert sheet != f"{folder}/{name}"
    assert eve.get(sheet).status_code == 200
