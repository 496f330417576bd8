"""The map of a brand beside the pages that customers are served: each cell says what the page shows."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from html import unescape
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from branding.brands.fallback import NO_PICTURE, Layer
from branding.description import FIELDS, SWITCHES, BrandingValues, Picture
from branding.languages.offered import OwnLanguage
from branding.languages.services import add_language_of_ones_own
from branding.looks.choices import CHOICES, properties_of, size_of_logo
from branding.models import Branding, BrandingImage, ChangedSentence, Theme
from branding.services import add_language
from branding.telling.coverage import NAMES, TEXTS_OF_LINKS, coverage
from branding.telling.values import PICTURES
from branding.words.services import change_words
from branding.words.where import Where
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.branding.brands import ADA, PAGE, brand, published, theme_of
from tests.branding.customers import sent_by
from tests.browser import Browser
from tests.userflows.customer import Customer
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
ROUNDS = 8
# Where a field may be set, nearest first, for readers of Swiss German, which falls back to German.
SOURCES = ((True, "gsw"), (True, "de"), (True, ""), (False, "gsw"), (False, "de"), (False, ""))
# Who reads in which language, and the column of the map that is theirs.
READERS = {"gsw-CH": "gsw", "de-AT": "de", "fr": ""}
# What these pages don't show.
ELSEWHERE = {
    "square_logo_dark": "beside an application where a customer decides about it",
    **dict.fromkeys(("reply_to", "support_url", "legal_lines"), "in mails"),
}
# What the product itself says to those who read in the column of all others.
IN_FRENCH = {"Privacy": "Confidentialité", "Terms of use": "Conditions d’utilisation"}
FORGOT = {"gsw": "Passwort vergessen?", "de": "Passwort vergessen?", "": "Mot de passe oublié\xa0?"}
NEUTRAL_CSS = {name: Path(f"static/{name}.css").read_text() for name in ("tokens", "dark")}
DARK_ONES = re.compile(r"@media \(prefers-color-scheme:dark\)\{(:root\{[^}]*\})\}")


class Served(NamedTuple):
    """What a customer's browser has got: the page that asks for the address, the next one, and the style sheet."""

    column: str
    page: str
    password: str
    css: str

    def found(self, pattern: str, in_page: str = "") -> str:
        match = re.search(pattern, in_page or self.page, re.DOTALL)
        return unescape(match[1]) if match else ""

    def picture(self, pattern: str, kind: str) -> str:
        """The picture there, if it is of this kind: others stand in for those that there aren't."""
        digest = self.found(pattern + r'[^"]*/images/(\w{64})"')
        return digest if digest.startswith(f"{PICTURES.index(kind):02}") else ""

    def color(self, name: str, *, dark: bool = False) -> str:
        """A custom property as it holds on light pages, or on dark ones."""
        blocks = [NEUTRAL_CSS["tokens"], *([NEUTRAL_CSS["dark"]] if dark else []), DARK_ONES.sub("", self.css)]
        blocks += DARK_ONES.findall(self.css) if dark else []
        found = [value for block in blocks for value in re.findall(rf"--{name}: ?(#\w+)", block)][-1]
        return found if len(found) == len("#ffffff") else "#" + "".join(digit * 2 for digit in found[1:])

    def ground(self, *, dark: bool = False) -> str:
        """What stands behind the logo on light pages, or on dark ones; "" if that is the card."""
        blocks = [DARK_ONES.sub("", self.css), *(DARK_ONES.findall(self.css) if dark else [])]
        found = [value for block in blocks for value in re.findall(r"--logo-ground:([#\w]+)", block)]
        return found[-1].removeprefix("transparent") if found else ""

    @property
    def footer(self) -> list[tuple[str, ...]]:
        """Its links: where they lead, and their texts."""
        nav = self.found(r'<footer class="foot">.*<nav[^>]*>(.*)</nav>')
        return [tuple(map(unescape, link)) for link in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', nav)]


Cells = Mapping[str, Any]


def digest(picture: Any) -> str:
    return str((picture or NO_PICTURE).url.rpartition("/")[2])


def chosen(served: Served, name: str) -> str:
    """The choice whose custom properties are in the style sheet."""
    for value in CHOICES[name][1:]:
        properties = properties_of({name: value})
        if properties and all(f"--{each}:{what}" in served.css for each, what in properties.items()):
            return value
    return CHOICES[name][0]


def footer_in(cells: Cells) -> list[tuple[str, ...]]:
    links = [(cells[f"{each}_url"], cells[f"{each}_text"]) for each in ("privacy", "terms") if cells[f"shows_{each}"]]
    return [link for link in links if link[0]] if cells["shows_footer"] else []


def way_back(cells: Cells, name: str, *, otherwise: str = "") -> str:
    shows = cells["shows_reset"] and cells[f"shows_{name}"]
    return (cells[f"{name}_text"] or otherwise) if shows else ""


def logo_in(cells: Cells) -> tuple[int, int]:
    logo = cells["banner_logo"]
    return size_of_logo(logo.width, logo.height, logo_size=cells["logo_size"]) if logo else (0, 0)


def logo_on(served: Served) -> tuple[int, ...]:
    found = re.search(r'<header class="brand">.*?<img [^>]*width="(\d+)" height="(\d+)"', served.page, re.DOTALL)
    return tuple(map(int, found.groups())) if found else (0, 0)


WAY_BACK = r'<p class="other"><(?:a href="[^"]*"|button type="submit" class="link" name="purpose" value="reset"[^>]*)>'
BRAND = r'<header class="brand">.*?'
COMPARED: dict[str, tuple[Callable[[Served], Any], Callable[[Cells], Any]]] = {
    "banner logo": (
        lambda it: it.picture(BRAND + '<img src="', "banner_logo"),
        lambda cells: digest(cells["banner_logo"]),
    ),
    "its size": (logo_on, logo_in),
    "banner logo, dark": (
        lambda it: it.picture(BRAND + '<source [^>]*srcset="', "banner_logo_dark"),
        lambda cells: digest(cells["banner_logo"] and cells["banner_logo_dark"]),
    ),
    "favicon": (lambda it: it.picture('rel="icon" href="', "favicon"), lambda cells: digest(cells["favicon"])),
    "square logo": (
        lambda it: it.picture('rel="apple-touch-icon" href="', "square_logo"),
        lambda cells: digest(cells["square_logo"]),
    ),
    "background image": (
        lambda it: it.found(r'--background-image:[^;}]*url\("[^"]*/(\w{64})"', it.css),
        lambda cells: digest(cells["background"]),
    ),
    "header": (lambda it: '<header class="masthead">' in it.page, lambda cells: cells["shows_header"]),
    "header logo": (
        lambda it: it.picture('<header class="masthead">.*?<img src="', "header_logo"),
        lambda cells: digest(cells["header_logo"]) if cells["shows_header"] else "",
    ),
    "header colour": (lambda it: it.found(r"--header:(#\w+)", it.css), lambda cells: cells["header_color"]),
    "accent": (lambda it: it.color("accent"), lambda cells: cells["accent_color"]),
    "background": (lambda it: it.color("background"), lambda cells: cells["background_color"]),
    "card": (lambda it: it.color("surface"), lambda cells: cells["surface_color"]),
    "dark accent": (lambda it: it.color("accent", dark=True), lambda cells: cells["dark_accent_color"]),
    "dark background": (lambda it: it.color("background", dark=True), lambda cells: cells["dark_background_color"]),
    "dark card": (lambda it: it.color("surface", dark=True), lambda cells: cells["dark_surface_color"]),
    "behind the logo": (lambda it: it.ground(), lambda cells: cells["logo_background_color"]),
    "behind the logo, dark": (lambda it: it.ground(dark=True), lambda cells: cells["dark_logo_background_color"]),
    "layout": (
        lambda it: "split" if it.found('<body class="([^"]*)"').startswith("split") else "full_screen",
        lambda cells: cells["layout"],
    ),
    "light or dark": (
        lambda it: {"not all": "light", "all": "dark"}.get(
            it.found(r'href="[^"]*dark\.[^"]*css" media="([^"]*)"'), "auto"
        ),
        lambda cells: cells["color_scheme"],
    ),
    **{
        name: (partial(chosen, name=name), itemgetter(name))
        for name in ("font", "corner_radius", "spacing", "button_style", "input_style", "logo_placement")
    },
    "hint": (
        lambda it: it.found(r'<input type="email"[^>]*placeholder="([^"]*)"'),
        lambda cells: cells["username_hint"],
    ),
    "text": (lambda it: it.found('<div class="texts"><p>(.*?)</p>'), lambda cells: cells["sign_in_page_text"]),
    "footer": (lambda it: it.footer, footer_in),
    "link below the address": (
        lambda it: it.found(rf"{WAY_BACK}([^<]*)</(?:a|button)></p>"),
        lambda cells: way_back(cells, "cannot_access"),
    ),
    "link beside the password": (
        lambda it: it.found(r'class="link aside"[^>]*>([^<]*)<', it.password),
        lambda cells: way_back(cells, "forgot_password", otherwise=cells["forgot_password"]),
    ),
    "where that leads": (
        lambda it: it.found(r'<a class="link aside" href="([^"]*)"', it.password),
        lambda cells: cells["reset_url"] if way_back(cells, "forgot_password", otherwise="x") else "",
    ),
    "custom CSS": (lambda it: it.found("color:(#01020.)", it.css), lambda cells: cells["custom_css"][-9:-2]),
}


def value_of(name: str, number: int) -> Any:
    """What the source of this number says; no two say the same, where there are as many to say."""
    if name in SWITCHES:
        return number % 3 != 1
    if name in CHOICES:
        return CHOICES[name][number % len(CHOICES[name])]
    if name.endswith("_url"):
        return f"https://{number}.example/{name.replace('_', '-')}"
    if name == "custom_css":
        return f".ext-title {{ color: #01020{number} }}"
    if name.endswith("_color"):
        return f"#{'f' if name == 'surface_color' else '2'}0f0f{number}"
    return f"{name} {number}"


@pytest.fixture
def kids(acme: Tenant, mobile: Application) -> Theme:
    """A theme of the mobile app's, and a branding wherever a field may be set."""
    with tenant_context(acme):
        add_language_of_ones_own(OwnLanguage("gsw", "Schwiizerdütsch", falls_back_to="de"), actor=ADA)
    theme = theme_of(acme, str(mobile.client_id))
    with tenant_context(acme):
        for is_of_theme, locale in SOURCES:
            if locale:
                add_language(locale=locale, theme=theme if is_of_theme else None, actor=ADA)
    return theme


def set_at_random(theme: Theme, random: Random) -> None:
    """Let each source set some fields and say some words, without looking at whether they go together."""
    BrandingImage.objects.all().delete()
    for number, (is_of_theme, locale) in enumerate(SOURCES):
        row = Branding.objects.get(theme=theme if is_of_theme else None, locale=locale)
        for name in FIELDS:
            sets = random.random() < 1 / 3
            setattr(row, name, value_of(name, number) if sets else (None if name in SWITCHES else ""))
        row.save()
        BrandingImage.objects.bulk_create(
            BrandingImage(
                branding=row,
                kind=kind,
                content=b"",
                content_type="image/png",
                width=100 + number,
                height=30,
                digest=f"{place:02}{number}".ljust(64, "a"),
            )
            for place, kind in enumerate(PICTURES)
            if random.random() < 1 / 3
        )
    flow = UserFlow.objects.get(is_default=True)
    ChangedSentence.objects.all().delete()
    for where in (Where(), Where(user_flow=flow.pk), Where(theme=theme.pk)):
        for language in ("gsw", "de"):
            if random.random() < 1 / 2:
                said = f"Los {language} {'flow' if where.user_flow else 'theme' if where.theme else 'all'}"
                change_words(language=language, wished={"Continue": [said]}, where=where, actor=ADA)


def served(tenant: Tenant, application: Application | None, tag: str, carol: Account) -> Served:
    browser = Browser(tenant)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = tag
    customer = sent_by(tenant, application, browser) if application else Customer(tenant, browser)
    if not application:
        customer.visit("/sign-in/")
    page = customer.page.content.decode()
    sheet = re.findall(r'href="/t/acme(/brand/themes/[^"]*)"', page)[0]
    css = browser.get(sheet).content.decode()
    customer.submit({"email": carol.email})
    return Served(READERS[tag], page, customer.page.content.decode(), css)


def cells_in(rows: Any, column: str) -> Cells:
    cells = {row.name: cell.value for row, cells in rows for cell, *_ in cells if cell.locale == column}
    said = {name: IN_FRENCH.get(cells[name], cells[name]) for name in TEXTS_OF_LINKS}
    return {**cells, **said, "forgot_password": FORGOT[column]}


def wrong_sources(rows: Any, column: str) -> list[str]:
    """Of the cells whose value only one source says, those that are said to come from another one."""
    wrong = []
    for row, cells in rows:
        by_value = [value_of(row.name, number) for number in range(len(SOURCES))] if row.name in FIELDS else []
        for cell, _source, kind, _url in cells:
            if cell.locale == column and by_value.count(cell.value) == 1:
                is_of_theme, locale = SOURCES[by_value.index(cell.value)]
                if kind != ("theme" if is_of_theme else "tenant") + ("-language" if locale else ""):
                    wrong.append(f"{row.name}: {cell.value!r} is said to be from {kind}")
    return wrong


def words_told(told: Any, column: str) -> str:
    """Where the words come from that a flow says, as the map tells it: language and place."""
    place = [cell.locale for cell, *_ in told["rows"][0][1]].index(column)
    _label, cells = told["words"][-1]
    [sentences] = cells[place]
    return str(sentences.source if sentences.told == "1 sentence" else "")


def words_shown(page: Served, *, of_theme: bool) -> str:
    """The same, as the button says it."""
    language, place = page.found(r'class="primary">Los (\w+) \w+<'), page.found(r'class="primary">Los \w+ (\w+)<')
    if not language:
        return ""
    names = {"theme": "Kids · ", "flow": "Sign up and sign in · ", "all": "Company branding · " if of_theme else ""}
    return names[place] + {"gsw": "Schwiizerdütsch", "de": "German"}[language]


def gaps_between(page: Served, cells: Cells) -> list[str]:
    """What the page shows otherwise than the map says."""
    hidden = {
        "light": ("dark accent", "dark background", "dark card", "behind the logo, dark"),
        "dark": ("accent", "background", "card", "custom CSS", "behind the logo"),
    }
    return [
        f"{what}: {shows(page)!r} is shown, {says(cells)!r} is told"
        for what, (shows, says) in COMPARED.items()
        if what not in hidden.get(cells["color_scheme"], ()) and shows(page) != says(cells)
    ]


@pytest.mark.parametrize("number", range(ROUNDS))
def test_each_cell_of_the_map_is_what_the_page_shows(
    acme: Tenant, ada_portal: Browser, carol: Account, mobile: Application, kids: Theme, number: int
) -> None:
    with tenant_context(acme):
        set_at_random(kids, Random(number))  # noqa: S311 - no secret
    published(acme)
    published(acme, kids)
    forget_everything()

    gaps = []
    for address, application in ((f"{PAGE}coverage/", None), (f"{PAGE}themes/{kids.pk}/coverage/", mobile)):
        told = ada_portal.get(address).context
        for tag, column in READERS.items():
            page, cells = served(acme, application, tag, carol), cells_in(told["rows"], column)
            found = gaps_between(page, cells) + wrong_sources(told["rows"], column)
            shown, said = words_shown(page, of_theme=bool(application)), words_told(told, column)
            found += [] if shown == said else [f"words: {shown!r} are shown, {said!r} are told"]
            gaps += [f"{address} in {tag}: {each}" for each in found]
    assert not gaps, "\n".join(gaps)


class Noting(dict[str, Any]):
    """Cells that know which of them were looked at."""

    def __init__(self, cells: Cells) -> None:
        super().__init__(cells)
        self.looked_at: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.looked_at.add(name)
        return super().__getitem__(name)


def test_each_field_is_compared_or_shown_elsewhere() -> None:
    pictures = {kind: Picture(f"/{kind}", 100, 30) for kind in PICTURES}
    all_set = BrandingValues(**{name: value_of(name, 0) for name in FIELDS}, pictures=pictures)
    cells = Noting(
        cells_in(
            [(row, [(cell,) for cell in row.cells]) for row in coverage([""], lambda _: [Layer(False, "", all_set)])],
            "",
        )
    )

    for _shows, says in COMPARED.values():
        says(cells)

    assert cells.looked_at - {"forgot_password"} == set(NAMES) - ELSEWHERE.keys()


def test_words_in_a_language_without_a_branding_have_a_column_and_lead_to_the_editor(
    acme: Tenant, ada_portal: Browser
) -> None:
    brand(acme, "de", username_hint="du@acme.example")
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_words(language="fr", wished={"Continue": ["Allons-y"], "Sign in": ["Entrez"]}, actor=ADA)
        change_words(language="fr", wished={"Continue": ["Payer"]}, where=Where(flow.pk), actor=ADA)

    published_map, draft_map = (ada_portal.get(f"{PAGE}coverage/{of}").context for of in ("", "?of=draft"))

    assert (published_map["columns"], len(published_map["words"])) == (["All others", "German"], 1)
    assert draft_map["columns"] == ["All others", "French", "German"]
    editor = "/tenants/acme/words/?"
    (label, (others, french, german)), (in_flow, (_, of_flow, _)) = draft_map["words"]
    assert (label, in_flow) == ("Words", "Words in Sign up and sign in")
    assert [each[:3] for each in french] == [("2 sentences", "French", "tenant-language")]
    assert french[0].url == f"{editor}state=changed&language=fr"
    assert [each[:2] for each in of_flow] == [
        ("1 sentence", "Sign up and sign in · French"),
        ("1 sentence", "French"),
    ]
    assert of_flow[0].url == f"{editor}state=changed&language=fr&where={flow.pk}"
    assert "Payer" in ada_portal.get(of_flow[0].url).content.decode()
    assert (others[0].source, german[0].url) == ("Neutral", f"{editor}language=de")
