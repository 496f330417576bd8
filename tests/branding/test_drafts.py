"""Drafts: seen by nobody until they are published, all languages together; kept, restored, scheduled and shared."""

import html
import re
import threading
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from audit.models import Event
from branding.brands.content import seen_as
from branding.look import look_for
from branding.models import BrandingImage, BrandVersion
from branding.services import add_language, delete_language
from branding.versions.scheduling import schedule, unschedule
from branding.versions.services import discard, draft_of, newest, publish, restore, scheduled
from branding.views import history
from branding.words.services import change_words
from common.database.caches import forget_everything
from common.database.published import OVERDUE_AFTER
from common.problems import CHANGED_MEANWHILE, Code, Refused
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.branding.brands import ADA, DEFAULT, GERMAN, NOTHING, PAGE, brand, draft, theme_of
from tests.branding.pictures import picture, upload
from tests.browser import Browser
from tests.worker import run_jobs

SOON = timedelta(hours=1)


def hint(tenant: Tenant, language: str = "en") -> str:
    """What customers read in the box for the address."""
    forget_everything()
    with tenant_context(tenant):
        return look_for(language).username_hint


def drafted(tenant: Tenant) -> dict[str, Any]:
    with tenant_context(tenant):
        return dict(draft_of(None)["brandings"])


def seen(tenant: Tenant) -> str:
    with tenant_context(tenant):
        return seen_as(draft_of(None))


def actions(tenant: Tenant) -> list[str]:
    with tenant_context(tenant):
        return list(
            Event.objects.filter(action__startswith="branding.").order_by("pk").values_list("action", flat=True)
        )


@pytest.mark.parametrize(
    "page",
    [
        "publish/",
        "discard",
        "take-back",
        "share/",
        "history/",
        "history/1/",
        "coverage/",
        "sheet/",
        "sheet/page",
        "emails/",
    ],
)
def test_grace_finds_nothing_of_acmes_drafts(acme: Tenant, grace_portal: Browser, page: str) -> None:
    assert grace_portal.get(f"{PAGE}{page}").status_code == 404
    assert grace_portal.post(f"{PAGE}{page}").status_code == 404
    assert grace_portal.post(f"{PAGE}history/1/restore").status_code == 404


def test_what_is_saved_is_a_draft_until_all_languages_are_published_together(acme: Tenant, ada_portal: Browser) -> None:
    ada_portal.post(PAGE, {"locale": "de"})
    ada_portal.post(DEFAULT, NOTHING | {"username_hint": "you@acme.example"})
    ada_portal.post(GERMAN, NOTHING | {"username_hint": "du@acme.example"})
    assert (hint(acme), hint(acme, "de")) == ("", "")
    review = ada_portal.get(f"{PAGE}publish/")
    page = review.content.decode()
    assert "du@acme.example" in page
    assert "Username hint" in page
    assert "Last changed by <bdi>ada@portal.example</bdi>" in page

    sent = ada_portal.post(f"{PAGE}publish/", {"when": "now", "seen": review.context["form"]["seen"].value()})

    assert sent.status_code == 302
    assert (hint(acme), hint(acme, "de")) == ("you@acme.example", "du@acme.example")
    assert actions(acme)[-1] == "branding.published"
    assert "Nothing to publish" in ada_portal.get(f"{PAGE}publish/").content.decode()


def test_save_and_review_leads_to_what_would_change(acme: Tenant, ada_portal: Browser) -> None:
    answer = ada_portal.post(DEFAULT, NOTHING | {"accent_color": "#884400", "review": "on"})

    assert answer.headers["Location"] == f"{PAGE}publish/"
    assert "#884400" in ada_portal.get(f"{PAGE}publish/").content.decode()


def test_whoever_publishes_or_discards_what_another_has_changed_since_is_told(
    acme: Tenant, ada_portal: Browser
) -> None:
    draft(acme, username_hint="first@acme.example")
    before = seen(acme)
    draft(acme, username_hint="second@acme.example")

    told = ada_portal.post(f"{PAGE}publish/", {"when": "now", "seen": before}).content.decode()
    ada_portal.post(f"{PAGE}discard", {"seen": before})

    assert "This has changed since you opened the page" in told
    assert hint(acme) == ""
    assert drafted(acme)[""]["username_hint"] == "second@acme.example"
    with tenant_context(acme):
        for act in (publish, discard):
            with pytest.raises(Refused) as refused:
                act(seen=before, actor=ADA)
            assert [problem.code for problem in refused.value.problems] == [Code.CHANGED_MEANWHILE]


