"""What may stand in a sentence's place: plain text with the same places. What Eve would rather write isn't taken."""

import pytest

from branding.words.products import products_texts
from branding.words.rules import length_for, text_problem, tidied
from branding.words.slots import filled_in, shown
from branding.words.table import sentences
from common.text.languages import TRANSLATED_LANGUAGES

LEAD = "We emailed a 6-digit code to {email}."


def problem(text: str, instead_of: str = LEAD, *, counted: bool = False) -> str:
    return text_problem(tidied(text), instead_of=instead_of, counted=counted)


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)> {email}",
        "</p><script>alert(1)</script>{email}",
        "&#x202e;{email}",
        "&lt;b&gt;{email}",
        "{{ settings.SECRET_KEY }} {email}",
        "{% debug %} {email}",
        "{email.password}",
        "{email!r}",
        "{email} {password}",
        "{email} {",
        "{email} }",
        "{email} {email} {email}",
        "A code is on its way.",
    ],
)
def test_b23_markup_templates_and_other_places_are_refused(text: str) -> None:
    assert problem(text)


@pytest.mark.parametrize(
    "text",
    [
        "Your code for {email}, or see https://evil.example/",
        "Your code for {email}, or see evil.example",
        "Your code for {email}, or see WWW.evil",
        "Your code for {email}: javascript://x",
        "Your code for {email}: answer to eve@globex.example",
        "Confirm {email} at secure-acme.com.",
        "Confirm {email} at evil.com./login",
        "Confirm {email} at evil.com...",
        "Confirm {email} at 192.0.2.7/login",
        "Confirm {email} at evil.рф",
        "Confirm at secure-{email}.com",
        "Confirm {email} at www.{email}",
    ],
)
def test_b22_no_link_gets_into_a_mail(text: str) -> None:
    assert "link" in problem(text)


@pytest.mark.parametrize("unseen", ["\u202e", "\u2066", "\u200b", "\u200f", "\x00", "\u00ad", "\ufeff", "\u3164"])
def test_b24_nothing_unseen_turns_a_sentence_around(unseen: str) -> None:
    assert problem(f"Code for {{email}}{unseen}")


def test_b24_a_text_has_as_much_room_as_its_place_and_is_one_line() -> None:
    assert problem("x" * (length_for("Continue") + 1), "Continue")
    assert not problem("x" * length_for("Continue"), "Continue")
    assert tidied("  Go\r\non\t \u00a0! ") == "Go on \u00a0!"


@pytest.mark.parametrize(
    "text",
    [
        "Ihr Code ist an {email} unterwegs, z. B. in den Spam-Ordner.",
        "Il codice per {email}, z.B. o bl.a. alle 10.30, costa 1.500.",
        "Code → {email} (100 % sicher & schnell) „heute“ 'jetzt' \"gleich\"",
        "电子邮件已发送至{email}。",
        "تم إرسال رمز إلى {email}",
        "می‌خواهیم {email}",
        "1 < 2 {email}",
    ],
)
def test_whatever_is_plain_text_in_any_script_is_taken(text: str) -> None:
    assert problem(text) == ""


def test_a_form_that_counts_may_leave_its_number_out_and_nothing_else() -> None:
    counted = "It works once, within {count} minutes."
    assert problem("Good for one minute.", counted, counted=True) == ""
    assert problem("Good for one minute.", counted) != ""


def test_b23_a_text_comes_into_a_page_escaped_with_the_places_of_the_original() -> None:
    message = 'It\'s <bdi dir="ltr">%(email)s</bdi> now.'

    assert shown(message) == "It's {email} now."
    said = filled_in('<b>"{email}"</b> & 100%', message, as_html=True)
    assert said == '&lt;b&gt;&quot;<bdi dir="ltr">%(email)s</bdi>&quot;&lt;/b&gt; &amp; 100%%'
    assert said % {"email": "x"} == '&lt;b&gt;&quot;<bdi dir="ltr">x</bdi>&quot;&lt;/b&gt; &amp; 100%'


def test_each_text_of_the_product_could_stand_in_its_own_place() -> None:
    """Whoever begins from the product's text is refused nothing; and no sentence has mark-up beside its places."""
    refused = {
        (language.code, form): told
        for language in TRANSLATED_LANGUAGES
        for sentence in sentences().values()
        for form in products_texts(sentence, language.code)
        if "<" in form or (told := text_problem(form, instead_of=form, counted=sentence.counts))
    }

    assert refused == {}
