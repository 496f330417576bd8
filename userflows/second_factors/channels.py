"""By which channel each method proves somebody, and which of them together are two factors."""

from collections.abc import Collection

from userflows.state import APP_CODE, CODE, LINK, PASSKEY, PASSWORD, RECOVERY_CODE, SECOND_MAIL, SECOND_SMS, SMS

SECOND_PROOFS = frozenset({APP_CODE, SECOND_MAIL, RECOVERY_CODE, SECOND_SMS})
# Two of one channel are one factor, such as two codes by mail.
MAILBOX, PHONE, APP_ITSELF, PAPER = "mail", "phone", "app", "paper"
CHANNELS = {
    PASSWORD: PASSWORD,
    CODE: MAILBOX,
    LINK: MAILBOX,
    SECOND_MAIL: MAILBOX,
    SMS: PHONE,
    SECOND_SMS: PHONE,
    APP_CODE: APP_ITSELF,
    RECOVERY_CODE: PAPER,
    # Which is two factors by itself (`are_two_factors`).
    PASSKEY: PASSKEY,
}
# Channels that make two factors of it, in the sense of RFC 8176 ("mfa"); a mailbox doesn't (NIST SP 800-63B-4
# section 3.1.3.1).
STRONG = frozenset({APP_ITSELF, PAPER})
# Proofs that do for a second factor whatever is asked for.
STRONG_PROOFS = frozenset({APP_CODE, RECOVERY_CODE, PASSKEY})


def channels_of(methods: Collection[str]) -> frozenset[str]:
    """The channels of these methods; one that isn't known is a channel of its own."""
    return frozenset(CHANNELS.get(method, method) for method in methods)


def are_two_factors(methods: Collection[str]) -> bool:
    """Whether whoever proved these has shown two factors: a passkey, which is both, or two channels, of which one is an
    app, a recovery code, or a phone beside something else than the mailbox: both are had, and neither known.
    """
    channels = channels_of(methods)
    is_strong = bool(channels & STRONG) or (PHONE in channels and bool(channels - {PHONE, MAILBOX}))
    return PASSKEY in methods or (len(channels) > 1 and is_strong)
