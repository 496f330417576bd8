"""How often an application is told of a sign-out, and what its answer means."""

from datetime import timedelta

# How long to wait after each failed attempt to tell an application of a sign-out; after the last one it is given up.
NOTIFICATION_WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (15, 60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600, 12 * 3600)
)
NOTIFICATION_ATTEMPTS = len(NOTIFICATION_WAITS) + 1


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
