"""The columns of files of customers, called the same in both directions."""

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL

VERIFIED, HASH, LANGUAGE = "emailVerified", "passwordHash", "language"
LABELS = {
    EMAIL: "Email address",
    VERIFIED: "Email address verified",
    HASH: "Password hash",
    LANGUAGE: "Language",
    **{name: str(attribute.label) for name, attribute in BUILT_IN_ATTRIBUTES.items() if name != EMAIL},
}
