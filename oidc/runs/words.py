"""What parameters, members, claims and errors mean, in a sentence each, for an administrator who looks at a run."""

PARAMETERS = {
    "client_id": "Which application asks.",
    "redirect_uri": "Where the answer goes. In a run it is this portal; an application names one of its own.",
    "response_type": "What is asked for: an authorization code, the only kind offered.",
    "scope": "What the application wants to know or do, separated by spaces.",
    "prompt": "Whether the customer is asked something although they are signed in, or must not be asked at all.",
    "ui_locales": "The languages the pages should speak, the preferred one first.",
    "login_hint": "The email address the first page is filled in with.",
    "max_age": "How many seconds ago the customer may have signed in at most.",
    "state": "A random value that comes back with the answer, so that nobody can slip in another one.",
    "nonce": "A random value that comes back in the ID token, so that it can't be one of another sign-in.",
    "code_challenge": "The SHA-256 of a secret, the code verifier, without which nobody can redeem the code (PKCE).",
    "code_challenge_method": "How the challenge was made of the verifier.",
    "request_uri": "The name of the request, which was pushed to the issuer beforehand.",
}
RESPONSE = {
    "code": "The authorization code: good for a minute, once, and only together with the verifier.",
    "state": "Repeated from the request.",
    "iss": "Which issuer answers, so that an application of several issuers doesn't mix them up (RFC 9207).",
    "error": "Why there is no code, in the protocol's words.",
    "error_description": "The same for developers.",
}
TOKEN_REQUEST = {
    "grant_type": "What is handed in: an authorization code.",
    "code": "The code from the response.",
    "redirect_uri": "Repeated from the authorization request; the code is bound to it.",
    "code_verifier": "The secret behind the code_challenge. In a run only this server knows it.",
}
TOKEN_RESPONSE = {
    "access_token": "What the application shows an API. What stands in it has a tab of its own.",
    "token_type": "How it is shown: by whoever bears it, or together with a proof of a key (DPoP).",
    "expires_in": "For how many seconds it is good.",
    "scope": "What was granted; it may be less than was asked for.",
    "refresh_token": "What the application gets further tokens with. It was revoked and is kept nowhere.",
    "id_token": "Who signed in, signed by the issuer. What stands in it has a tab of its own.",
    "error": "Why there are no tokens, in the protocol's words.",
    "error_description": "The same for developers.",
}
HEADER = {
    "alg": "The algorithm of the signature.",
    "kid": "Which key of the key set made it.",
    "typ": "What kind of token it is, so that none is taken for another.",
}
CLAIMS = {
    "iss": "Who made the token.",
    "sub": "Who it is about: the same for this customer at every application, for ever.",
    "aud": "Whom it is meant for. Anybody else has to refuse it.",
    "azp": "Which application it was issued to.",
    "client_id": "Which application it was issued to.",
    "iat": "When it was made.",
    "exp": "Until when it is good.",
    "auth_time": "When the customer signed in.",
    "nonce": "The value from the request.",
    "sid": "The customer's session; a sign-out notification names it.",
    "at_hash": "The beginning of the access token's digest; binds the two together.",
    "acr": "How strong the sign-in was: 1 is one factor.",
    "amr": "How the customer signed in: pwd is a password, otp a one-time code (RFC 8176).",
    "jti": "The token's own ID.",
    "scope": "What the token allows.",
    "cnf": "The key that the token is bound to.",
    "name": "What to call the customer.",
    "given_name": "The given name.",
    "family_name": "The surname.",
    "jobTitle": "The job title.",
    "locale": "The preferred language.",
    "updated_at": "When any of this changed last.",
    "email": "The email address.",
    "email_verified": "Whether the address was verified.",
    "address": "The postal address.",
    "roles": "What the customer is to the application or the API.",
    "groups": "The groups the customer is in.",
    "userinfo_claims": "What userinfo tells beside the claims of the scopes.",
}
OTHER_CLAIM = "A claim of this tenant’s own."
MOMENTS = ("iat", "exp", "auth_time")

# What went wrong, and what to do about it.
ERRORS = {
    "access_denied": (
        "The customer said no, or turned back.",
        "Nothing is wrong with the set-up. An application should take the customer back to where they were.",
    ),
    "login_required": (
        "The request said prompt=none, so no page might be shown, and nobody is signed in here in a way that fits.",
        "Run it without prompt=none, or sign in first and run it again in this browser.",
    ),
    "consent_required": (
        "The request said prompt=none, and the customer hasn't consented yet.",
        "Run it without prompt=none, or consent for all customers at the application's permissions.",
    ),
    "invalid_scope": (
        "None of the scopes asked for is offered to this application.",
        "Look for a slip in the names. Scopes of an API need a permission of the application.",
    ),
    "invalid_target": (
        "The API that was named isn't known, or this application may not use it.",
        "Compare the identifier URI of the API with what was asked for, and give the application a permission.",
    ),
    "invalid_request": (
        "The issuer couldn't make sense of a parameter.",
        "The description below says which one.",
    ),
    "invalid_grant": (
        "The code was refused: it was used before, took longer than a minute, or the account was disabled meanwhile.",
        "Run the user flow again.",
    ),
    "unauthorized_client": (
        "An application of this kind may not ask for this.",
        "Nobody signs in to a service. Register another kind of application.",
    ),
    "unmet_authentication_requirements": (
        "The customer signed in, but not in the way that was demanded.",
        "Ask for an acr that sign-ins here can have.",
    ),
    "temporarily_unavailable": (
        "The issuer couldn't answer just now.",
        "If it lasts, whoever runs the installation finds the reason in its log.",
    ),
    "server_error": (
        "The issuer failed.",
        "Whoever runs the installation finds the reason in its log.",
    ),
}
UNKNOWN_ERROR = ("The issuer refused the request.", "The description below says more.")
AUTHENTICATION = {
    "client_secret_basic": "client ID and client secret in the header",
    "client_secret_post": "client ID and client secret in the body",
    "private_key_jwt": "an assertion signed with its private key",
    "none": "nothing: a public client has only the code verifier",
}
