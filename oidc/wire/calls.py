"""A call of an endpoint, read from a WSGI environment (PEP 3333) without Django."""

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

from tenants.models import Tenant

PREFIX = "HTTP_"


class EnvironCall:
    """A `Call`. `path_info` is the path below the tenant's address."""

    def __init__(self, tenant: Tenant, path_info: str, environ: Mapping[str, Any]) -> None:
        self.tenant, self.path_info, self.META = tenant, path_info, environ
        self.method: str = environ["REQUEST_METHOD"]
        self.headers = EnvironHeaders(environ)

    @property
    def content_type(self) -> str:
        return str(self.META.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()

    @cached_property
    def body(self) -> bytes:
        content: bytes = self.META["wsgi.input"].read(int(self.META.get("CONTENT_LENGTH") or 0))
        return content


class EnvironHeaders(Mapping[str, str]):
    """The headers that a client sent, by their names in whatever case."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        value: str = self._environ[_key(name)]
        return value

    def __iter__(self) -> Iterator[str]:
        return (key.removeprefix(PREFIX).replace("_", "-") for key in self._environ if key.startswith(PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@lru_cache(maxsize=64)
def _key(name: str) -> str:
    return PREFIX + name.upper().replace("-", "_")
