"""The columns of files of customers, called the same in both directions."""

from accounts.attributes import BUILT_IN_ATTRIBUTES, EMAIL

VERIFIED, HASH, SALT, LANGUAGE = "emailVerified", "passwordHash", "passwordSalt", "language"
LABELS = {
    EMAIL: "Email address",
    VERIFIED: "Email address verified",
    HASH: "Password hash",
    SALT: "Salt of the password hash",
    LANGUAGE: "Language",
    **{name: str(attribute.label) for name, attribute in BUILT_IN_ATTRIBUTES.items() if name != EMAIL},
}
