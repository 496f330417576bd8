"""Rules about how text messages are sent, as pure functions: what a request to a provider is made of."""

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlsplit

from common.text.translation import gettext as _
from common.web.own_headers import is_name, name_problem, value_problem

OUTBOX, HTTP = "outbox", "http"
JSON, FORM, GET = "json", "form", "get"
CONTENT_TYPES = {JSON: "application/json", FORM: "application/x-www-form-urlencoded"}
MAX_URL, MAX_HEADERS, MAX_BODY, MAX_SECRET = 1024, 2048, 4096, 1024
USUAL_PER_HOUR, USUAL_PER_DAY, USUAL_PER_COUNTRY = 100, 500, 200
MOST_TEXTS = 1_000_000

PLACES = re.compile(r"\{(to|text|secret)\}")
SAMPLE = {"to": "+4915112345678", "text": "123456", "secret": "secret"}


def filled(template: str, values: Mapping[str, str], *, written: Callable[[str], str] = str) -> str:
    """The template with what stands for {to}, {text} and {secret}, `written` as its surroundings need it."""
    return PLACES.sub(lambda place: written(values[place[1]]), template)


def in_url(value: str) -> str:
    """A value as it stands in a URL or a form (RFC 3986 section 2.1)."""
    return quote(value, safe="")


def in_json(value: str) -> str:
    """A value as it stands between the quotes of a JSON string."""
    return json.dumps(value)[1:-1]


def headers_of(lines: str, values: Mapping[str, str]) -> dict[str, str]:
    """The headers, each a line "Name: value"."""
    pairs = (line.partition(":") for line in lines.splitlines() if line.strip())
    return {name.strip(): filled(value.strip(), values) for name, _colon, value in pairs}


def body_of(request: str, body: str, values: Mapping[str, str]) -> str:
    """The body of a request of this kind."""
    return filled(body, values, written=in_json if request == JSON else in_url)


def headers_problem(lines: str) -> str:
    """What is wrong with the headers, as a sentence; empty if nothing is."""
    if len(lines) > MAX_HEADERS:
        return _("Use at most %(most)s characters.") % {"most": MAX_HEADERS}
    for line in filter(str.strip, lines.splitlines()):
        name, colon, value = line.partition(":")
        if not colon or not is_name(name.strip()):
            return _("Write each header in a line of its own, such as Authorization: Bearer {secret}.")
        if problem := name_problem(name.strip()) or value_problem(value):
            return problem
    return ""


def url_shape_problem(url: str) -> str:
    """What is wrong with where the places of a URL stand, as a sentence; empty if nothing is."""
    try:
        host = urlsplit(url).netloc
    except ValueError:
        return ""
    return _("The host can’t contain {to}, {text} or {secret}.") if "{" in host else ""


def body_problem(request: str, url: str, body: str) -> str:
    """What is wrong with the body, as a sentence; empty if nothing is. Number and text have to stand somewhere."""
    if len(body) > MAX_BODY:
        return _("Use at most %(most)s characters.") % {"most": MAX_BODY}
    if request == GET and body.strip():
        return _("A GET request has no body. Write {to} and {text} in the address.")
    if not all(place in f"{url} {body}" for place in ("{to}", "{text}")):
        return _("Write {to} where the number goes, and {text} where the message goes.")
    if request == JSON:
        try:
            json.loads(body_of(request, body, SAMPLE))
        except ValueError:
            return _("This isn’t JSON. Write {to} and {text} between quotes.")
    return ""


def secret_problem(secret: str) -> str:
    """What is wrong with the secret, as a sentence; empty if nothing is."""
    if len(secret) > MAX_SECRET:
        return _("Use at most %(most)s characters.") % {"most": MAX_SECRET}
    is_plain = secret.isascii() and secret.isprintable()
    return "" if is_plain or not secret else _("A secret holds letters, digits and signs of ASCII only.")
