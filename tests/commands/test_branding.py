"""What the portal does with a brand, a script can do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from applications.models import Application
from branding.languages.offered import OwnLanguage
from branding.languages.services import add_language_of_ones_own
from branding.look import look_for
from branding.models import BrandingImage, Theme
from branding.words.services import change_words
from branding.words.where import Where
from common.database.caches import forget_everything
from common.text.languages import TRANSLATED_LANGUAGES
from tenants.models import Tenant
from tests.branding.brands import ADA, draft
from tests.branding.pictures import picture, upload, zipped
from tests.browser import Browser
from tests.commands.conftest import Run
from tests.crowd import at_once
from userflows.models import UserFlow

AT_ACME = ("--tenant", "acme")
FRENCH = b'{"id": "fr-FR", "signInPageText": "Bienvenue"}'
LOGO = picture(160, 36)
KIDS = (*AT_ACME, "--theme", "Kids")


def hint(tenant: Tenant, client_id: str = "") -> str:
    forget_everything()
    with tenant_context(tenant):
        return look_for("de", client_id=client_id).username_hint


def test_a_brand_is_changed_published_scheduled_and_restored(run: Run, acme: Tenant, acme_browser: Browser) -> None:
    set_german = ("branding", "set", *AT_ACME, "--language", "de")
    assert run(*set_german, "username_hint=du@acme.example", "shows_footer=no") == {
        "username_hint": "du@acme.example",
        "shows_footer": False,
    }
    assert run("branding", "show", *AT_ACME)["is_published"] is False
    with pytest.raises(CommandError, match="at most 64 characters"):
        run("branding", "share", *AT_ACME, "--note", "x" * 65)
    link = run("branding", "share", *AT_ACME)["link"].partition("/t/acme")[2]
    assert "du@acme.example" in acme_browser.get(f"{link}page?in=de").content.decode()
    assert hint(acme) == ""

    assert run("branding", "publish", *AT_ACME)["number"] == 2
    assert hint(acme) == "du@acme.example"
    with pytest.raises(CommandError, match="Customers see just this already"):
        run("branding", "publish", *AT_ACME)
    run("branding", "remove-language", *AT_ACME, "--language", "de")
    assert run("branding", "publish", *AT_ACME, "--at", "2100-01-31T09:30+01:00")["due_at"].startswith("2100-01-31")
    assert run("branding", "show", *AT_ACME)["due_at"].startswith("2100-01-31")
    run("branding", "take-back", *AT_ACME)
    run("branding", "discard", *AT_ACME)
    assert run("branding", "show", *AT_ACME) == {
        "brandings": {"": {}, "de": {"username_hint": "du@acme.example", "shows_footer": False}},
        "crops": {},
        "words": {},
        "user_flows": {},
        "version": 2,
        "is_published": True,
        "due_at": None,
    }
    assert run("branding", "restore", *AT_ACME, "--number", "1")["restores"] == 1
    assert hint(acme) == ""
    versions = run("branding", "history", *AT_ACME)["versions"]
    assert [each["number"] for each in versions] == [3, 2, 1]
    assert versions[1]["changes"] == ["de/", "de/username_hint", "de/shows_footer"]


def test_the_history_counts_sentences_as_the_portal_does(say: Callable[..., str], acme: Tenant) -> None:
    for sentence in ("Back", "Continue"):
        say("words", "set", *AT_ACME, "--language", "de", "--sentence", sentence, "--text", "Los")
    say("branding", "publish", *AT_ACME)
    say("words", "set", *AT_ACME, "--language", "de", "--sentence", "Back", "--text", "Her")
    say("branding", "publish", *AT_ACME)
    newest, before = say("branding", "history", *AT_ACME).splitlines()[:2]
    assert newest.endswith("  1 change, de: 1 sentence")
    assert before.endswith("  2 changes, de: 2 sentences")


def test_a_style_sheet_comes_from_a_file_and_what_is_not_used_or_cant_be_read_is_told(
    run: Run, acme: Tenant, tmp_path: Path
) -> None:
    sheet = tmp_path / "brand.css"
    sheet.write_text("\ufeff.ext-title { color: navy }\n.ext-title { position: fixed }\n", encoding="utf-8")
    answer = run("branding", "set", *AT_ACME, "--css", str(sheet), "shows_reset=no")
    assert answer["custom_css"].startswith(".ext-title")
    assert answer["shows_reset"] is False
    assert answer["left_out"] == [{"line": 2, "reason": "Pages don’t support “position”."}]
    sheet.write_text(".ext-title { color: #999 }", encoding="utf-8")
    [pair] = run("branding", "set", *AT_ACME, "--css", str(sheet))["contrast"]
    assert (pair["line"], pair["front"], pair["back"], pair["fix"]) == (1, "#999999", "#ffffff", "#737373")
    with pytest.raises(CommandError, match="can't be read"):
        run("branding", "set", *AT_ACME, "--css", str(tmp_path / "none.css"))
    with pytest.raises(CommandError, match="at most 25600"):
        run("branding", "set", *AT_ACME, "custom_css=" + "a" * 25601)
    with pytest.raises(CommandError, match="Name a field"):
        run("branding", "set", *AT_ACME)


def test_a_script_takes_a_branding_along(run: Run, acme: Tenant, tmp_path: Path) -> None:
    archive = tmp_path / "acme.zip"
    archive.write_bytes(zipped({"branding.json": FRENCH, "fr-FR/bannerLogo.png": picture(120, 36)}))
    told = ("branding", "import", *AT_ACME, "--file")
    assert run(*told, str(archive))["report"] == [
        {"language": "fr-FR", "name": "signInPageText", "ours": "sign_in_page_text", "note": ""},
        {"language": "fr-FR", "name": "bannerLogo", "ours": "banner_logo", "note": ""},
    ]
    archive.write_bytes(b"x")
    for name, sentence in ((str(archive), "isn’t JSON"), (str(tmp_path / "none"), "can't be read")):
        with pytest.raises(CommandError, match=sentence):
            run(*told, name)


def test_what_is_shown_of_one_tenant_is_imported_at_another_after_a_look(
    run: Run, acme: Tenant, globex: Tenant, tmp_path: Path
) -> None:
    draft(acme, accent_color="#aa0000", shows_header=True, images={BrandingImage.Kind.BANNER_LOGO: upload(LOGO)})
    draft(acme, "de", username_hint="du@acme.example", images={BrandingImage.Kind.FAVICON: upload(picture(200, 40))})
    run("branding", "set", *AT_ACME, "--language", "de", "favicon_crop=0,0,80")
    with tenant_context(acme):
        change_words(language="de", wished={"Continue": ["Los"]}, actor=ADA)
        add_language_of_ones_own(OwnLanguage("gsw", "Züritüütsch", falls_back_to="de"), actor=ADA)
        change_words(language="gsw", wished={"Back": ["Zrugg"]}, actor=ADA)
        flow = UserFlow.objects.get()
        change_words(language="de", wished={"Back": ["Retour"]}, where=Where(user_flow=flow.pk), actor=ADA)
    file, at_globex = tmp_path / "acme.zip", ("--tenant", "globex")
    told, before = run("branding", "show", *AT_ACME, "--zip", str(file)), run("branding", "show", *at_globex)

    looked_at = run("branding", "import", *at_globex, "--file", str(file), "--check")
    assert run("branding", "show", *at_globex) == before
    assert run("branding", "import", *at_globex, "--file", str(file)) == looked_at

    taken, told_words = run("branding", "show", *at_globex), told["words"]
    assert told_words[""].pop("gsw")
    assert told["user_flows"] == {str(flow.pk): flow.name}
    with tenant_context(globex):
        told_words[str(UserFlow.objects.get().pk)] = told_words.pop(str(flow.pk))
    assert (taken["brandings"], taken["crops"], taken["words"]) == (told["brandings"], told["crops"], told_words)
    assert [line["name"] for line in looked_at["report"] if line["note"]] == ["words/gsw"]
    with pytest.raises(CommandError, match="can't be written"):
        run("branding", "show", *AT_ACME, "--zip", str(tmp_path / "none" / "acme.zip"))


def test_all_is_imported_of_a_branding_that_a_browser_could_not_send(run: Run, acme: Tenant, tmp_path: Path) -> None:
    kinds = ("banner_logo", "banner_logo_dark", "square_logo", "square_logo_dark", "header_logo", "favicon")
    told = {
        "brandings": {each: {} for each in ("da", "de", "es", "fi", "fr", "it", "ja")},
        "version": "x" * 2 * 1024**2,
    }
    files = {f"{each}/{kind}.png": picture(20, 20) for each in told["brandings"] for kind in kinds}
    (tmp_path / "acme.zip").write_bytes(zipped({"branding.json": json.dumps(told).encode(), **files}))

    report = run("branding", "import", *AT_ACME, "--file", str(tmp_path / "acme.zip"))["report"]

    assert [line["note"] for line in report] == [""] * 42


@pytest.mark.django_db(transaction=True)
def test_of_two_that_import_at_once_one_waits_for_the_other(run: Run, acme: Tenant, tmp_path: Path) -> None:
    languages, files = ["de", "es", "fr", "it"], [tmp_path / "there.json", tmp_path / "back.json"]
    for language in languages:
        draft(acme, language, username_hint="you@acme.example")
    for file, in_order in zip(files, (languages, languages[::-1]), strict=True):
        file.write_text(json.dumps({"brandings": {each: {"username_hint": file.name} for each in in_order}}))

    reports = at_once(2, lambda: run("branding", "import", *AT_ACME, "--file", str(files.pop()))["report"])

    assert [len(report) for report in reports] == [4, 4]


def test_a_theme_is_made_given_looked_at_and_deleted(run: Run, acme: Tenant, mobile: Application) -> None:
    client_id = str(mobile.client_id)
    assert run("branding", "add-theme", *AT_ACME, "--name", "Kids", "--client-id", client_id)["client_ids"] == [
        client_id
    ]
    run("branding", "set", *KIDS, "username_hint=kids@acme.example")
    run("branding", "publish", *KIDS)
    assert (hint(acme), hint(acme, client_id)) == ("", "kids@acme.example")

    assert run("branding", "change-theme", *KIDS, "--client-id", "")["client_ids"] == []
    assert hint(acme, client_id) == ""
    assert [each["name"] for each in run("branding", "themes", *AT_ACME)["themes"]] == ["Kids"]
    run("branding", "delete-theme", *KIDS)

    with tenant_context(acme):
        assert not Theme.objects.exists()


def test_the_part_of_a_picture_that_is_shown_is_chosen(run: Run, acme: Tenant) -> None:
    draft(acme, images={BrandingImage.Kind.FAVICON: upload(picture(90, 30))})
    assert run("branding", "set", *AT_ACME, "favicon_crop=100,50,80")["pictures"]["favicon"][1:3] == [24, 24]
    assert run("branding", "show", *AT_ACME)["crops"] == {"": {"favicon_crop": [100, 50, 80]}}
    with pytest.raises(CommandError, match="its place from 0 to 100"):
        run("branding", "set", *AT_ACME, "favicon_crop=0,0,101")
    run("branding", "set", *AT_ACME, "favicon_crop=")
    assert run("branding", "show", *AT_ACME)["crops"] == {}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("set", "color=#112233"), "write FIELD=VALUE"),
        (("set", "username_hint"), "write FIELD=VALUE"),
        (("set", "shows_footer=maybe"), "write yes, no or nothing"),
        (("set", "accent_color=red"), "Write a colour"),
        (("set", "favicon_crop=1,2"), "write ACROSS,DOWN,SIZE"),
        (("set", "favicon_crop=a,b,c"), "write ACROSS,DOWN,SIZE"),
        (("set", "favicon_crop=0,0,50"), "no picture here that needs cropping"),
        (("set", "username_hint=x", "--language", "xx"), "--language: Choose one of the languages"),
        (("set", "username_hint=x", "--theme", "None"), "There is no theme None"),
        (("publish", "--at", "soon"), "write a day and a time"),
        (("restore", "--number", "9"), "There is no such version"),
        (("remove-language", "--language", "fr"), "no branding for this language"),
    ],
)
def test_what_cant_be_done_is_said(run: Run, acme: Tenant, typed: tuple[str, ...], told: str) -> None:
    verb, *rest = typed
    with pytest.raises(CommandError, match=told):
        run("branding", verb, *AT_ACME, *rest)


def test_a_tenant_offers_two_languages_and_all_again(run: Run, acme: Tenant) -> None:
    languages = ("branding", "languages", "--tenant", "acme")
    assert len(run(*languages)["offered"]) == len(TRANSLATED_LANGUAGES)
    told = run(*languages, "--offer", "fr", "--offer", "de", "--default", "de")
    assert told == {"offered": ["fr", "de"], "default": "de"}
    with pytest.raises(CommandError, match="languages that are offered"):
        run(*languages, "--default", "ja")
    assert run(*languages, "--offer-all")["default"] == "de"


def test_a_language_of_ones_own_is_added_and_removed(run: Run, acme: Tenant) -> None:
    named = ("--tag", "gsw", "--name", "Züritüütsch", "--falls-back-to", "de")
    assert run("branding", "add-own-language", *AT_ACME, *named)["offered"][-1] == "gsw"
    run("words", "set", *AT_ACME, "--language", "gsw", "--sentence", "Continue", "--text", "Wiiter")
    assert run("words", "export", *AT_ACME)["words"] == {"gsw": {"Continue": "Wiiter"}}
    assert run("branding", "set", *AT_ACME, "--language", "GSW", "username_hint=dü") == {"username_hint": "dü"}
    assert run("branding", "show", *AT_ACME)["brandings"]["gsw"] == {"username_hint": "dü"}
    assert run("branding", "remove-language", *AT_ACME, "--language", "gsw") == {"language": "gsw"}
    assert "gsw" not in run("branding", "remove-own-language", *AT_ACME, "--language", "gsw")["offered"]
    with pytest.raises(CommandError, match="one of the languages"):
        run("words", "set", *AT_ACME, "--language", "gsw", "--sentence", "Continue", "--text", "Wiiter")
