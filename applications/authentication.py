"""How an application may prove who it is: what goes together, and what is wrong with it otherwise."""

from applications.models import Application
from applications.public_keys import key_set_problem
from common.outgoing import url_problem

Method = Application.AuthMethod


def authentication_problems(
    auth_method: str, *, jwks: str, jwks_uri: str, is_public: bool
) -> dict[str, str | list[str]]:
    """What is wrong, by argument, each as a sentence; empty where nothing is."""
    if auth_method not in Method.values:
        return {"auth_method": "Choose one of: " + ", ".join(Method.values) + "."}
    if is_public != (auth_method == Method.NONE):
        return {"auth_method": "A single-page or native application has no secret; every other kind authenticates."}
    if auth_method != Method.KEY_PAIR:
        wrong = "Only an application that uses private_key_jwt has keys."
        return {"jwks": wrong if jwks else "", "jwks_uri": wrong if jwks_uri else ""}
    if jwks and jwks_uri:
        return {"jwks_uri": "Either paste the keys or enter their address, not both."}
    if not jwks and not jwks_uri:
        return {"jwks": "Paste the public keys, or enter their address."}
    return {"jwks": key_set_problem(jwks)} if jwks else {"jwks_uri": url_problem(jwks_uri)}
