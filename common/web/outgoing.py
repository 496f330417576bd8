"""The one way by which the product calls an address that somebody else chose: a client's keys, its mail server.

Whoever registers an application could otherwise make this server speak to what only it can reach: a database, a
neighbour, the cloud's metadata service. So a call goes over https only, to public addresses only, and to exactly the
address that was checked: the name is resolved once, here, and a second answer of its DNS server counts for nothing.
No redirect is followed, no proxy is taken from the environment, no cookie is kept, and the whole call, DNS included,
ends after so many seconds and bytes. On a local installation loopback may be called too, even over http.

A call can take seconds: make it outside of any transaction, and give the database connection back before.
"""

import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.text.translation import gettext_noop as _
from common.web.networks import IPAddress, is_internal, literal_address

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 5.0
MAX_ANSWER_BYTES = 64 * 1024
MAX_URL_LENGTH = 2048
ADDRESSES_TRIED = 2

# What RFC 3986 allows, without the backslash and the white space that parsers disagree about.
URL_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9\-.]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+")

NO_HOST = KeptSentence(_("The host isn’t a domain name or an address."))
UNREACHED = _("%(host)s couldn’t be reached.")
CUT = _("%(host)s closed the connection.")
TOOK_TOO_LONG, BROKE_OFF = _("%(host)s took too long to answer."), _("%(host)s cut its answer short.")


class TooManyWaiting(Exception):
    """All places are taken, or the share of whoever asks is. Nothing was called."""


