"""Which limits an account has used up, and what each keeps it from, for the check of a sign-in."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from audit.explanations import WHOLE_SITE, span
from audit.limits import LIMITS
from audit.sentences import filled
from operations.sign_in.findings import Finding, RemedyPlace, Weight
from userflows.journeys.attempts.holds import MAIL, SECOND_FACTOR, TEXTS, Hold, holds_on

NO_MORE = {
    MAIL: gettext_lazy("No more codes are emailed for now"),
    TEXTS: gettext_lazy("No more text messages are sent for now"),
}


def about_limits(account: Account, ip: str, *, is_assumed: bool = False) -> Iterator[Finding]:
    """Those of the account, and from this address of the network, which may be assumed to be the customer's."""
    holds = holds_on(account.email, ip)
    for hold in holds:
        yield _held(hold, ip, is_certain=not (is_assumed and hold.is_of_place))
    if not holds:
        words = _("The next try from %(ip)s would be looked at.") if ip else _("The next try would be looked at.")
        yield Finding(Weight.FINE, _("No limit is used up"), words % {"ip": ip})


def _held(hold: Hold, ip: str, *, is_certain: bool) -> Finding:
    limit = hold.limit
    facts = {"allowed": str(limit.attempts), "span": span(limit.seconds), "ip": ip}
    counted, remedy = LIMITS[limit.name.removesuffix(WHOLE_SITE)]
    said, cure = ("".join(piece for piece, _is_name in filled(str(each), facts)) for each in (counted, remedy))
    words = _("%(what)s. That ends in %(time)s.")
    if hold.is_known_browser:
        words = _("%(what)s in browsers known to the account. That ends in %(time)s.")
    # Known browsers are let try where strangers aren't, and no other message is needed by a code that has come.
    is_for_all = not hold.is_known_browser and hold.about not in NO_MORE
    # Whoever isn't asked for a second factor, as in a remembered browser, isn't kept out either.
    is_for_all &= hold.about != SECOND_FACTOR
    return Finding(
        Weight.PROBLEM if is_for_all and is_certain else Weight.NOTE,
        str(NO_MORE.get(hold.about) or _("Too many tries")),
        words % {"what": said, "time": span(max(1, hold.seconds))},
        cure,
        closes=[hold.about] if is_certain and hold.about not in {"", SECOND_FACTOR, *NO_MORE} else [],
        place=RemedyPlace.CUSTOMER_SIGN_IN,
        only_from=ip if is_for_all and not is_certain else "",
    )
