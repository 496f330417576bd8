"""Ada brings along what Microsoft Graph answers for her branding: the draft takes it, and each thing in it is told."""

import json
import zipfile
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from branding.imports.graph import CSS, PICTURES, TEXTS
from branding.imports.services import locale_of
from branding.languages.offered import OwnLanguage
from branding.languages.services import add_language_of_ones_own
from branding.models import DEFAULT, Branding, ChangedSentence
from branding.versions.services import draft_of, is_published
from common.text.languages import TAGS
from tenants.models import Tenant
from tests.branding.brands import ADA, PAGE, draft, theme_of
from tests.branding.pictures import picture, upload, zipped
from tests.browser import Browser
from tests.house_rules.sources import DOCS
from userflows.models import UserFlow

IMPORT = f"{PAGE}import/"
CDN = "dbd5a2dd/logintenantbranding"
ANSWER: dict[str, Any] = {
    "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#branding",
    "id": "dcd219dd-bc68-4b9b-bf0b-4a33a796be35",
    "backgroundColor": "#F2F4F7",
    "backgroundImage": None,
    "backgroundImageRelativeUrl": None,
    "bannerLogoRelativeUrl": f"{CDN}/0/bannerlogo?ts=637535563832888580",
    "squareLogoRelativeUrl": f"{CDN}/0/tilelogo?ts=637535563832888580",
    "faviconRelativeUrl": f"{CDN}/0/favicon?ts=1",
    "customCSSRelativeUrl": f"{CDN}/0/customcss?ts=1",
    "cdnList": ["secure.aadcdn.microsoftonline-p.com"],
    "customAccountResetCredentialsUrl": "https://acme.example/help",
    "customCannotAccessYourAccountText": "Can't get in?",
    "customCannotAccessYourAccountUrl": None,
    "customForgotMyPasswordText": "Lost your password?",
    "customPrivacyAndCookiesText": "Privacy",
    "customPrivacyAndCookiesUrl": "https://acme.example/privacy",
    "customResetItNowText": "Reset it now",
    "customTermsOfUseText": "",
    "customTermsOfUseUrl": "http://acme.example/terms",
    "headerBackgroundColor": "#102030",
    "signInPageText": "**Welcome**\r\n\r\nto [Acme](https://acme.example)",
    "usernameHintText": "you@acme.example",
    "loginPageLayoutConfiguration": {
        "layoutTemplateType": "verticalSplit",
        "isHeaderShown": True,
        "isFooterShown": False,
    },
    "loginPageTextVisibilitySettings": {
        "hideCannotAccessYourAccount": None,
        "hideAccountResetCredentials": False,
        "hideTermsOfUse": True,
        "hideForgotMyPassword": False,
        "hideResetItNow": True,
    },
    "contentCustomization": {
        "adminConsentRelativeUrl": None,
        "attributeCollection": [
            {"key": "SignIn_Title", "value": "Come in"},
            {"key": "SignIn_Nothing", "value": "x"},
        ],
        "adminConsent": [{"key": "a", "value": "b"}],
    },
    "futureValue": "x",
}
FRENCH = {
    "id": "fr-FR",
    "signInPageText": "Bienvenue",
    "usernameHintText": " ",
    "bannerLogoRelativeUrl": f"{CDN}/1036/bannerlogo",
}


def in_draft(tenant: Tenant, locale: str = "") -> dict[str, Any]:
    with tenant_context(tenant):
        return dict(draft_of(None)["brandings"].get(locale, {}))


