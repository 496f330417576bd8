"""A service that calls an API in its own name, by client credentials."""

import base64
import json
import os
import threading
import urllib.error
import urllib.parse
import urllib.request

from api import serve

ISSUER, API, ROLE = os.environ["ISSUER"], os.environ["API"], os.environ.get("ROLE", "clerk")
CLIENT_ID, CLIENT_SECRET = os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]


def call(url, *, authorization="", form=None):
    """Send a form, or get a document, and return the status with what came back."""
    body = urllib.parse.urlencode(form).encode() if form else None
    headers = {"Authorization": authorization} if authorization else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def access_token():
    """An access token for the API."""
    secret = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": f"{API}/.default"}
    status, answer = call(f"{ISSUER}/token", authorization=f"Basic {secret}", form=form)
    if status != 200:
        raise SystemExit(f"{answer['error']}: {answer.get('error_description', '')}")
    return answer["access_token"]


def main():
    with serve(ISSUER, API, role=ROLE) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/orders"
        print("Without a token:", *call(address))
        print("With a token:", *call(address, authorization=f"Bearer {access_token()}"))
        server.shutdown()


if __name__ == "__main__":
    main()
