"""The page on which a customer is asked for consent."""

import re
from typing import Any

from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty


class Page:
    """The page that asks, as somebody without scripts has it before them."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser, self.path = browser, path
        self.text = browser.get(path).content.decode()

    @property
    def fields(self) -> dict[str, Any]:
        pairs = re.findall(r'<input type="hidden" name="(scope|account)" value="([^"]*)"', self.text)
        return {"account": dict(pairs)["account"], "scope": [value for name, value in pairs if name == "scope"]}

    def press(self, answer: str, **changed: Any) -> Any:
        return self.browser.post(self.path, {**self.fields, "answer": answer, **changed})


def asks(party: RelyingParty, **parameters: str | None) -> Page:
    answer = party.authorize(**parameters)
    assert answer.status_code == 303, answer.content
    assert answer["Location"].endswith("/consent/"), answer["Location"]
    return Page(party.browser, answer["Location"])
