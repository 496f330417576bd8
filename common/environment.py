"""Typed readers for the environment.

Each reader fails loudly: `WrongSetting` names the variable, what is wrong with it and what to write instead.
A secret may also stand in a file whose path is in `<NAME>_FILE`, as container platforms mount them.
"""

import base64
import ipaddress
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

# What Django accepts in a Host header, so an address with anything else would lead to refusals only.
HOST = re.compile(r"([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(:[0-9]+)?", re.IGNORECASE)
# An underscore would be taken for a hyphen.
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
# PostgreSQL cuts names off at 63 bytes, and these get an ending.
ROLE_PREFIX = re.compile(r"[a-z_][a-z0-9_-]{0,49}", re.IGNORECASE)
# Of 32 random bytes, or of 50 random digits, fewer are as good as impossible.
LEAST_VARIETY = 8


class WrongSetting(Exception):
    """A variable of the environment has a value the product can't work with. The message holds the remedy."""


def text(name: str, default: str = "", *, given: Mapping[str, str] = os.environ) -> str:
    """The value of `name`, or the content of the file that `<name>_FILE` names, or the default."""
    path = given.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip() or default
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it isn't text"
            raise WrongSetting(f"{name}_FILE names {path}, which can't be read: {reason}.") from error
    return given.get(name, "").strip() or default


def whole_number(name: str, default: int, *, low: int, high: int, given: Mapping[str, str] = os.environ) -> int:
    """A number between `low` and `high`, both included."""
    value = text(name, str(default), given=given)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise WrongSetting(f"{name} is {value!r}. Write a whole number from {low} to {high}.")
    return int(value)


def header_name(name: str, default: str = "", *, or_one_of: tuple[str, ...] = ()) -> str:
    """The name of a header of HTTP, or one of the words that may stand in its place; "" for none."""
    value = text(name, default)
    if value and value not in or_one_of and not HEADER.fullmatch(value):
        others = f", or {' or '.join(or_one_of)}" if or_one_of else ""
        raise WrongSetting(f"{name} is {value!r}. Write the name of a header, such as X-Client-Cert{others}.")
    return value


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of `choices`."""
    value = text(name, default)
    if value not in choices:
        raise WrongSetting(f"{name} is {value!r}. Write one of: {', '.join(choices)}.")
    return value


def name_servers(name: str) -> tuple[tuple[str, int], ...]:
    """IP addresses of DNS servers, each with its port; none means those of the system."""
    found = []
    for written in filter(None, (each.strip() for each in text(name).split(","))):
        parts = urlsplit(f"//{written}")
        try:
            found.append((str(ipaddress.ip_address(parts.hostname or "")), parts.port or 53))
        except ValueError:
            raise WrongSetting(
                f"{name} is {text(name)!r}. Write IP addresses separated by commas, such as 9.9.9.9,[2620:fe::fe]:53."
            ) from None
    return tuple(found)


def split_address(name: str, value: str, *, remedy: str) -> SplitResult:
    """The parts of an address. What Python says of a wrong one isn't repeated: it may quote from a password."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        hint = "Its port must be a number up to 65535; in a password, write # as %23 and / as %2F."
        raise WrongSetting(f"{name} can't be read as an address. {hint} {remedy}") from None
    return parts


def web_address(name: str, default: str) -> str:
    """An http or https address of a host, without path, query or trailing slash."""
    value = text(name, default).rstrip("/")
    remedy = "Write scheme and host only, such as https://login.example.com."
    parts = split_address(name, value, remedy=remedy)
    is_plain = value == f"{parts.scheme}://{parts.netloc}" and HOST.fullmatch(parts.netloc)
    if parts.scheme not in {"http", "https"} or not is_plain:
        raise WrongSetting(f"{name} is {value!r}. {remedy}")
    return value


def database_address(name: str) -> dict[str, Any]:
    """A PostgreSQL database as Django's `DATABASES` names its parts; nothing if the variable isn't set.

    The address is read as PostgreSQL's own programs read it (PostgreSQL 18, section 32.1.1): several hosts, and options
    such as `sslmode`, may stand in it. A wrong one isn't repeated: it may hold a password.
    """
    value = text(name)
    if not value:
        return {}
    remedy = "Write postgresql://user:password@host:5432/database."
    try:
        parts: dict[str, Any] = conninfo_to_dict(value)
    except psycopg.ProgrammingError:
        raise WrongSetting(f"{name} isn't the address of a PostgreSQL database. {remedy}") from None
    ports = str(parts.get("port", ""))
    if not all(port.isascii() and port.isdigit() and 0 < int(port) < 65536 for port in filter(None, ports.split(","))):
        hint = "A port must be a number up to 65535; in a password, write / as %2F and @ as %40."
        raise WrongSetting(f"{name} can't be read as an address. {hint} {remedy}")
    if not parts.get("dbname") or not parts.get("user"):
        raise WrongSetting(f"{name} names no database or no login. {remedy}")
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {part: parts.pop(word, "") for part, word in named.items()} | {"OPTIONS": parts}


def place(database: Mapping[str, Any]) -> tuple[str, str, str]:
    """Hosts, ports and name of a database as `database_address` has read it; no port means PostgreSQL's usual one."""
    return database["HOST"], str(database["PORT"]) or "5432", database["NAME"]


def folder(name: str, default: str) -> Path:
    """A folder that is there, or can be made."""
    path = Path(text(name, default))
    nearest = next(each for each in (path, *path.absolute().parents) if each.exists())
    if not nearest.is_dir() or (nearest != path and not os.access(nearest, os.W_OK | os.X_OK)):
        raise WrongSetting(f"{name} is {str(path)!r}, and no folder can be made there. Name one that can be written.")
    return path


def insist_on_folder(name: str, path: str) -> None:
    """Raise `WrongSetting` unless files can be written into the folder that a setting names."""
    if not Path(path).is_dir():
        raise WrongSetting(f"{name} names the folder {path}, which isn't there. Make it, or name another.")
    if not os.access(path, os.W_OK | os.X_OK):
        raise WrongSetting(f"{name} names the folder {path}, which can't be written. Let the product write to it.")


def role_prefix(name: str, default: str) -> str:
    """What the names of roles in the database begin with."""
    value = text(name, default)
    if not ROLE_PREFIX.fullmatch(value):
        raise WrongSetting(
            f"{name} is {value!r}. Write at most 50 letters, digits, hyphens and underscores, beginning with a letter."
        )
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
        key_id, separator, encoded = pair.strip().partition(":")
        if not separator or not key_id:
            raise WrongSetting(f"A key in {name} has no ID. {remedy}")
        if not (key_id.isascii() and key_id.isalnum()):
            raise WrongSetting(f"The key ID {key_id!r} in {name} may have letters and digits only. {remedy}")
        if key_id in keys:
            raise WrongSetting(f"The key ID {key_id!r} stands twice in {name}. Give each key an ID of its own.")
        keys[key_id] = _encryption_key(name, key_id, encoded, remedy)
    return keys


def _encryption_key(name: str, key_id: str, encoded: str, remedy: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise WrongSetting(f"The key {key_id!r} in {name} isn't base64. {remedy}") from error
    if len(key) != 32:
        raise WrongSetting(f"The key {key_id!r} in {name} has {len(key)} bytes instead of 32. {remedy}")
    return key


def looks_random(secret: Sequence[object]) -> bool:
    """Whether a secret has the variety that chance gives it, so that no placeholder protects anybody."""
    return len(set(secret)) >= LEAST_VARIETY
