"""What parameters, members, claims and errors mean, in a sentence each, for an administrator who looks at a run."""

from django.utils.translation import gettext_lazy as _

PARAMETERS = {
    "client_id": _("Which application asks."),
    "redirect_uri": _("Where the answer goes. In a run it is this portal; an application names one of its own."),
    "response_type": _("What is asked for: an authorization code, the only kind offered."),
    "scope": _("What the application wants to know or do, separated by spaces."),
    "prompt": _("Whether the customer is asked something although they are signed in, or must not be asked at all."),
    "ui_locales": _("The languages the pages should speak, the preferred one first."),
    "login_hint": _("The email address the first page is filled in with."),
    "max_age": _("The most seconds ago that the customer may have signed in."),
    "state": _("A random value that comes back with the answer, so that no one can slip in another one."),
    "nonce": _("A random value that comes back in the ID token, so that it can’t be one of another sign-in."),
    "code_challenge": _("The SHA-256 of a secret, the code verifier, without which no one can redeem the code (PKCE)."),
    "code_challenge_method": _("How the challenge was derived from the verifier."),
    "request_uri": _("The name of the request, which was pushed to the issuer beforehand."),
}
RESPONSE = {
    "code": _("The authorization code: valid for a minute, once, and only together with the verifier."),
    "state": _("Repeated from the request."),
    "iss": _("Which issuer answers, so that an application of several issuers doesn’t mix them up (RFC 9207)."),
    "error": _("Why there is no code, in the protocol’s words."),
    "error_description": _("The same for developers."),
}
TOKEN_REQUEST = {
    "grant_type": _("What is handed in: an authorization code."),
    "code": _("The code from the response."),
    "redirect_uri": _("Repeated from the authorization request; the code is bound to it."),
    "code_verifier": _("The secret behind the code_challenge. In a run only this server knows it."),
}
TOKEN_RESPONSE = {
    "access_token": _("What the application presents to an API. Its contents have their own tab."),
    "token_type": _("How it is presented: by any bearer, or with proof of a key (DPoP)."),
    "expires_in": _("How many seconds it’s valid."),
    "scope": _("What was granted; it may be less than was asked for."),
    "refresh_token": _("What the application gets further tokens with. It was revoked and is kept nowhere."),
    "id_token": _("Who signed in, signed by the issuer. Its contents have their own tab."),
    "error": _("Why there are no tokens, in the protocol’s words."),
    "error_description": _("The same for developers."),
}
HEADER = {
    "alg": _("The algorithm of the signature."),
    "kid": _("Which key of the key set signed it."),
    "typ": _("What kind of token it is, so that none is taken for another."),
}
CLAIMS = {
    "iss": _("Who issued the token."),
    "sub": _("Who it is about: the same for this customer for ever, at all applications but those with their own IDs."),
    "aud": _("Who it’s meant for. Anyone else has to refuse it."),
    "azp": _("Which application it was issued to."),
    "client_id": _("Which application it was issued to."),
    "iat": _("When it was created."),
    "exp": _("Until when it’s valid."),
    "auth_time": _("When the customer signed in."),
    "nonce": _("The value from the request."),
    "sid": _("The customer’s session; a sign-out notification names it."),
    "at_hash": _("The beginning of the access token’s digest; binds the two together."),
    "acr": _("How strong the sign-in was: 1 is one factor."),
    "amr": _("How the customer signed in: pwd is a password, otp a one-time code, pop a passkey (RFC 8176)."),
    "jti": _("The token’s own ID."),
    "scope": _("What the token allows."),
    "cnf": _("The key that the token is bound to."),
    "name": _("What to call the customer."),
    "given_name": _("The given name."),
    "family_name": _("The surname."),
    "preferred_username": _("The user name, by which the customer may sign in as well."),
    "jobTitle": _("The job title."),
    "locale": _("The preferred language."),
    "updated_at": _("When any of this changed last."),
    "email": _("The email address."),
    "email_verified": _("Whether the address was verified."),
    "address": _("The postal address."),
    "roles": _("What the customer is to the application or the API."),
    "groups": _("The groups the customer is in."),
    "userinfo_claims": _("What userinfo returns in addition to the claims of the scopes."),
    "_claim_names": _("Claims that don’t fit in the token, each with the name of the source that returns it."),
    "_claim_sources": _("Where these are told: by userinfo, or of a token for an API by introspection."),
}
OTHER_CLAIM = _("A claim of this tenant’s own.")
MOMENTS = ("iat", "exp", "auth_time")

# What went wrong, and what to do about it.
ERRORS = {
    "access_denied": (
        _("The customer said no, or turned back."),
        _("Nothing is wrong with the set-up. An application should take the customer back to where they were."),
    ),
    "login_required": (
        _("The request said prompt=none, so no page might be shown, and no one is signed in here in a way that fits."),
        _("Run it without prompt=none, or sign in first and run it again in this browser."),
    ),
    "consent_required": (
        _("The request said prompt=none, and the customer hasn’t consented yet."),
        _("Run it without prompt=none, or consent for all customers at the application’s permissions."),
    ),
    "invalid_scope": (
        _("None of the scopes asked for is offered to this application."),
        _("Check the names for typos. Scopes of an API need a permission of the application."),
    ),
    "invalid_target": (
        _("The API that was named isn’t known, or this application may not use it."),
        _("Compare the identifier URI of the API with what was asked for, and give the application a permission."),
    ),
    "invalid_request": (
        _("The issuer couldn’t make sense of a parameter."),
        _("The description below says which one."),
    ),
    "invalid_grant": (
        _(
            "The code was refused: it was used before, took longer than a minute, or the account was disabled in "
            "the meantime."
        ),
        _("Run the user flow again."),
    ),
    "unauthorized_client": (
        _("An application of this kind may not ask for this."),
        _("No one signs in to a service. Register another kind of application."),
    ),
    "unmet_authentication_requirements": (
        _("The customer signed in, but not in the way that was demanded."),
        _("Ask for an acr that sign-ins here can have."),
    ),
    "temporarily_unavailable": (
        _("The issuer couldn’t answer just now."),
        _("If it keeps happening, the people who run the installation can find the reason in its log."),
    ),
    "server_error": (
        _("The issuer failed."),
        _("The people who run the installation can find the reason in its log."),
    ),
}
UNKNOWN_ERROR = (_("The issuer refused the request."), _("The description below says more."))
AUTHENTICATION = {
    "client_secret_basic": _("client ID and client secret in the header"),
    "client_secret_post": _("client ID and client secret in the body"),
    "private_key_jwt": _("an assertion signed with its private key"),
    "none": _("nothing: a public client has only the code verifier"),
}
