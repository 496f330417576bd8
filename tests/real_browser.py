"""One Chromium for the tests of a process that follow each other and have one: to start it costs half a CPU second."""

from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from tenants.postgresql import connection
from tools.browser import find

ARGUMENTS = ("--no-sandbox", "--js-flags=--no-opt --no-maglev")
"""No page lives long enough to get back what its scripts cost to optimise: a sixth of what axe takes."""


class RealBrowser:
    """A browser without a screen, while it is needed."""

    def __init__(self) -> None:
        self._chromium: Chromium | None = None
        self._running = ExitStack()

    def started(self) -> Chromium:
        """The one that runs, or a new one."""
        if self._chromium is None:
            # Playwright's loop runs in this thread, and Django takes it for one that must not wait for a database.
            patch = self._running.enter_context(pytest.MonkeyPatch.context())
            playwright = self._running.enter_context(sync_playwright())
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
            self._chromium = playwright.chromium.launch(executable_path=find(), args=ARGUMENTS)
            self._running.callback(self._chromium.close)
        return self._chromium

    def stop(self) -> None:
        """Close it, if it runs."""
        if self._chromium is None:
            return
        self._chromium = None
        self._running.close()
        # Beside Playwright's loop Django keeps another connection. This one's database has been made anew meanwhile.
        connection.close()


real_browser = RealBrowser()
