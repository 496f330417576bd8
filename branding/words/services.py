"""Every write about the draft of a tenant's words: customers read none of it until the brand is published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from audit.services import Actor
from branding.languages.offered import catalogue_of, offer
from branding.models import DEFAULT, Branding, ChangedSentence
from branding.services import record_about
from branding.words.products import products_texts
from branding.words.rows import texts_behind
from branding.words.rules import text_problem, tidied
from branding.words.table import Sentence, forms_of, sentences
from branding.words.where import EVERYWHERE, Where
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused, refuse_if_any
from common.text.translation import gettext as _
from common.versions import version_of

Wished = Mapping[str, Sequence[str]]
"""By sentence its forms in a language; where all are empty, the product's own words are back."""


def kept_texts(language: str, among: Sequence[str], where: Where = EVERYWHERE) -> dict[str, list[str]]:
    """What is said in place of these sentences in this language, just there."""
    return {row.sentence: row.texts for row in _kept(language, among, where)}


def change_words(
    *, language: str, wished: Wished, where: Where = EVERYWHERE, seen: Mapping[str, str] | None = None, actor: Actor
) -> Sequence[str]:
    """Replace these sentences in this language; the others stay. Returns those that differ now, or that were
    outdated: whoever says one again has seen what the product says by now.

    `seen` is by sentence the `version_of` its list of forms when it was looked at, `[]` where it wasn't said otherwise;
    None if nobody looked. Raises `Refused`: the field of a problem is the sentence, its item the number of its form.
    """
    refuse_if_any(_language_problems(language))
    tidy = {sentence: _tidied(texts) for sentence, texts in wished.items()}
    if where == EVERYWHERE:
        # Before what is said behind this language, the product's own words are a change.
        behind = texts_behind(language)
        same = {text for text, forms in tidy.items() if text not in behind and _says_the_same(text, forms, language)}
        tidy = {text: [] if text in same else forms for text, forms in tidy.items()}
    with transaction.atomic():
        # Whoever changes words at the same time waits.
        branding = _locked_branding(where)
        before = kept_texts(language, list(tidy), where)
        differs = {text for text, forms in tidy.items() if forms != before.get(text, [])}
        if seen is not None and any(seen.get(text) != version_of(before.get(text, [])) for text in differs):
            raise Refused([CHANGED_MEANWHILE])
        differs |= {row.sentence for row in _kept(language, list(tidy), where) if is_outdated(row)}
        changed = {text: forms for text, forms in tidy.items() if text in differs}
        refuse_if_any(problems_of(language, changed))
        if not changed:
            return []
        ChangedSentence.objects.filter(pk__in=[row.pk for row in _kept(language, list(changed), where)]).delete()
        ChangedSentence.objects.bulk_create(
            ChangedSentence(
                language=language,
                sentence=sentence,
                texts=texts,
                instead_of=products_texts(sentences()[sentence], language),
                **where.columns,
            )
            for sentence, texts in changed.items()
            if texts
        )
        branding.changed_by = actor.name
        branding.save(update_fields=["changed_by", "updated_at"])
        about = {"language": language, "user_flow": str(where.user_flow or ""), "sentences": len(changed)}
        record_about(
            branding.theme, "branding.words_changed", "theme.words_changed", target=branding, actor=actor, **about
        )
    return list(changed)


def valid_texts(language: str, typed: Wished, before: Wished) -> dict[str, list[str]]:
    """Of what is typed, what could be kept; where nothing is, what is said without it."""
    tidy = {text: _tidied(forms) or list(before[text]) for text, forms in typed.items()}
    return {text: forms for text, forms in tidy.items() if not problems_of(language, {text: forms})}


def problems_of(language: str, wished: Wished) -> list[Problem]:
    """What is wrong with tidied texts in place of sentences."""
    return [problem for sentence, texts in wished.items() if texts for problem in _problems(sentence, texts, language)]


def _language_problems(language: str) -> list[Problem]:
    is_known = offer().find(language) is not None
    return [] if is_known else [Problem(Code.UNKNOWN, "language", _("Choose one of the languages."))]


def _problems(text: str, forms: Sequence[str], language: str) -> list[Problem]:
    sentence = sentences().get(text)
    if sentence is None:
        return [Problem(Code.UNKNOWN, text, _("Customer pages have no such sentence."))]
    wanted = forms_of(sentence, catalogue_of(language))
    if len(forms) != wanted:
        told = _("Write %(number)d forms of it in this language.") % {"number": wanted}
        return [Problem(Code.INVALID, text, told)]
    return [problem for place, form in enumerate(forms) for problem in _form_problems(sentence, form, place, language)]


def _form_problems(sentence: Sentence, form: str, place: int, language: str) -> list[Problem]:
    if not form:
        return [Problem(Code.REQUIRED, sentence.text, _("Fill in each form, or none."), str(place))]
    theirs = products_texts(sentence, language)[place]
    told = text_problem(form, instead_of=theirs, counted=sentence.counts)
    return [Problem(Code.INVALID, sentence.text, told, str(place))] if told else []


def change_words_everywhere(parts: Iterable[tuple[Where, str, Wished]], *, actor: Actor) -> int:
    """Replace all of these sentences or none: by where they are said, and language. Returns how much differs now.

    Raises `Refused` with all that is wrong; the item of a problem is the language.
    """
    problems, differing = [], 0
    with transaction.atomic():
        for where, language, wished in parts:
            try:
                differing += len(change_words(language=language, wished=wished, where=where, actor=actor))
            except Refused as refusal:
                problems += [replace(problem, item=language) for problem in refusal.problems]
        refuse_if_any(problems)
    return differing


def copy_words(user_flow: UUID, *, to: UUID) -> None:
    """Have one user flow say what another one says, in the draft; whoever makes it writes the event."""
    ChangedSentence.objects.bulk_create(
        ChangedSentence(
            language=row.language, user_flow=to, sentence=row.sentence, texts=row.texts, instead_of=row.instead_of
        )
        for row in sentences_of_flow(user_flow)
    )


def sentences_of_flow(user_flow: UUID) -> QuerySet[ChangedSentence]:
    """What a user flow says in words of its own, in the draft."""
    return ChangedSentence.objects.filter(user_flow=user_flow)


def forget_words_of(user_flow: UUID) -> None:
    """Forget what a user flow says in words of its own; whoever deletes the flow writes the event."""
    # What somebody is saying at the moment is forgotten, too.
    _locked_branding(EVERYWHERE)
    sentences_of_flow(user_flow).delete()


def _locked_branding(where: Where) -> Branding:
    return Branding.objects.select_for_update().get(theme=where.theme, locale=DEFAULT)


def _kept(language: str, among: Sequence[str], where: Where) -> list[ChangedSentence]:
    # A name that somebody made up may be no text of the database.
    wanted = frozenset(among)
    rows = ChangedSentence.objects.filter(language=language, **where.columns)
    return [row for row in rows if row.sentence in wanted]


def is_outdated(row: ChangedSentence) -> bool:
    """Whether the product's own text isn't any more the one that was replaced."""
    sentence = sentences().get(row.sentence)
    return sentence is not None and list(row.instead_of) != list(products_texts(sentence, row.language))


def _says_the_same(text: str, forms: Sequence[str], language: str) -> bool:
    """Whether it is what the product says anyway, and so no change."""
    sentence = sentences().get(text)
    if sentence is None or offer().find(language) is None:
        return False
    return list(forms) == list(products_texts(sentence, language))


def _tidied(texts: Sequence[str]) -> list[str]:
    tidy = [tidied(text) for text in texts]
    return tidy if any(tidy) else []
