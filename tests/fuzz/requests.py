"""Honest requests, spoilt by chance: what comes out is the same for the same seed and number."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from urllib.parse import quote, urlencode

from tests.fuzz.world import Pairs, World

FORM = "application/x-www-form-urlencoded"
MARK = "\"'><x-eve>"
EVIL = (
    "",
    " ",
    "\0",
    "\r\nX-Eve: 1",
    MARK,
    "%00",
    "%",
    "../../etc/passwd",
    "https://evil.example/",
    "//evil.example",
    "javascript:alert(1)",
    "null",
    "true",
    "[]",
    "{}",
    '{"id_token": {"acr": {"essential": true, "values": [[]]}}}',
    "[" * 5000,
    "-1",
    "0",
    "1e309",
    "9" * 400,
    "٣",
    "\ud800",
    "\u202e\ufeff",
    "e\u0301" * 40,
    "' OR '1'='1",
    "a" * 9000,
    "a b  c",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30.AAAA",
    "....",
    "urn:ietf:params:oauth:request_uri:",
)
NAMES = (
    "client_id client_secret redirect_uri response_type response_mode scope state nonce code code_verifier"
    " code_challenge code_challenge_method prompt max_age display ui_locales claims_locales claims acr_values"
    " id_token_hint login_hint request request_uri registration resource audience dpop_jkt grant_type refresh_token"
    " token token_type_hint client_assertion client_assertion_type username password assertion device_code user_code"
    " subject_token subject_token_type actor_token requested_token_type post_logout_redirect_uri logout_hint sid iss"
    " email next csrfmiddlewaretoken SAMLResponse RelayState user flow in-language find do"
).split()
GRANTS = (
    "authorization_code refresh_token client_credentials password implicit"
    " urn:ietf:params:oauth:grant-type:device_code urn:ietf:params:oauth:grant-type:token-exchange"
    " urn:ietf:params:oauth:grant-type:jwt-bearer"
).split()
METHODS = "GET POST HEAD OPTIONS PUT DELETE PATCH TRACE PROPFIND".split()
HEADERS = (
    "Authorization DPoP Cookie Origin Referer Accept Accept-Language Content-Type X-Forwarded-For X-Forwarded-Host"
    " X-Forwarded-Proto Host If-None-Match HX-Request"
).split()


@dataclass(frozen=True)
class Request:
    """One request. `query` and `body` are as they go over the wire; `path` isn't escaped yet."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Draft:
    """A request that can still be spoilt: its parameters aren't put into query or body yet."""

    method: str
    path: str
    pairs: Pairs
    headers: dict[str, str] = field(default_factory=dict)


def fuzzed(world: World, *, seed: int, number: int) -> Request:
    """The request of this number."""
    chance = Random(f"{seed}:{number}")  # noqa: S311 - it has to come out the same again
    draft = chance.choice(HONEST)(world, chance)
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        chance.choice(SPOILERS)(draft, world, chance)
    return _sent(draft, chance)


def _authorize(world: World, chance: Random) -> Draft:
    return Draft(chance.choice(("GET", "POST")), "/oidc/authorize", world.authorization(), _cookies(world, chance))


def _authorize_pushed(world: World, chance: Random) -> Draft:
    pairs = [("client_id", world.web.client_id), ("request_uri", world.now["request_uri"])]
    return Draft("GET", "/oidc/authorize", pairs, _cookies(world, chance))


def _push(world: World, _: Random) -> Draft:
    return Draft("POST", "/oidc/par", world.authorization(), world.client())


def _exchange(world: World, _: Random) -> Draft:
    return Draft("POST", "/oidc/token", world.exchange(), world.client())


def _refresh(world: World, _: Random) -> Draft:
    pairs = [("grant_type", "refresh_token"), ("refresh_token", world.now["refresh_token"])]
    return Draft("POST", "/oidc/token", pairs, world.client())


def _any_grant(world: World, chance: Random) -> Draft:
    return Draft("POST", "/oidc/token", [("grant_type", chance.choice(GRANTS))], world.client())


def _device(world: World, chance: Random) -> Draft:
    """A device that begins, or asks whether it may come in."""
    asks = chance.random() < 0.7
    pairs = [("grant_type", GRANTS[5]), ("device_code", world.now["device_code"])] if asks else [("scope", "openid")]
    return Draft("POST", "/oidc/token" if asks else "/oidc/device_authorization", pairs, world.client())