def test_a_discarded_draft_is_what_customers_see_with_its_pictures(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, username_hint="kept@acme.example", images={BrandingImage.Kind.BANNER_LOGO: upload(picture(90, 30))})
    before = drafted(acme)
    draft(acme, username_hint="", images={BrandingImage.Kind.BANNER_LOGO: upload(picture(80, 30))})
    draft(acme, "de", username_hint="du@acme.example")

    ada_portal.post(f"{PAGE}discard", {"seen": seen(acme)})

    assert drafted(acme) == before
    with tenant_context(acme):
        [image] = BrandingImage.objects.all()
        assert image.width == 90


def test_a_version_is_restored_with_its_languages_and_pictures(
    acme: Tenant, ada_portal: Browser, acme_browser: Browser
) -> None:
    brand(acme, username_hint="old@acme.example", images={BrandingImage.Kind.BANNER_LOGO: upload(picture(90, 30))})
    brand(acme, "de", username_hint="alt@acme.example")
    with tenant_context(acme):
        old = newest(None)
        delete_language(locale="de", actor=ADA)
    brand(acme, username_hint="new@acme.example", images={BrandingImage.Kind.BANNER_LOGO: None})
    assert old is not None
    page = ada_portal.get(f"{PAGE}history/{old.number}/")
    assert f'{PAGE}history/{old.number}/restore"' in page.content.decode()

    ada_portal.post(f"{PAGE}history/{old.number}/restore", {"seen": page.context["seen"]})

    assert (hint(acme), hint(acme, "de")) == ("old@acme.example", "alt@acme.example")
    with tenant_context(acme):
        logo = look_for("en").logo_url
    assert acme_browser.get(logo).status_code == 200
    with tenant_context(acme):
        restored = newest(None)
        assert restored is not None
        assert (restored.number, restored.restores, restored.content) == (5, old.number, old.content)
        assert draft_of(None) == old.content
    assert f"Restores version {old.number}" in ada_portal.get(f"{PAGE}history/").content.decode()


def test_before_a_version_is_restored_all_is_told_that_goes(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, username_hint="old@acme.example")
    with tenant_context(acme):
        old = newest(None)
        change_words(language="de", wished={"Continue": ["Auf geht’s"]}, actor=ADA)
    assert old is not None
    brand(acme, accent_color="#884400")
    draft(acme, accent_color="#004488")
    with tenant_context(acme):
        schedule(due_at=timezone.now() + SOON, actor=ADA)

    page = ada_portal.get(f"{PAGE}history/{old.number}/restore")
    told = html.unescape(page.content.decode())

    assert "#884400" in told, "what customers see now"
    assert "Auf geht’s" in told, "the sentence that goes"
    assert "Restoring this version replaces it" in told, "the draft"
    assert "The schedule for" in told
    assert hint(acme, "de") == "old@acme.example"
    ada_portal.post(f"{PAGE}history/{old.number}/restore", {"seen": page.context["seen"]})
    with tenant_context(acme):
        assert draft_of(None) == old.content
    assert "just this already" in ada_portal.get(f"{PAGE}history/{old.number}/restore").content.decode()


def test_a_draft_isnt_discarded_before_it_is_told_what_is_lost(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, accent_color="#884400")
    draft(acme, accent_color="#004488")

    told = ada_portal.get(f"{PAGE}discard").content.decode()

    assert ("#884400" in told, "#004488" in told) == (True, True)
    assert drafted(acme)[""]["accent_color"] == "#004488"


