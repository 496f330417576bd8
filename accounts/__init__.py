"""People: accounts, their credentials, attributes and sessions.

Owns the account a customer or administrator signs in with, the ten built-in attributes and the custom ones, one-time
codes, password hashing with a bound on how many run at once, and signed-in browsers. Which pages lead a person to a
session is the business of `userflows`; what a token tells about an account is the business of `oidc`.
"""
