"""Handing a text message to a provider: one request, as the tenant has written it."""

from http import HTTPStatus

from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.text.translation import gettext_noop as _
from common.web.outgoing import Content, OutgoingError, call
from sms.policies import CONTENT_TYPES, GET, body_of, filled, headers_of, in_url
from sms.senders.description import TextDescription

SECONDS = 10.0
# Come again later: the provider is overloaded, or took too long itself.
PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class SendingFailed(Exception):
    """The provider didn't take it; `is_final` if it never will. `sentence` is for the administrator."""

    def __init__(self, sentence: KeptSentence, *, is_final: bool = False) -> None:
        super().__init__(sentence.in_english)
        self.sentence = sentence
        self.is_final = is_final


def send(description: TextDescription, *, secret: str, to: str, text: str) -> None:
    """Send it. Raises `SendingFailed`. What the provider says beside its status is kept nowhere."""
    values = {"to": to, "text": text, "secret": secret}
    url = filled(description.url, values, written=in_url)
    headers = headers_of(description.headers, values)
    try:
        if description.request == GET:
            answer = call(url, headers=headers, accept="*/*", seconds=SECONDS)
        else:
            body = body_of(description.request, description.body, values).encode()
            content = Content(body, CONTENT_TYPES[description.request], headers)
            answer = call(url, content=content, accept="*/*", seconds=SECONDS)
    except OutgoingError as error:
        raise SendingFailed(error.sentence) from error
    if problem := _problem_of(answer.status):
        is_final = answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in PASSING
        raise SendingFailed(problem, is_final=is_final)


def _problem_of(status: int) -> KeptSentence:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return NOTHING_TO_SAY
    return KeptSentence(_("The SMS provider answered %(status)s."), {"status": status})
