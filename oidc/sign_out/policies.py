"""How often an application is told of a sign-out, and what its answer means."""

from collections import deque
from datetime import timedelta

# How long to wait after each failed attempt to tell an application of a sign-out; after the last one it is given up.
NOTIFICATION_WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (15, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600)
)
NOTIFICATION_ATTEMPTS = len(NOTIFICATION_WAITS) + 1


# A call that takes longer, in seconds, uses up patience.
SLOW = 1.0


class Patience:
    """How many seconds of slow calls are borne within so many seconds, of each of those who are called.

    Kept in the process: each worker makes its own experience. Moments are those of the monotonic clock.
    """

    def __init__(self, bears: float, *, within: float) -> None:
        self._bears, self._within = bears, within
        self._slow: dict[str, deque[tuple[float, float]]] = {}

    def is_used_up(self, whose: str, *, now: float) -> bool:
        """Whether calls for them should wait."""
        slow = self._slow.get(whose, deque())
        while slow and slow[0][0] <= now - self._within:
            slow.popleft()
        if not slow:
            self._slow.pop(whose, None)
        return sum(seconds for _, seconds in slow) >= self._bears

    def note(self, whose: str, seconds: float, *, now: float) -> None:
        """Remember a call that has ended now and took so many seconds."""
        if seconds > SLOW:
            self._slow.setdefault(whose, deque()).append((now, seconds))


def answer_problem(status: int) -> tuple[str, bool]:
    """What an answer to a logout token says, as a sentence, and whether trying again is of no use.

    OpenID Connect Back-Channel Logout section 2.8: 200 or 204 is success, 400 a token that the application refuses.
    """
    if 200 <= status < 300:
        return "", True
    if status == 400:
        return "The application refused the logout token (status 400).", True
    if 300 <= status < 400:
        return f"The application answered with a redirect (status {status}), which isn't followed.", False
    return f"The application answered with status {status}.", False