class Places:
    """Places to wait for somebody else's server in: few, so that slow ones can't take all threads that answer requests.

    No tenant gets more than its share of them, nor a second one while others have half of them. One that kept its last
    place for longer than `slow_after` seconds gets none of that half either, so that however many are slow, those that
    aren't find one. Whoever finds none is turned away at once, and may come again.
    """

    def __init__(self, number: int, *, share: int, slow_after: float = float("inf")) -> None:
        self._number, self._share, self._slow_after = number, share, slow_after
        self._taken: Counter[str] = Counter()
        self._slow: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def one(self, schema: str) -> Iterator[None]:
        """Have a place as long as the block lasts, on behalf of the tenant of this schema. Raises `TooManyWaiting`."""
        with self._lock:
            free = self._number - self._taken.total()
            is_modest = not self._taken[schema] and schema not in self._slow
            if self._taken[schema] >= self._share or free <= (0 if is_modest else self._number // 2):
                raise TooManyWaiting
            self._taken[schema] += 1
        since = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                is_slow = time.monotonic() - since > self._slow_after
                (self._slow.add if is_slow else self._slow.discard)(schema)
                self._taken[schema] -= 1
                # Counts of zero go, so that there are no more entries than places.
                self._taken = +self._taken


from_pages = Places(2, share=1)
"""For pages of the portal that ask somebody else's server while an administrator waits: all of them together."""


class OutgoingError(Exception):
    """The call wasn't made, or got no answer. The message says why, in English as it is kept.

    `sentence` is the same for the administrator who chose the address, in their language.
    """

    def __init__(self, sentence: KeptSentence | str) -> None:
        self.sentence = sentence if isinstance(sentence, KeptSentence) else KeptSentence(sentence)
        super().__init__(self.sentence.in_english)


@dataclass(frozen=True)
class Content:
    """What is posted where it isn't a form: bytes, of which kind they are, and further headers."""

    body: bytes
    kind: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HttpAnswer:
    """What came back, whatever its status: also a redirect, which isn't followed. Names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def url_problem(url: str) -> str:
    """What is wrong with an address that shall be called one day, as a sentence; empty if nothing is.

    Nothing is resolved here: where its name leads is looked at in each call.
    """
    return str(url_fault(url))


def url_fault(url: str) -> KeptSentence:
    """The same as a sentence that can be kept."""
    if not url or len(url) > MAX_URL_LENGTH:
        return KeptSentence(_("Enter an address of up to %(most)s characters."), {"most": MAX_URL_LENGTH})
    if "#" in url:
        return KeptSentence(_("Leave out the fragment, the part from # on."))
    if not URL_CHARACTERS.fullmatch(url):
        return KeptSentence(_("Write the address without spaces, backslashes and letters beyond ASCII."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return KeptSentence(_("This isn’t an address."))
    if parts.scheme not in _schemes():
        return KeptSentence(_("Begin the address with https://."))
    if "@" in parts.netloc:
        return KeptSentence(_("Leave out the user name before @."))
    if port == 0:
        return NO_HOST
    return _wrong_with_host(parts.hostname or "")


def call(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    content: Content | None = None,
    headers: Mapping[str, str] | None = None,
    accept: str = "application/json",
    max_bytes: int = MAX_ANSWER_BYTES,
    seconds: float = TOTAL_SECONDS,
) -> HttpAnswer:
    """GET the address, with further headers, or POST form or content to it.

    Raises `OutgoingError`, after `seconds` at the latest.
    """
    if form is not None:
        content = Content(urlencode(form).encode(), "application/x-www-form-urlencoded")
    problem = url_fault(url)
    if problem:
        raise OutgoingError(problem)
    parts = urlsplit(url)
    deadline = time.monotonic() + seconds
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = _checked(_resolve(parts.hostname or "", port, seconds), scheme=parts.scheme)
    connection = _connect(parts, port, addresses, deadline)
    # A server that sends a byte now and then stays below any limit on a single read; the clock doesn't.
    overdue = threading.Event()
    watch = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, (connection, overdue))
    watch.daemon = True
    watch.start()
    try:
        sent = {"Accept": accept, **(headers or {})}
        return _exchange(connection, parts, content=content, headers=sent, max_bytes=max_bytes, overdue=overdue)
    except (OSError, HTTPException, HTTPError) as error:
        # A single read may be given up a moment before the whole call is.
        is_late = overdue.is_set() or isinstance(error, TimeoutError) or time.monotonic() >= deadline
        raise OutgoingError(_said(TOOK_TOO_LONG if is_late else BROKE_OFF, parts.hostname)) from error
    finally:
        watch.cancel()
        connection.close()


def host_problem(host: str, *, anywhere: bool = False) -> str:
    """What is wrong with a host that shall be called one day, as a sentence; empty if nothing is.

    With `anywhere` it may be an internal address.
    """
    return str(_wrong_with_host(host, anywhere=anywhere))


def _wrong_with_host(host: str, *, anywhere: bool = False) -> KeptSentence:
    if not HOST.fullmatch(host):
        return NO_HOST
    literal = None if anywhere else literal_address(host)
    if literal is not None and is_internal(literal):
        return KeptSentence(_("The address is internal; only public ones are called."))
    return NOTHING_TO_SAY


def _said(words: str, host: str | None, **values: Any) -> KeptSentence:
    """A sentence about a host."""
    return KeptSentence(words, {"host": host or "", **values})


def open_socket(host: str, port: int, *, seconds: float, anywhere: bool = False) -> socket.socket:
    """A connection to a server that speaks something else than HTTP, whose reads and writes wait no longer than that.

    It leads to a public address, or with `anywhere` to any. Raises `OutgoingError`.
    """
    found = _resolve(host, port, seconds)
    addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in found] if anywhere else _checked(found)
    silent = 0
    problem = _said(UNREACHED, host)
    for address in dict.fromkeys(addresses):
        try:
            opened = socket.create_connection((str(address), port), timeout=min(CONNECT_SECONDS, seconds))
        except TimeoutError:
            problem, silent = _said(_("%(host)s didn’t answer on port %(port)s."), host, port=port), silent + 1
        except ConnectionRefusedError:
            problem = _said(_("Nothing listens at port %(port)s of %(host)s."), host, port=port)
        except OSError:
            continue
        else:
            opened.settimeout(seconds)
            return opened
        if silent == ADDRESSES_TRIED:
            break
    raise OutgoingError(problem)


@contextmanager
def tls_stream(host: str, port: int, *, seconds: float) -> Iterator[ssl.SSLSocket]:
    """A connection to a server that speaks something else than HTTP, over TLS, to whom its certificate names.

    Raises `OutgoingError` if there is none, or if it breaks or lasts longer than `seconds` inside the block.
    """
    problem = _wrong_with_host(host)
    if problem:
        raise OutgoingError(problem)
    deadline = time.monotonic() + seconds
    stream = _tls_connection(host, port, seconds)
    overdue = threading.Event()
    watch = threading.Timer(max(0.0, deadline - time.monotonic()), _shut, (stream, overdue))
    watch.daemon = True
    watch.start()
    try:
        yield stream
    except OSError as error:
        is_late = overdue.is_set() or isinstance(error, TimeoutError)
        raise OutgoingError(_said(_("%(host)s took too long.") if is_late else CUT, host)) from error
    finally:
        watch.cancel()
        stream.close()


def _tls_connection(host: str, port: int, seconds: float) -> ssl.SSLSocket:
    plain = open_socket(host, port, seconds=seconds)
    try:
        return _tls().wrap_socket(plain, server_hostname=host)
    except OSError as error:
        plain.close()
        raise OutgoingError(_tls_problem(host, error) or _said(CUT, host)) from error


def _tls_problem(host: str, error: Exception) -> KeptSentence:
    """What is wrong with the server's TLS, as a sentence; empty if it isn't about that."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _said(_("The certificate of %(host)s isn’t valid: %(problem)s."), host, problem=error.verify_message)
    return (
        _said(_("%(host)s doesn’t speak TLS correctly."), host) if isinstance(error, ssl.SSLError) else NOTHING_TO_SAY
    )


def _schemes() -> set[str]:
    return {"https", "http"} if settings.IS_LOCAL else {"https"}


def _resolve(host: str, port: int, seconds: float) -> Sequence[str]:
    """The addresses behind a name. The system's resolver knows no time limit, so it is asked in a thread."""
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answers.put(error)
        else:
            answers.put([str(entry[4][0]) for entry in found])

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=min(CONNECT_SECONDS, seconds))
    except queue.Empty as error:
        raise OutgoingError(_said(_("The name %(host)s couldn’t be resolved in time."), host)) from error
    if not isinstance(answer, list):
        raise OutgoingError(_said(_("The name %(host)s can’t be resolved."), host)) from answer
    return answer


