"""A request's head that no web server has read."""

from dataclasses import dataclass, field


@dataclass
class Head:
    """A request's head, as granian tells it."""

    headers: dict[str, str] | list[tuple[str, str]] = field(default_factory=list)
    path: str = "/"
    client: str = "203.0.113.7:4711"
    server: str = "127.0.0.1:8000"
    http_version: str = "1.1"
    scheme: str = "http"
    method: str = "POST"
    query_string: str = "a=%C3%A9"
    authority: str | None = None
