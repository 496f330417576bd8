"""Typed readers for the environment.

Each reader fails loudly: `WrongSetting` names the variable, what is wrong with it and what to write instead.
A secret may also stand in a file whose path is in `<NAME>_FILE`, as container platforms mount them.
"""

import base64
import binascii
import os
from pathlib import Path
from urllib.parse import urlsplit


class WrongSetting(Exception):
    """A variable of the environment has a value the product can't work with. The message holds the remedy."""


def text(name: str, default: str = "") -> str:
    """The value of `name`, or the content of the file that `<name>_FILE` names, or the default."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise WrongSetting(f"{name}_FILE names {path}, which can't be read: {error.strerror}.") from error
    return os.environ.get(name, "").strip() or default


def whole_number(name: str, default: int, *, low: int, high: int) -> int:
    """A number between `low` and `high`, both included."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise WrongSetting(f"{name} is {value!r}. Write a whole number from {low} to {high}.")
    return int(value)


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of `choices`."""
    value = text(name, default)
    if value not in choices:
        raise WrongSetting(f"{name} is {value!r}. Write one of: {', '.join(choices)}.")
    return value


def web_address(name: str, default: str) -> str:
    """An http or https address of a host, without path, query or trailing slash."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise WrongSetting(f"{name} is {value!r}. Write scheme and host only, such as https://login.example.com.")
    return value


def mail_address(name: str, default: str) -> str:
    """An address mail may come from, without a display name."""
    value = text(name, default)
    local, _, domain = value.rpartition("@")
    if not local or not domain or not value.isascii() or any(sign in value for sign in ' \t,;:<>"()'):
        raise WrongSetting(f"{name} is {value!r}. Write one plain address, such as no-reply@example.com.")
    return value


def encryption_keys(name: str, default: str = "") -> dict[str, bytes]:
    """Keys by their ID, in the order written: the first one encrypts, all of them decrypt."""
    remedy = f"Write {name} as id:key pairs separated by commas, each key 32 bytes in base64."
    keys: dict[str, bytes] = {}
    for pair in filter(None, text(name, default).split(",")):
        key_id, _, encoded = pair.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise WrongSetting(f"A key in {name} isn't base64. {remedy}") from error
        if not key_id.isalnum() or len(key) != 32 or key_id in keys:
            raise WrongSetting(f"A key in {name} has no ID, an ID used twice, or not 32 bytes. {remedy}")
        keys[key_id] = key
    return keys
