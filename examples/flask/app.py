"""A web application whose customers sign in with OpenID Connect, by Flask and Authlib."""

import os
import secrets
from urllib.parse import urlencode

from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, render_template, request, session

PORT = int(os.environ.get("PORT", "3000"))
HOME = f"http://localhost:{PORT}/"
CALLBACK = f"{HOME}callback"

app = Flask(__name__)
app.secret_key = os.environ.get("SESSION_SECRET") or secrets.token_bytes(32)
app.config.update(SESSION_COOKIE_NAME="flask-sample", SESSION_COOKIE_SAMESITE="Lax")
issuer = OAuth(app).register(
    "issuer",
    server_metadata_url=f"{os.environ['ISSUER']}/.well-known/openid-configuration",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "openid profile email offline_access", "code_challenge_method": "S256"},
)
# Flask's own session is a cookie that its owner can read, so the tokens stay here. A real application has a database.
tokens = {}


@app.get("/")
def home():
    return render_template("home.html", token=tokens.get(session.get("key")), told=None)


@app.post("/sign-in")
def sign_in():
    # State, nonce and PKCE are Authlib's work.
    return issuer.authorize_redirect(CALLBACK)


@app.get("/callback")
def callback():
    token = issuer.authorize_access_token()
    # The ID token says who it is; userinfo tells the name.
    token["person"] = issuer.userinfo(token=token)
    # A new key, so that nobody has had it before. What a sign-in in another tab needs to end stays beside it.
    tokens.pop(session.get("key"), None)
    session["key"] = secrets.token_urlsafe()
    tokens[session["key"]] = token
    return redirect("/")


@app.post("/renew")
def renew():
    held = tokens.get(session.get("key"))
    if held is None:
        return redirect("/")
    renewed = issuer.fetch_access_token(grant_type="refresh_token", refresh_token=held["refresh_token"])
    # Each refresh token is good once: keep the new one. The claims stay those of the sign-in.
    tokens[session["key"]] = {**held, **renewed}
    return redirect("/")


@app.post("/userinfo")
def userinfo():
    held = tokens.get(session.get("key"))
    return render_template("home.html", token=held, told=issuer.userinfo(token=held)) if held else redirect("/")


@app.post("/sign-out")
def sign_out():
    """End this application's session, then the one at the issuer, which sends the browser back."""
    held = tokens.pop(session.get("key"), None)
    session.clear()
    if held is None:
        return redirect("/")
    asked = {"id_token_hint": held["id_token"], "post_logout_redirect_uri": HOME}
    return redirect(f"{issuer.load_server_metadata()['end_session_endpoint']}?{urlencode(asked)}")


@app.errorhandler(MismatchingStateError)
def ended(_error):
    """Nothing is known of this sign-in: it has ended already, took too long, or began in another browser."""
    return redirect("/") if session.get("key") in tokens else (render_template("ended.html"), 400)


@app.errorhandler(OAuthError)
def refused(error):
    """What the issuer, or Authlib, says against it, such as that the customer went back."""
    return render_template("refused.html", error=error, path=request.path), 400


if __name__ == "__main__":
    app.run(host="localhost", port=PORT)
