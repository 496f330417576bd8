"""A device that lets its owner sign in on a phone (RFC 8628)."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

ISSUER, CLIENT_ID = os.environ["ISSUER"], os.environ["CLIENT_ID"]
SCOPE = os.environ.get("SCOPE", "openid profile")
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


def call(url, *, bearer="", **form):
    """Send a form, or get a document, and return the status with what came back."""
    body = urllib.parse.urlencode(form).encode() if form else None
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def wait_for_owner(endpoint, device):
    """Ask until the owner has decided, no faster than told."""
    interval = device.get("interval", 5)
    while True:
        time.sleep(interval)
        status, answer = call(endpoint, grant_type=DEVICE_CODE, device_code=device["device_code"], client_id=CLIENT_ID)
        if status == 200:
            return answer
        if answer["error"] == "slow_down":
            interval += 5
        elif answer["error"] != "authorization_pending":
            raise SystemExit(f"Not signed in: {answer['error']}")


def main():
    _, issuer = call(f"{ISSUER}/.well-known/openid-configuration")
    status, device = call(issuer["device_authorization_endpoint"], client_id=CLIENT_ID, scope=SCOPE)
    if status != 200:
        raise SystemExit(f"{device['error']}: {device.get('error_description', '')}")
    print(f"Open {device['verification_uri']} and enter {device['user_code']}", flush=True)
    tokens = wait_for_owner(issuer["token_endpoint"], device)
    _, person = call(issuer["userinfo_endpoint"], bearer=tokens["access_token"])
    print(f"Hello, {person.get('name', person['sub'])}")


if __name__ == "__main__":
    main()
