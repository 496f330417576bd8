"""A customer without a screen or script: fills in whatever form the pages show, until they lead to the application."""

import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

import httpx

Answer = str | Callable[[], str]
MOST_PAGES = 15


@dataclass
class Form:
    """A form of a page: where it goes and what it holds. `is_step` is one that leads on, be it by a button alone.

    `offers` are boxes, which nobody has to tick.
    """

    action: str
    fields: dict[str, Any] = field(default_factory=dict)
    asks: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    is_step: bool = False
    has_button: bool = False

    def hold(self, name: str, value: str) -> None:
        """Add a value; one of a name that is there already makes a list of them."""
        held = self.fields.get(name)
        self.fields[name] = value if held is None else [*(held if isinstance(held, list) else [held]), value]


class _Forms(HTMLParser):
    """Finds the forms a person would fill in: those that are sent by POST and ask for something."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = Form(given.get("action", ""), is_step="step" in given.get("class", "").split())
        elif tag == "button" and given.get("type") != "button" and self._open is not None and not self._open.has_button:
            # Whoever goes on presses the first one.
            self._open.has_button = True
            if given.get("name"):
                self._open.hold(given["name"], given.get("value", ""))
        elif tag in {"input", "textarea"} and self._open is not None and given.get("name"):
            name, kind = given["name"], given.get("type", "text")
            if kind in {"checkbox", "radio"}:
                self._open.offers.append(name)
                return
            self._open.hold(name, given.get("value", ""))
            if kind not in {"hidden", "submit"}:
                self._open.asks.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self.forms.append(self._open)
            self._open = None


def forms_of(page: str) -> list[Form]:
    """The forms of a page that are sent by POST."""
    parser = _Forms()
    parser.feed(page)
    return parser.forms


def form_of(page: str) -> Form:
    """The one form of a page that asks for something, or for nothing but a press on its button."""
    forms = forms_of(page)
    asking = [form for form in forms if form.asks] or [form for form in forms if form.is_step and form.has_button]
    assert len(asking) == 1, f"{len(asking)} forms ask for something in:\n{page[:3000]}"
    return asking[0]


def form_with(page: str, fields: Iterable[str]) -> Form:
    """The form of a page that has all of these fields; if none has, a script puts them into the one that leads on."""
    return next((form for form in forms_of(page) if set(fields) <= set(form.fields)), None) or form_of(page)


class Customer:
    """Somebody at a browser that speaks `language`; `certificate` is the file of one to trust, if any. A
    `transport` is somebody else's to close.

    `device` says what a device has to add to a page's form, by the names of fields; nothing, unless it is exchanged.
    `prefers` is the button to another step that is pressed wherever it stands, by the end of its address, and
    `corrects` says of a page that refused what was typed whether it is answered once more.
    """

    def __init__(
        self, *, language: str = "en", certificate: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        self.http = httpx.Client(
            transport=transport,
            verify=ssl.create_default_context(cafile=certificate) if certificate else True,
            headers={"Accept-Language": language},
            timeout=30,
            # Nothing stays open that a test would have to close.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self.pages: list[str] = []
        self.device: Callable[[str], Mapping[str, str]] = lambda _page: {}
        self.prefers = ""
        self.corrects: Callable[[str], bool] = lambda _page: False

    def go(
        self, url: str, *, until: str, answers: Mapping[str, Answer], presses: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """Open `url`, answer each page, and return the address that begins with `until`, unvisited.

        Where a page has several buttons of a name in `presses`, it is the one with this value.
        """
        response = self.http.get(url)
        for _ in range(MOST_PAGES):
            while response.is_redirect:
                target = urljoin(str(response.url), response.headers["location"])
                if target.startswith(until):
                    return target
                response = self.http.get(target)
            is_refused = response.status_code == 400 and self.corrects(response.text)
            assert response.status_code == 200 or is_refused, self._unexpected(response)
            self.pages.append(response.text)
            added = self.device(response.text)
            form = self._form_on(response.text, added)
            asked = [*form.asks, *form.offers]
            values = form.fields | dict(added) | {name: _said(answers[name]) for name in asked if name in answers}
            values |= {name: value for name, value in presses.items() if name in form.fields}
            page = str(response.url)
            response = self.http.post(urljoin(page, form.action), data=values, headers={"Referer": page})
        raise AssertionError(f"Still not at {until} after {MOST_PAGES} pages; the last one:\n{self.pages[-1][:3000]}")

    def walk(self, url: str, *, answers: Mapping[str, Answer]) -> str:
        """Open `url`, answer each page that leads on, and return the page where no more does."""
        response = self.http.get(url, follow_redirects=True)
        for _ in range(MOST_PAGES):
            assert response.status_code == 200, self._unexpected(response)
            steps = [form for form in forms_of(response.text) if form.is_step]
            if not steps:
                return response.text
            values = steps[0].fields | {name: _said(answers[name]) for name in steps[0].asks if name in answers}
            page = str(response.url)
            response = self.http.post(
                urljoin(page, steps[0].action), data=values, headers={"Referer": page}, follow_redirects=True
            )
        raise AssertionError(f"Still at a page:\n{response.text[:3000]}")

    def _form_on(self, page: str, added: Mapping[str, str]) -> Form:
        preferred = (form for form in forms_of(page) if self.prefers and form.action.endswith(f"/{self.prefers}/"))
        return next(preferred, None) or (form_with(page, added) if added else form_of(page))

    @staticmethod
    def _unexpected(response: httpx.Response) -> str:
        _head, _, body = response.text.partition("<h1")
        return f"{response.status_code} at {response.url}:\n{(body or response.text)[:3000]}"


def _said(answer: Answer) -> str:
    return answer() if callable(answer) else answer