def _device_page(world: World, chance: Random) -> Draft:
    """The code typed in, or the decision about it."""
    decision = [("account", str(world.customer.pk)), ("decision", chance.choice(("approve", "deny", "another")))]
    typed = [("user_code", world.now["user_code"])]
    path, pairs = chance.choice((("/device", typed), (world.now["device_page"], decision)))
    return Draft(chance.choice(("GET", "POST")), path, pairs, _cookies(world, chance))


def _exchange_token(world: World, _: Random) -> Draft:
    kind = "urn:ietf:params:oauth:token-type:access_token"
    pairs = [("grant_type", GRANTS[6]), ("subject_token", world.now["access_token"]), ("subject_token_type", kind)]
    actor = [("actor_token", world.now["access_token"]), ("actor_token_type", kind)]
    return Draft("POST", "/oidc/token", [*pairs, *actor], world.client())


def _about_a_token(world: World, chance: Random) -> Draft:
    path = chance.choice(("/oidc/introspect", "/oidc/revoke"))
    token = world.now[chance.choice(("access_token", "refresh_token", "id_token", "code"))]
    return Draft("POST", path, [("token", token)], world.client())


def _userinfo(world: World, chance: Random) -> Draft:
    bearer = {"Authorization": f"Bearer {world.now['access_token']}"}
    return Draft(chance.choice(("GET", "POST")), "/oidc/userinfo", [], bearer)


def _sign_out(world: World, chance: Random) -> Draft:
    pairs = [
        ("id_token_hint", world.now["id_token"]),
        ("post_logout_redirect_uri", world.web.post_logout_redirect_uris.split()[0]),
        ("state", "the state"),
    ]
    return Draft(chance.choice(("GET", "POST")), "/oidc/logout", pairs, _cookies(world, chance))


def _document(_: World, chance: Random) -> Draft:
    paths = ("/oidc/.well-known/openid-configuration", "/oidc/.well-known/oauth-authorization-server", "/oidc/jwks")
    return Draft("GET", chance.choice(paths), [])


def _rarer(world: World, chance: Random) -> Draft:
    """Endpoints that a tenant may have switched off, and pages of a sign-in."""
    paths = (
        "/oidc/register",
        f"/oidc/register/{world.anybody()}",
        "/oidc/device_authorization",
        "/device/",
        "/oidc/logout/confirm",
        f"/oidc/authorize/{world.anybody()}/",
        f"/oidc/authorize/{world.anybody()}/account/",
    )
    pairs = [("client_id", world.web.client_id), ("user_code", "BCDF-GHJK")]
    return Draft(chance.choice(("GET", "POST")), chance.choice(paths), pairs, _cookies(world, chance))


def _page(world: World, chance: Random) -> Draft:
    """A page of a customer's journey or profile."""
    paths = (world.now["journey"], "/sign-in/", "/profile/", "/sign-out/", f"/go/{world.anybody()}/password/")
    pairs = [("email", "carol@acme.example"), ("password", "correct horse"), ("next", "/profile/")]
    return Draft(chance.choice(("GET", "POST")), chance.choice(paths), pairs, _cookies(world, chance))


def _from_provider(world: World, chance: Random) -> Draft:
    """A provider's page posts its answer, without our cookies; the browser comes for it with them."""
    if chance.random() < 0.6:
        answer = [(name, world.now[name]) for name in ("SAMLResponse", "RelayState")]
        return Draft("POST", world.now["callback"], answer)
    state = [("state", world.now["RelayState"]), ("code", "a-code")]
    return Draft("GET", world.now["callback"], state, {"Cookie": world.now["cookies_on_the_way"]})


def _mailed(world: World, chance: Random) -> Draft:
    """What a mail leads to, with a token that is none; and pages that lead away from a journey and back."""
    token = chance.choice((str(world.anybody()), world.now["code"], "eyJhIjoxfQ:1tabcd:x"))
    paths = (
        *(f"/link/{token}/", f"/owner/{token}/", f"/recovery/{token}/", f"/recovery/{token}/stop/"),
        *(f"/profile/email/undo/{token}/", f"{world.now['journey'].rsplit('/', 2)[0]}/open/{token}/"),
        *("/language/", "/accounts/", "/reset/", f"/layouts/{token}/"),
    )
    pairs = [("next", world.now["journey"]), ("in-language", "ar"), ("do", "secure")]
    return Draft(chance.choice(("GET", "POST")), chance.choice(paths), pairs, _cookies(world, chance))


