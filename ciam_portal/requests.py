"""How requests are read before anything else looks at them."""

import re
from typing import Any

from django.core.handlers.wsgi import WSGIRequest

CHARSET = re.compile(r";\s*charset=[^;]*", re.IGNORECASE)


class Utf8Request(WSGIRequest):
    """Reads every form as UTF-8, as all our pages send them, whatever its sender calls it.

    Django believes the charset of a request's Content-Type, and fails at those that are none or hold half characters.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
        super().__init__(environ)

    def close(self) -> None:
        """Let go of what was sent: the request, and forms of it, lie in circles and stay until the collector comes."""
        super().close()
        sent = vars(self)
        sent.pop("_body", None)
        dict.clear(sent.get("_post", {}))
