"""The map of a brand: for each language and field what is shown, where it comes from, and the way there."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from branding.brands.content import words_in
from branding.brands.fallback import Brandings
from branding.brands.lookup import read_published
from branding.languages.locales import locale_named, name_of_locale
from branding.languages.offered import offer
from branding.models import DEFAULT, Theme
from branding.telling.coverage import Cell, WordsRow, coverage, coverage_of_words
from branding.versions.services import newest
from branding.views.addresses import BrandAt, brand_at
from branding.views.drafts import draft_context
from branding.words.drafts import NO_WORDS, BrandsWords, words_of
from branding.words.flows import names_of_flows
from branding.words.in_force import words_as_if
from branding.words.sources import WordsSource, places_by_flow
from branding.words.where import Where
from common.text.spoken import Languages, SpokenWords, speaking, speaking_language
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

DRAFT = "draft"
_NO_LANGUAGE: Languages = ("", "")


class Sentences(NamedTuple):
    """How many there are of one source: where that is in words, a class for its colour, and where they are changed."""

    told: str
    source: str
    kind: str
    url: str


@tenant_page(needs=Need.BRANDING_READ)
@require_safe
def coverage_map(request: PortalRequest, tenant: Tenant, theme_id: UUID | None = None) -> HttpResponse:
    """A row for each field, a column for each language; of what is published, or of the draft."""
    brand = brand_at(tenant, theme_id)
    published = read_published(brand.image_url)
    is_draft = request.GET.get("of") == DRAFT
    own = brand.drafted() if is_draft else published.of(brand.theme)
    below = published.tenant if brand.theme else {}
    own_words = words_of(brand.theme) if is_draft else _published_words(brand.theme)
    words_below = _published_words(None) if brand.theme else own_words
    columns = _columns((own, below), (own_words, words_below))
    words = words_as_if(own_words, brand.where)
    rows = coverage(
        columns,
        lambda locale: brand.layers(locale, own, below),
        lambda locale, text: _said(text, columns[locale], words) if locale else text,
    )
    context = {
        "columns": [name_of_locale(locale) if locale else _("All others") for locale in columns],
        "rows": [(row, [(cell, *_source(brand, cell, row.name)) for cell in row.cells]) for row in rows],
        "words": _told_words(brand, coverage_of_words(columns, places_by_flow(words_below, brand.theme, own_words))),
        "is_draft": is_draft,
        **draft_context(request, brand),
    }
    return TemplateResponse(request, "portal/branding/coverage.html", context)


def _said(text: str, languages: Languages, words: SpokenWords) -> str:
    with speaking_language(*languages), speaking(words):
        return _(text)


def _published_words(theme: Theme | None) -> BrandsWords:
    version = newest(theme)
    return words_in(version.content) if version else NO_WORDS


def _columns(brandings: Iterable[Brandings], words: Iterable[BrandsWords]) -> dict[str, Languages]:
    """The locales that something is shown or said for, those of the tenant's own languages among them, and what pages
    speak there; all others first, where nothing is said otherwise.
    """
    offered = offer()
    found = {locale for each in brandings for locale in each}
    found |= {language.code for language in offered.own}
    said = {language for each in words for languages in each.values() for language in languages}
    found |= {locale_named(language) for language in said if offered.find(language)}
    by_name = sorted(found - {DEFAULT}, key=name_of_locale)
    return {DEFAULT: _NO_LANGUAGE, **{locale: offered.spoken_as(locale) for locale in by_name}}


def _source(brand: BrandAt, cell: Cell, name: str) -> tuple[str, str, str]:
    """Where it comes from in words, a class for its colour, and the address where it is changed."""
    if cell.layer is None:
        return _("Neutral"), "neutral", f"{brand.url_of('edit', DEFAULT)}#id_{name}"
    layer = cell.layer
    source = brand if layer.is_of_theme or not brand.theme else BrandAt(brand.tenant)
    where = f"{source.url_of('edit', layer.locale)}#id_{name}"
    kind = ("theme" if layer.is_of_theme else "tenant") + ("-language" if layer.locale else "")
    told = name_of_locale(layer.locale)
    return f"{source.name} · {told}" if brand.theme else told, kind, where


def _told_words(brand: BrandAt, rows: Iterable[WordsRow]) -> list[tuple[str, list[list[Sentences]]]]:
    """The rows about words, each with what it is called and its cells; a user flow that is gone has none."""
    flows = names_of_flows()
    return [
        (
            _("Words in %(flow)s") % {"flow": flows[row.user_flow]} if row.user_flow else _("Words"),
            [_told_sources(brand, row, locale, sources, flows) for locale, sources in row.cells],
        )
        for row in rows
        if not row.user_flow or row.user_flow in flows
    ]


def _told_sources(
    brand: BrandAt, row: WordsRow, locale: str, sources: Iterable[WordsSource], flows: Mapping[str, str]
) -> list[Sentences]:
    """What the cell shows: all its sources, or that there is none."""
    told = [
        Sentences(
            ngettext("%(count)d sentence", "%(count)d sentences", source.number) % {"count": source.number},
            _place(brand, source, flows),
            "theme-language" if source.where.theme else "tenant-language",
            _words_url(brand, source.language, source.where, state="changed"),
        )
        for source in sources
    ]
    flow = Where(UUID(row.user_flow)) if row.user_flow else brand.where
    language = offer().find(locale) if locale else None
    nothing = Sentences(
        _("The product’s own"), _("Neutral"), "neutral", _words_url(brand, language.code if language else "", flow)
    )
    return told or [nothing]


def _place(brand: BrandAt, source: WordsSource, flows: Mapping[str, str]) -> str:
    """Where sentences are said, in words."""
    language, flow = name_of_locale(locale_named(source.language)), str(source.where.user_flow or "")
    if flow:
        return f"{flows[flow]} · {language}"
    said_in = brand if source.where.theme else BrandAt(brand.tenant)
    return f"{said_in.name} · {language}" if brand.theme else language


def _words_url(brand: BrandAt, language: str, where: Where, **asked: str) -> str:
    """The address of the editor with these sentences."""
    asked |= {"language": language, "where": str(where.theme or where.user_flow or "")}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('portal:words', args=[brand.tenant.slug])}{query and '?'}{query}"