HONEST: tuple[Callable[[World, Random], Draft], ...] = (
    _authorize,
    _authorize,
    _authorize_pushed,
    _push,
    _exchange,
    _refresh,
    _any_grant,
    _device,
    _device_page,
    _exchange_token,
    _about_a_token,
    _userinfo,
    _sign_out,
    _document,
    _rarer,
    _page,
    _from_provider,
    _mailed,
)


def _cookies(world: World, chance: Random) -> dict[str, str]:
    return {"Cookie": world.now["cookies"]} if chance.random() < 0.6 else {}


def _drop(draft: Draft, _: World, chance: Random) -> None:
    if draft.pairs:
        draft.pairs.pop(chance.randrange(len(draft.pairs)))


def _repeat(draft: Draft, _: World, chance: Random) -> None:
    if draft.pairs:
        draft.pairs.append(chance.choice(draft.pairs))


def _add(draft: Draft, _: World, chance: Random) -> None:
    draft.pairs.append((chance.choice(NAMES), chance.choice(EVIL)))


def _add_live(draft: Draft, world: World, chance: Random) -> None:
    draft.pairs.append((chance.choice(NAMES), chance.choice(sorted(world.now.values()))))


def _replace(draft: Draft, _: World, chance: Random) -> None:
    if draft.pairs:
        place = chance.randrange(len(draft.pairs))
        draft.pairs[place] = (draft.pairs[place][0], chance.choice(EVIL))


def _bend(draft: Draft, _: World, chance: Random) -> None:
    """Change, cut off or insert one character."""
    if draft.pairs:
        place = chance.randrange(len(draft.pairs))
        name, value = draft.pairs[place]
        cut = chance.randrange(len(value) + 1)
        draft.pairs[place] = (
            name,
            value[:cut] + chance.choice(("", chr(chance.randrange(1, 0x2FFF)))) + value[cut + 1 :],
        )


def _rename(draft: Draft, _: World, chance: Random) -> None:
    if draft.pairs:
        place = chance.randrange(len(draft.pairs))
        draft.pairs[place] = (chance.choice((*NAMES, *EVIL)), draft.pairs[place][1])


def _other_method(draft: Draft, _: World, chance: Random) -> None:
    draft.method = chance.choice(METHODS)


def _other_header(draft: Draft, world: World, chance: Random) -> None:
    live = chance.choice(("Bearer ", "DPoP ", "Basic ", "")) + chance.choice((world.now["access_token"], *EVIL))
    draft.headers[chance.choice(HEADERS)] = chance.choice((chance.choice(EVIL), live))


def _no_client(draft: Draft, world: World, chance: Random) -> None:
    draft.headers.pop("Authorization", None)
    draft.pairs.append(
        ("client_id", chance.choice((world.native.client_id, world.web.client_id, str(world.anybody()))))
    )


def _bend_path(draft: Draft, _: World, chance: Random) -> None:
    cut = chance.randrange(len(draft.path) + 1)
    draft.path = (
        draft.path[:cut] + chance.choice(("/", "//", "..", "\0", "é", "%2e", ".json", "")) + draft.path[cut + 1 :]
    )


SPOILERS: tuple[Callable[[Draft, World, Random], None], ...] = (
    _drop,
    _repeat,
    _add,
    _add,
    _add_live,
    _replace,
    _replace,
    _replace,
    _bend,
    _bend,
    _rename,
    _other_method,
    _other_header,
    _no_client,
    _bend_path,
)


def _sent(draft: Draft, chance: Random) -> Request:
    encoded = urlencode(draft.pairs, errors="surrogatepass")
    if chance.random() < 0.02:
        encoded = bytes(chance.randrange(256) for _ in range(200)).decode("latin-1")
    request = Request(draft.method, draft.path, headers=draft.headers)
    if draft.method in {"GET", "HEAD", "DELETE", "OPTIONS"}:
        return replace(request, query=quote(encoded, safe="=&+%/:;,@!$'()*~", errors="surrogatepass"))
    content_type, body = _body(draft, encoded, chance)
    return replace(request, body=body, headers={"Content-Type": content_type, **draft.headers})


def _body(draft: Draft, encoded: str, chance: Random) -> tuple[str, bytes]:
    form = encoded.encode("utf-8", errors="replace")
    kind = chance.randrange(24)
    if kind == 0:
        return "application/json", json.dumps(dict(draft.pairs)).encode()
    if kind == 1:
        return "application/json", b"[" * 20_000
    if kind == 2:
        return "multipart/form-data; boundary=eve", b"--eve\r\nContent-Disposition: form-data; name=" + form
    if kind == 3:
        return f"{FORM}; charset=utf-16", form
    return FORM, form
