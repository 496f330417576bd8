"""What pages of the portal tell on the next one."""

from typing import Any

from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.utils.functional import cached_property


class LateStorage(FallbackStorage):
    """Django's, in a cookie and in the session, neither of which is looked at before a message is left or read."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        # What Django's does besides is to make both at each request, with a key to sign by.
        BaseStorage.__init__(self, request, *args, **kwargs)
        self._used_storages: set[BaseStorage] = set()

    @cached_property
    def storages(self) -> list[BaseStorage]:
        """Where messages are kept."""
        return [storage(self.request) for storage in self.storage_classes]