def test_a_version_that_is_pruned_meanwhile_isnt_restored_without_its_pictures(
    acme: Tenant, ada_portal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand(acme, username_hint="old@acme.example", images={BrandingImage.Kind.BANNER_LOGO: upload(picture(90, 30))})
    brand(acme, username_hint="new@acme.example", images={BrandingImage.Kind.BANNER_LOGO: None})

    def restored_too_late(version: BrandVersion, **others: Any) -> BrandVersion:
        BrandVersion.objects.filter(pk=version.pk).delete()
        return restore(version, **others)

    monkeypatch.setattr(history, "restore", restored_too_late)
    told = ada_portal.post(f"{PAGE}history/2/restore", {"seen": seen(acme)}, follow=True)

    assert told.redirect_chain == [(f"{PAGE}history/", 302)]
    assert CHANGED_MEANWHILE.sentence in html.unescape(told.content.decode())
    assert hint(acme) == "new@acme.example"


def test_the_history_unpacks_no_version(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, username_hint="you@acme.example")
    listed = [entry["version"] for entry in ada_portal.get(f"{PAGE}history/").context["entries"]]
    assert [version.get_deferred_fields() for version in listed] == [{"content", "pictures"}] * 2


def test_a_version_shows_what_it_changed_in_words_and_pictures(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, accent_color="#112233", images={BrandingImage.Kind.FAVICON: upload(picture(16, 16))})
    brand(acme, accent_color="#445566", layout="split", images={BrandingImage.Kind.FAVICON: upload(picture(32, 32))})
    with tenant_context(acme):
        first, second = BrandVersion.objects.order_by("number")[1:3]

    page = ada_portal.get(f"{PAGE}history/{second.number}/").content.decode()

    for shown in ("#112233", "#445566", "Split: picture beside the form", *first.pictures, *second.pictures):
        assert shown in page
    preview = ada_portal.get(f"{DEFAULT}preview?version={first.number}").content.decode()
    assert "%23112233" in preview
    assert "%23445566" in ada_portal.get(f"{DEFAULT}preview?version={second.number}").content.decode()


def test_each_language_that_differs_is_shown_before_and_after(acme: Tenant, ada_portal: Browser) -> None:
    """A German draft was shown as the English page, twice the same."""
    brand(acme, "de", username_hint="du@acme.example")
    draft(acme, "de", username_hint="ihr@acme.example")
    draft(acme, "fr", username_hint="vous@acme.example")
    with tenant_context(acme):
        change_words(language="es", wished={"Continue": ["Vamos"]}, actor=ADA)

    page = ada_portal.get(f"{PAGE}publish/").content.decode()
    frames = [html.unescape(each) for each in re.findall(r'<iframe src="([^"]*)" title="The page', page)]
    shown = [ada_portal.get(each).content.decode() for each in frames]

    before, after = shown[::2], shown[1::2]
    for wished, seen_before, seen_after in zip(
        ("ihr@acme.example", "Vamos", "vous@acme.example"), before, after, strict=True
    ):
        assert (wished in seen_before, wished in seen_after) == (False, True)
    assert "du@acme.example" in before[0]
    languages = [re.findall('<html lang="(..)', each) for each in shown]
    assert languages == [["de"], ["de"], ["es"], ["es"], ["fr"], ["fr"]]


def test_what_was_said_before_is_what_customers_read_then(acme: Tenant, ada_portal: Browser) -> None:
    """Before it was said otherwise, the product said something as well."""
    with tenant_context(acme):
        change_words(language="de", wished={"Continue": ["Los"]}, actor=ADA)
    page = ada_portal.get(f"{PAGE}publish/").content.decode()

    assert "<bdi>Weiter</bdi>" in page
    assert "Not set" not in page


def test_what_is_scheduled_is_published_by_the_worker_as_it_was_then(acme: Tenant, ada_portal: Browser) -> None:
    draft(acme, username_hint="christmas@acme.example")
    due = timezone.localtime(timezone.now() + SOON).strftime("%Y-%m-%dT%H:%M")
    asked = {"when": "later", "due_at": due, "seen": seen(acme)}
    assert ada_portal.post(f"{PAGE}publish/", asked).status_code == 302
    draft(acme, username_hint="easter@acme.example")
    assert "The draft has changed since" in ada_portal.get(PAGE).content.decode()

    run_jobs()
    assert hint(acme) == ""
    with tenant_context(acme):
        BrandVersion.objects.filter(number=None).update(due_at=timezone.now())
    with schema_context(PUBLIC):
        DBTaskResult.objects.update(run_after=timezone.now() - SOON)
    run_jobs()

    assert hint(acme) == "christmas@acme.example"
    assert drafted(acme)[""]["username_hint"] == "easter@acme.example"
    with tenant_context(acme):
        assert scheduled(None) is None
        event = Event.objects.filter(action="branding.published").latest("pk")
        assert event.actor_name == "ada@portal.example"


def test_what_no_worker_has_published_is_told_with_the_way_to_publish_it(acme: Tenant, ada_portal: Browser) -> None:
    theme = theme_of(acme)
    draft(acme, theme=theme, username_hint="late@acme.example")
    with tenant_context(acme):
        schedule(due_at=timezone.now() + SOON, theme=theme, actor=ADA)
    assert "isn’t published" not in ada_portal.get("/tenants/acme/").content.decode()
    with tenant_context(acme):
        BrandVersion.objects.filter(number=None).update(due_at=timezone.now() - OVERDUE_AFTER)

    overview = ada_portal.get("/tenants/acme/").content.decode()

    assert "What was scheduled for “Kids” isn’t published." in overview
    assert f'href="{PAGE}themes/{theme.pk}/publish/"' in overview


def test_what_is_taken_back_or_overtaken_is_never_published(acme: Tenant, ada_portal: Browser) -> None:
    draft(acme, username_hint="first@acme.example")
    with tenant_context(acme):
        schedule(due_at=timezone.now() + SOON, actor=ADA)
    ada_portal.post(f"{PAGE}take-back")
    draft(acme, username_hint="second@acme.example")
    with tenant_context(acme):
        schedule(due_at=timezone.now() + SOON, actor=ADA)
    draft(acme, username_hint="third@acme.example")
    with tenant_context(acme):
        publish(actor=ADA)
        unschedule(actor=ADA)
    with schema_context(PUBLIC):
        DBTaskResult.objects.update(run_after=timezone.now() - SOON)

    run_jobs()

    assert hint(acme) == "third@acme.example"
    assert actions(acme).count("branding.unscheduled") == 2


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({"when": "later"}, "Choose a day and a time."),
        ({"when": "later", "due_at": "soon"}, "Enter a day and a time"),
        ({"when": "later", "due_at": "2020-01-01T10:00"}, "Choose a time in the future."),
        ({"when": "never"}, "Choose one of those shown"),
    ],
)
def test_what_is_no_time_is_said_and_nothing_is_published(
    acme: Tenant, ada_portal: Browser, when: dict[str, str], told: str
) -> None:
    draft(acme, username_hint="you@acme.example")

    page = ada_portal.post(f"{PAGE}publish/", {"seen": seen(acme), **when}).content.decode()

    assert told in page
    assert hint(acme) == ""


