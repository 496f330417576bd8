"""How one state of a brand differs from another, in words and pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from branding.brands.content import WORDS, Content, changes_between, read, words_in
from branding.description import BrandingValues
from branding.languages.locales import name_of_locale
from branding.telling.values import CSS, NOTHING, PICTURES, TEXT, Told, label_of, told, told_lines
from branding.words.drafts import Said, changed_words, sentences_in
from branding.words.flows import names_of_flows
from common.text.languages import tag_of


@dataclass(frozen=True)
class Difference:
    """A field or a sentence, before and after; the sentence may be said in one user flow alone."""

    label: str
    before: Told
    after: Told
    flow: str = ""
    is_sentence: bool = False


@dataclass(frozen=True)
class OfLanguage:
    """What differs in one language; `note` says so if it came or went as a whole."""

    locale: str
    name: str
    note: str
    differences: list[Difference]


def differences(
    before: Content, after: Content, address_of: Callable[[str], str], *, of_theme: bool
) -> list[OfLanguage]:
    """All that differs, by language; `address_of` makes a picture's address of its digest."""
    old, new = read(before, address_of), read(after, address_of)
    words = _sentences(before, after, of_theme=of_theme)
    places = [place.split("/") for place in changes_between(before, after)]
    return [
        OfLanguage(
            locale,
            name_of_locale(locale),
            _note(locale in old, locale in new) if [locale, ""] in places else "",
            [
                _difference(name, old.get(locale, _NOTHING), new.get(locale, _NOTHING))
                for where, name in places
                if where == locale and name not in {"", WORDS}
            ]
            + words.get(locale, []),
        )
        for locale in sorted({locale for locale, _name in places})
    ]


_NOTHING = BrandingValues()


def _sentences(before: Content, after: Content, *, of_theme: bool) -> dict[str, list[Difference]]:
    """The sentences that are said otherwise, by the tag of their language; each is named by its English. Where a
    tenant's own brand says nothing, it is what customers read then; in a theme that may be what its tenant says.
    """
    products = {} if of_theme else {**_products(before), **_products(after)}
    changed = changed_words(words_in(before), words_in(after))
    flows = names_of_flows() if changed else {}
    by_tag: dict[str, list[Difference]] = {}
    for said, (old, new) in changed.items():
        flow, language, sentence = said
        product = products.get(said, ())
        was, is_now = old or _for_all(before, said) or product, new or _for_all(after, said) or product
        name = flows.get(flow, _("A deleted user flow")) if flow else ""
        by_tag.setdefault(tag_of(language), []).append(
            Difference(sentence, _said(was), _said(is_now), name, is_sentence=True)
        )
    return by_tag


def _products(content: Content) -> dict[Said, Sequence[str]]:
    """What the product said when it was said otherwise."""
    return {
        (flow, language, sentence): instead_of
        for flow, language, sentence, _texts, instead_of in sentences_in(words_in(content))
    }


def _for_all(content: Content, said: Said) -> Sequence[str]:
    """What the brand says in all user flows."""
    _flow, language, sentence = said
    texts: Sequence[str] = words_in(content).get("", {}).get(language, {}).get(sentence, [()])[0]
    return texts


def _said(texts: Sequence[str]) -> Told:
    return Told(TEXT, " / ".join(texts)) if texts else Told(NOTHING)


def _note(was: bool, is_now: bool) -> str:
    return _("Added") if is_now and not was else _("Removed")


def _difference(name: str, old: BrandingValues, new: BrandingValues) -> Difference:
    if name == CSS:
        old_css, new_css = old.custom_css, new.custom_css
        return Difference(label_of(name), told_lines(old_css, new_css), told_lines(new_css, old_css))

    def value(of: BrandingValues) -> Told:
        return told(name, of.pictures.get(name) if name in PICTURES else getattr(of, name))

    return Difference(label_of(name), value(old), value(new))
