"""Taking back what was done, by the message that tells of it."""

import re
from html import unescape
from typing import Any

from tests.browser import Browser

FORM = re.compile(r'<form method="post" action="([^"]+)" class="undo".*?</form>', re.DOTALL)
FIELD = re.compile(r'name="([^"]+)" value="([^"]*)"')


def take_back(portal: Browser, page: Any) -> Any:
    """Press Undo in the message on the page."""
    form = FORM.search(page.content.decode())
    assert form, "Nothing offers to take it back."
    fields = {name: unescape(value) for name, value in FIELD.findall(form[0])}
    return portal.post(unescape(form[1]), fields, follow=True)