def test_the_same_isnt_published_twice(acme: Tenant) -> None:
    brand(acme, username_hint="you@acme.example")
    with tenant_context(acme):
        version = newest(None)
        assert version is not None
        for act in (lambda: publish(actor=ADA), lambda: restore(version, actor=ADA)):
            with pytest.raises(Refused, match="Customers see just this already"):
                act()


def test_the_map_says_what_each_language_shows_and_leads_there(
    acme: Tenant, ada_portal: Browser, acme_browser: Browser
) -> None:
    brand(acme, username_hint="you@acme.example", shows_footer=True, privacy_url="https://acme.example/privacy")
    brand(acme, "de", username_hint="du@acme.example")
    theme = theme_of(acme)
    brand(acme, theme=theme, privacy_url="https://kids.example/privacy")

    own = ada_portal.get(f"{PAGE}coverage/").context["rows"]
    themed = ada_portal.get(f"{PAGE}themes/{theme.pk}/coverage/").context["rows"]

    told = {
        row.name: [(cell.locale, cell.value, source, where) for cell, source, _, where in cells] for row, cells in own
    }
    assert told["username_hint"] == [
        ("", "you@acme.example", "Default", f"{DEFAULT}#id_username_hint"),
        ("de", "du@acme.example", "German", f"{GERMAN}#id_username_hint"),
    ]
    assert told["terms_text"][1][1:] == ("Nutzungsbedingungen", "Neutral", f"{DEFAULT}#id_terms_text")
    for language, value in (("fr", told["username_hint"][0][1]), ("de", told["username_hint"][1][1])):
        page = acme_browser.get("/sign-in/", headers={"accept-language": language}, follow=True).content.decode()
        assert f'placeholder="{value}"' in page
        assert f'href="{told["privacy_url"][0][1]}"' in page
    kids = {row.name: [(cell.value, source, where) for cell, source, _, where in cells] for row, cells in themed}
    edit = f"{PAGE}themes/{theme.pk}/default/"
    assert kids["privacy_url"] == [("https://kids.example/privacy", "Kids · Default", f"{edit}#id_privacy_url")] * 2
    assert kids["username_hint"][1][1:] == ("Company branding · German", f"{GERMAN}#id_username_hint")


def test_a_language_in_the_draft_alone_isnt_offered_to_browsers(acme: Tenant) -> None:
    with tenant_context(acme):
        add_language(locale="pt-BR", actor=ADA)
    draft(acme, "pt-BR", username_hint="seu e-mail")

    page = Browser(acme).get("/sign-in/", headers={"accept-language": "pt-BR"}, follow=True).content.decode()

    assert "seu e-mail" not in page


def test_what_was_shown_before_the_upgrade_is_the_first_version(acme: Tenant) -> None:
    upgrade = import_module("branding.migrations.0003_versions").FIRST_VERSION
    pictures = {BrandingImage.Kind.BANNER_LOGO: upload(picture(90, 30)), BrandingImage.Kind.FAVICON: None}
    draft(acme, username_hint='it\'s "you"', shows_footer=False, legal_lines="Acme\nHamburg", images=pictures)
    draft(acme, "de", accent_color="#112233", shows_footer=True)
    draft(acme, "pt-BR")
    with tenant_context(acme):
        BrandVersion.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(upgrade)
        version = newest(None)
        assert version is not None
        assert (version.number, version.content) == (1, draft_of(None))
        assert version.pictures == list(BrandingImage.objects.values_list("digest", flat=True))
    assert hint(acme) == 'it\'s "you"'


@pytest.mark.django_db(transaction=True)
def test_of_six_who_publish_at_once_one_does(acme: Tenant) -> None:
    draft(acme, username_hint="you@acme.example")
    outcomes = []

    def press() -> None:
        try:
            with tenant_context(acme):
                outcomes.append(publish(actor=ADA).number)
        except Refused:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=bool) == [None] * 5 + [2]