def reported(page: Any) -> dict[str, str]:
    """By their name, what became of each: our name, else why not."""
    return {f"{line.language} {line.name}".strip(): line.ours or line.note for line, *_ in page.context["report"]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "This file isn’t JSON."),
        (b"{", "This file isn’t JSON."),
        (b"[" * 100_000, "This file isn’t JSON."),
        (b'{"id": "\\ud800", "backgroundColor": "#112233"}', "character"),
        (b'{"error": {"code": "Authorization_RequestDenied"}}', "There’s no branding in this file."),
        (b'{"value": "x", "localizations": 7}', "There’s no branding in this file."),
        (b'{"brandings": {"": {}}}', "There’s no branding in this file."),
        (b"PK\x03\x04 and no more", "This archive can’t be read."),
        (zipped({"readme.txt": b"x"}), "There’s no branding in this file."),
        (zipped({"branding.json": b"{"}), "This file isn’t JSON."),
        (zipped({"branding.json": b"{}"}, zipfile.ZIP_LZMA).replace(b"\x05\x00]", b"\x05\x00\xff"), "can’t be read"),
        (zipped({"branding.json": b" " * 3 * 1024**2}), "Each file can have at most 2 MB."),
        (zipped({f"{number}.txt": b"" for number in range(1001)}, zipfile.ZIP_STORED), "more than 1000 files"),
        (
            zipped({"branding.json": b'{"backgroundColor": "#112233"}'}).replace(
                b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
            ),
            "can’t be read",
        ),
        # Ways to pack of which a few bytes are unpacked to any number at once.
        (zipped({"branding.json": b'{"backgroundColor": "#112233"}'}, zipfile.ZIP_BZIP2), "can’t be read"),
        (zipped({"branding.json": b'{"backgroundColor": "#112233"}'}, zipfile.ZIP_LZMA), "can’t be read"),
    ],
)
def test_what_eve_sends_in_the_place_of_a_branding_is_refused_in_a_sentence(
    acme: Tenant, ada_portal: Browser, content: bytes, told: str
) -> None:
    page = ada_portal.post(IMPORT, {"file": upload(content, "branding.zip", "application/zip")})

    assert told in " ".join(sentence for each in page.context["form"].errors.values() for sentence in each)
    assert in_draft(acme) == {}


def test_b11_files_of_others_are_not_looked_for(acme: Tenant, ada_portal: Browser) -> None:
    """Eve has written into the answer where pictures lie: outside of the archive."""
    for address in (
        "../../../../etc/passwd",
        "/etc/passwd",
        "https://evil.example/bannerlogo",
        "\x00",
        "/",
        "x" * 5000,
    ):
        answer = json.dumps({"bannerLogoRelativeUrl": address}).encode()
        page = ada_portal.post(IMPORT, {"file": upload(zipped({"a/branding.json": answer}), "a.zip")})
        assert reported(page) == {"bannerLogo": "The file itself isn’t there. Add it to a ZIP archive."}


def test_an_answer_becomes_a_draft_and_what_has_no_place_here_is_told(acme: Tenant, ada_portal: Browser) -> None:
    answer = {
        "value": [
            ANSWER,
            FRENCH,
            {"id": "fr-CA", "usernameHintText": "vous"},
            {"id": "fr-BE", "signInPageText": "x"},
            {"id": "tlh", "signInPageText": "x"},
        ]
    }
    page = ada_portal.post(IMPORT, {"file": upload(json.dumps(answer).encode(), "branding.json")})

    assert in_draft(acme) == {
        "background_color": "#f2f4f7",
        "header_color": "#102030",
        "layout": "split",
        "shows_header": True,
        "shows_footer": False,
        "shows_reset": True,
        "shows_forgot_password": True,
        "shows_terms": False,
        "reset_url": "https://acme.example/help",
        "cannot_access_text": "Can't get in?",
        "forgot_password_text": "Lost your password?",
        "privacy_text": "Privacy",
        "privacy_url": "https://acme.example/privacy",
        "sign_in_page_text": "**Welcome**\n\nto [Acme](https://acme.example)",
        "username_hint": "you@acme.example",
    }
    assert in_draft(acme, "fr") == {"sign_in_page_text": "Bienvenue"}
    assert in_draft(acme, "fr-CA") == {"username_hint": "vous"}
    told = reported(page)
    assert told["signInPageText"] == "sign_in_page_text"
    assert told["customTermsOfUseUrl"].startswith("Write a link with https://")
    assert told["hideResetItNow"] == "Another value that means the same here was imported."
    assert told["bannerLogo"] == told["fr-FR bannerLogo"] == told["customCSS"]
    assert told["fr-BE"] == "The branding for fr-FR was already imported for this language."
    assert told["tlh"] == "There’s no branding for this language."
    assert {told[name] for name in ("futureValue", "adminConsent", "SignIn_Nothing")} == {
        "There’s nothing like it here."
    }
    assert {"customResetItNowText", "cdnList", "attributeCollection"} <= told.keys()
    assert not {name for name in told if "@" in name or name in {"id", "customTermsOfUseText", "backgroundImage"}}
    with tenant_context(acme):
        assert list(ChangedSentence.objects.values_list("language", "sentence", "texts")) == [
            ("en", "Sign in", ["Come in"])
        ]
        assert not is_published(None)


