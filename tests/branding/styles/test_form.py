"""A style sheet that Ada uploads, and one that can't be taken: what else she has typed stays."""

import pytest

from tests.branding.brands import DEFAULT, NOTHING
from tests.branding.pictures import upload
from tests.browser import Browser

TYPED = NOTHING | {"custom_css": ".ext-title { color: navy }", "username_hint": "you@acme.example"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfea\x00{\x00}\x00", "This file isn’t text in UTF-8."),
        (b"a" * 25_601, "This style sheet has 25601 bytes; at most 25600 are allowed."),
    ],
)
def test_a_file_that_cant_be_taken_is_told_and_nothing_typed_is_lost(
    ada_portal: Browser, content: bytes, told: str
) -> None:
    page = ada_portal.post(DEFAULT, TYPED | {"css_file": upload(content, "brand.css", "text/css")})

    assert page.context["form"].errors == {"css_file": [told]}
    assert ".ext-title { color: navy }" in page.content.decode()
    assert 'value="you@acme.example"' in page.content.decode()


def test_what_is_typed_in_excess_is_told_at_its_field(ada_portal: Browser) -> None:
    page = ada_portal.post(DEFAULT, TYPED | {"custom_css": "a" * 25_601})

    assert list(page.context["form"].errors) == ["custom_css"]
