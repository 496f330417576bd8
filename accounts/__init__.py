"""People: accounts, their credentials, attributes and sessions.

Owns the account a customer or administrator signs in with, and has a room for each of three subjects: `identity`
(accounts, their attributes, groups), `credentials` (passwords, how they are hashed, one-time codes) and `sessions`
(signed-in browsers, and how long they stay so). Each has its writes in `services`; the rows of all three are in
`models`. Which pages lead a person to a session is the business of `userflows`; what a token tells about an account is
the business of `oidc`.
"""