def test_pictures_and_css_lie_beside_the_answer(acme: Tenant, ada_portal: Browser) -> None:
    files = {
        "acme/branding.json": json.dumps(ANSWER).encode(),
        "acme/localizations.json": json.dumps({"value": [FRENCH, {**ANSWER, "id": "0"}]}).encode(),
        # By the path of its address, by its name, and of a language in a folder of its own.
        f"acme/{CDN}/0/bannerlogo": picture(245, 36),
        "acme/0/tilelogo.jpg": picture(240, 240, kind="JPEG"),
        "acme/customCSS.css": b".ext-title { color: #102030 }\n.ext-title { position: fixed }",
        "acme/fr-FR/bannerLogo.png": picture(120, 36),
        "acme/de-DE/favicon.png": picture(240, 240),
        "acme/favicon.png": picture(32, 32),
        "acme/headerLogo.png": b"no picture",
        "acme/notes.json": b"[]",
        "__MACOSX/._branding.json": b"\x00",
    }
    page = ada_portal.post(IMPORT, {"file": upload(zipped(files), "acme.zip", "application/zip")})

    assert sorted(in_draft(acme)["pictures"]) == ["banner_logo", "favicon", "square_logo"]
    assert in_draft(acme)["custom_css"].startswith(".ext-title")
    assert in_draft(acme, "fr")["pictures"]["banner_logo"][1:3] == [120, 36]
    told = reported(page)
    assert len(told) == len(page.context["report"]), "the default stands in two answers"
    assert (told["bannerLogo"], told["fr-FR bannerLogo"], told["customCSS"]) == (
        "banner_logo",
        "banner_logo",
        "custom_css",
    )
    assert told["acme/de-DE/favicon.png"] == "No branding in the archive uses a file of this name."
    assert told["acme/notes.json"] == "This file isn’t a branding."
    assert "1 thing in it isn’t used: the form says which." in page.content.decode()
    assert "headerLogo" in told
    assert "header_logo" not in told.values()


def test_what_is_not_said_stays_and_a_theme_takes_its_own(acme: Tenant, ada_portal: Browser) -> None:
    draft(acme, privacy_text="Ours", username_hint="ours")
    theme = theme_of(acme)
    answer = json.dumps({"usernameHintText": "theirs", "contentCustomization": ANSWER["contentCustomization"]}).encode()

    page = ada_portal.post(f"{PAGE}themes/{theme.pk}/import/", {"file": upload(answer, "branding.json")})
    assert "2 values were imported into the draft." in page.content.decode()
    assert in_draft(acme) == {"privacy_text": "Ours", "username_hint": "ours"}
    ada_portal.post(IMPORT, {"file": upload(answer, "branding.json")})

    assert in_draft(acme) == {"privacy_text": "Ours", "username_hint": "theirs"}
    with tenant_context(acme):
        assert Branding.objects.get(theme=theme, locale=DEFAULT).username_hint == "theirs"
        assert ChangedSentence.objects.filter(theme=theme).count() == 1