def _checked(found: Sequence[str], *, scheme: str = "") -> list[IPAddress]:
    """The addresses, each once. One internal address among them is one too many: then none is called."""
    # A scope (fe80::1%eth0) belongs to link-local addresses only; without it they are recognised.
    addresses = list(dict.fromkeys(ipaddress.ip_address(text.partition("%")[0]) for text in found))
    if not addresses or any(is_internal(address) for address in addresses):
        raise OutgoingError(_("The address leads to an internal network; only public addresses are called."))
    if scheme == "http" and not all(address.is_loopback for address in addresses):
        raise OutgoingError(KeptSentence(_("Use https. Only this machine may be called over http.")))
    return addresses


def _connect(
    parts: SplitResult, port: int, addresses: Sequence[IPAddress], deadline: float
) -> HTTPConnection | HTTPSConnection:
    """An open connection to the first of the addresses that answers; over https, to whom the certificate names."""
    host = parts.hostname or ""
    problem = _said(UNREACHED, host)
    for address in addresses[:ADDRESSES_TRIED]:
        connection = _connection(parts, address, port, min(CONNECT_SECONDS, deadline - time.monotonic()))
        try:
            connection.connect()
        except (OSError, HTTPError) as error:
            connection.close()
            problem = _tls_problem(host, error) or problem
        else:
            return connection
    raise OutgoingError(problem)


def _connection(parts: SplitResult, address: IPAddress, port: int, seconds: float) -> HTTPConnection | HTTPSConnection:
    timeout = max(0.1, seconds)
    if parts.scheme == "http":
        return HTTPConnection(str(address), port, timeout=timeout)
    return HTTPSConnection(
        str(address),
        port,
        timeout=timeout,
        ssl_context=_tls(),
        server_hostname=parts.hostname,
        cert_reqs="CERT_REQUIRED",
    )


def _tls() -> ssl.SSLContext:
    """Trust as the system has it; OpenSSL's SSL_CERT_FILE adds to it."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _exchange(
    connection: HTTPConnection,
    parts: SplitResult,
    *,
    content: Content | None,
    headers: Mapping[str, str],
    max_bytes: int,
    overdue: threading.Event,
) -> HttpAnswer:
    headers = {"Host": parts.netloc, "Accept-Encoding": "identity", "User-Agent": "ciam-portal", **headers}
    if content is not None:
        headers |= {**content.headers, "Content-Type": content.kind}
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    method, body = ("GET", None) if content is None else ("POST", content.body)
    connection.request(method, target, body, headers, preload_content=False)
    response = connection.getresponse()
    read = response.read(max_bytes + 1, decode_content=False)
    if overdue.is_set():
        raise TimeoutError
    if len(read) > max_bytes:
        raise OutgoingError(
            _said(_("%(host)s answered with more than %(most)s KiB."), parts.hostname, most=max_bytes // 1024)
        )
    return HttpAnswer(response.status, {name.lower(): value for name, value in response.headers.items()}, read)


def _cut(connection: HTTPConnection, overdue: threading.Event) -> None:
    if connection.sock is None:
        overdue.set()
    else:
        _shut(connection.sock, overdue)


def _shut(stream: socket.socket, overdue: threading.Event) -> None:
    overdue.set()
    try:
        # Beneath TLS, which would want to say goodbye first.
        socket.socket.shutdown(stream, socket.SHUT_RDWR)
    except OSError:
        pass
