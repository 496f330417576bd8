"""An API that checks access tokens by itself (RFC 9068 section 4)."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt


class Refused(Exception):
    """Status and error of RFC 6750 section 3.1."""

    def __init__(self, status, error):
        super().__init__(error)
        self.status, self.error = status, error


class Checker:
    """Knows the issuer's keys, which it fetches once and again when it meets a key that it doesn't know."""

    def __init__(self, issuer, audience):
        self.issuer, self.audience = issuer, audience
        self.keys = jwt.PyJWKClient(f"{issuer}/jwks", lifespan=300)

    def claims(self, authorization):
        """The claims of the token in an Authorization header."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(401, "invalid_token")
        try:
            if jwt.get_unverified_header(token).get("typ") != "at+jwt":
                raise Refused(401, "invalid_token")
            return jwt.decode(
                token,
                self.keys.get_signing_key_from_jwt(token),
                algorithms=["ES256", "RS256"],
                audience=self.audience,
                issuer=self.issuer,
                options={"require": ["exp", "iat", "sub", "client_id", "jti"]},
            )
        except jwt.PyJWTError as error:
            raise Refused(401, "invalid_token") from error


def serve(issuer, audience, *, role):
    """A server on a free port of this machine, for callers that have this role."""
    checker = Checker(issuer, audience)

    class Api(BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                claims = checker.claims(self.headers.get("Authorization", ""))
                if role not in claims.get("roles", ()):
                    raise Refused(403, "insufficient_scope")
                self.answer(200, {"orders": ["a book"], "asked_by": claims["client_id"]})
            except Refused as refused:
                self.answer(refused.status, {"error": refused.error})

        def answer(self, status, members):
            body = json.dumps(members).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Api)