def test_each_language_is_imported_once_and_a_file_is_decoded_no_oftener_than_is_told(
    acme: Tenant, ada_portal: Browser
) -> None:
    """Eve names one picture from everywhere, and one language again and again."""
    pictures = {f"{name}RelativeUrl": "x/0/logo" for name in PICTURES}
    rows = [{"id": tag, **pictures} for tag in ("fr-FR", "fr-FR", "de-DE", "it-IT", "es-ES", "ja-JP", "da-DK", "fi-FI")]
    files = {"a.json": json.dumps({"value": [*rows, rows[0]]}).encode(), "0/logo.png": picture(20, 20)}

    told = reported(ada_portal.post(IMPORT, {"file": upload(zipped(files), "a.zip")}))

    refused = [name for name, what in told.items() if what == "Only 40 images and style sheets are imported at once."]
    assert [name.partition(" ")[0] for name in refused] == ["fi-FI", "fi-FI"]
    again = {"value": [{"id": "fr-FR", "usernameHintText": "un"}, {"id": "fr-FR", "usernameHintText": "deux"}]}
    told = reported(ada_portal.post(IMPORT, {"file": upload(json.dumps(again).encode(), "a.json")}))
    assert told["fr-FR"] == "The branding for fr-FR was already imported for this language."
    assert in_draft(acme, "fr")["username_hint"] == "un"
    many = [{"id": "fr-FR", "usernameHintText": str(number)} for number in range(101)]
    page = ada_portal.post(IMPORT, {"file": upload(json.dumps({"value": many}).encode(), "a.json")})
    assert page.context["form"].errors["file"] == ["At most 100 brandings can be imported at once."]


def test_our_own_answer_is_taken_as_far_as_it_is_one(acme: Tenant, ada_portal: Browser) -> None:
    fields = {
        "username_hint": "x",
        "accent_color": 5,
        "shows_header": "yes",
        "nothing": 1,
        "custom_css": "body { color: red }\0",
        "pictures": {"favicon": ["a"], "nameplate": "b"},
    }
    words = {
        "": {"de": {"Continue": [["Los"], ["Weiter"]], "Back": 7, "Nothing": ["x"]}, "fr": 7, "gsw": {"Back": ["x"]}},
        "nobodys": {"de": []},
    }
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
    words |= {each: {"de": {"Back": [each]}} for each in (flow.name, str(flow.pk))}
    crops = {"": {"favicon_crop": [0, 50, 80], "nothing_crop": 1, "header_logo_crop": ["a"]}, "fr": {}, "de": 7}
    brandings = {"": fields, "de": [], "xx": {"username_hint": "y"}}
    told = {"brandings": brandings, "words": words, "crops": crops, "version": 3, "colors": {}}

    page = ada_portal.post(IMPORT, {"file": upload(json.dumps(told).encode(), "acme.json")})

    report = {line.name: line for line, *_ in page.context["report"]}
    assert {name for name, line in report.items() if line.ours} == {"username_hint", "words"}
    assert {*report} >= {"accent_color", "shows_header", "nothing", "favicon", "nameplate"}
    assert {*report} >= {"words/nobodys", "de", "colors"}
    assert "version" not in report
    assert {*report} >= {"words/de/Back", "words/de/Nothing", "words/fr", "words/gsw"}
    assert {*report} >= {"favicon_crop", "nothing_crop", "header_logo_crop", "crops/fr", "crops/de"}
    assert report[f"words/{flow.pk}"].note == "Another value that means the same here was imported."
    assert report["words/gsw"].note == "There’s no such language here. Add it first, then import the file again."
    assert report["custom_css"].note == "This contains invisible characters. Type it instead of pasting it."
    with tenant_context(acme):
        assert draft_of(None)["brandings"] == {"": {"username_hint": "x"}}
        assert [row.texts for row in ChangedSentence.objects.order_by("sentence")] == [[flow.name], ["Los"]]

    page = ada_portal.post(IMPORT, {"file": upload(json.dumps({"brandings": {}, "crops": [1]}).encode(), "acme.json")})

    assert [(line.name, line.note) for line, *_ in page.context["report"]] == [("crops", "This must be an object.")]
    for broken in ({"": 7}, {"": {"pictures": 7}}, {"de": {"pictures": {"favicon": None, "x": 7}}}):
        told = {"brandings": broken, "crops": 7, "words": {"": 7, "x": 7}, "user_flows": {"x": []}}
        assert ada_portal.post(IMPORT, {"file": upload(json.dumps(told).encode())}).status_code == 200


def test_what_stands_beside_a_list_is_told(acme: Tenant, ada_portal: Browser) -> None:
    told = {
        "@odata.context": "x",
        "value": [{"usernameHintText": "you"}],
        "brandings": {"": {"font": "serif"}},
        "words": 7,
    }

    page = ada_portal.post(IMPORT, {"file": upload(json.dumps(told).encode(), "both.json")})

    unknown = dict.fromkeys(("brandings", "words"), "There’s nothing like it here.")
    assert reported(page) == {"usernameHintText": "username_hint"} | unknown


def test_a_theme_takes_no_words_of_a_user_flow_and_leaves_those_of_the_tenant(
    acme: Tenant, ada_portal: Browser
) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get()
    words = {"": {"de": {"Continue": [["Los"], ["Weiter"]]}}, str(flow.pk): {"de": {"Continue": [["Ab"], ["Weiter"]]}}}
    told = json.dumps({"brandings": {}, "words": words}).encode()
    theme = theme_of(acme)

    page = ada_portal.post(f"{PAGE}themes/{theme.pk}/import/", {"file": upload(told, "acme.json")})

    assert reported(page) == {
        "words": "words",
        f"words/{flow.name}": "A theme has no words for a user flow. Import the file into the company branding.",
    }
    with tenant_context(acme):
        assert [(row.theme, row.texts) for row in ChangedSentence.objects.all()] == [(theme, ["Los"])]


def test_words_of_which_none_is_known_are_not_told_as_imported(acme: Tenant, ada_portal: Browser) -> None:
    words = {"attributeCollection": [{"key": "SignIn_Nothing", "value": "x"}]}
    answer = json.dumps({"usernameHintText": "you", "contentCustomization": words}).encode()

    told = reported(ada_portal.post(IMPORT, {"file": upload(answer, "branding.json")}))

    assert told == {"usernameHintText": "username_hint", "SignIn_Nothing": "There’s nothing like it here."}


# The model's languages, as it calls them.
THEIR_LANGUAGES = (
    "ar-SA eu-ES bg-BG ca-ES zh-CN zh-HK hr-HR cs-CZ da-DK nl-NL en-US et-EE fi-FI fr-FR gl-ES de-DE el-GR he-IL hu-HU "
    "it-IT ja-JP kk-KZ ko-KR lv-LV lt-LT nb-NO pl-PL pt-BR pt-PT ro-RO ru-RU sr-Latn-RS sk-SK sl-SI es-ES sv-SE th-TH "
    "tr-TR uk-UA"
).split()


def test_each_language_of_the_model_has_one_of_its_own_here(acme: Tenant) -> None:
    with tenant_context(acme):
        found = {tag: locale_of(tag) for tag in THEIR_LANGUAGES}
        add_language_of_ones_own(OwnLanguage("gsw", "Züritüütsch", falls_back_to="de"), actor=ADA)
        assert locale_of("gsw-CH") == "gsw"

    assert len(set(found.values())) == len(THEIR_LANGUAGES)
    assert set(found.values()) <= TAGS
    assert (found["pt-PT"], found["sr-Latn-RS"], found["zh-HK"], found["nb-NO"]) == ("pt-PT", "sr-Latn", "zh-HK", "nb")


def test_the_documentation_tells_each_name() -> None:
    told = (DOCS / "how-to" / "branding.md").read_text(encoding="utf-8").replace("` and `Url`", "Url")
    assert {name for name in (*TEXTS, *PICTURES, CSS) if name.removesuffix("Url") not in told} == set()
