"""The request for each moment, in the shape that custom authentication extensions of Microsoft Entra External ID get.

The envelope is theirs, with `beforeAccountCreation` as a moment of ours. A password stands in none of them in clear.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from common.web.current_request import current_request
from hooks.models import Hook
from hooks.policies import ACCOUNT, MAIL, PASSWORD, START, SUBMIT, TEXT, TOKEN
from hooks.wire.encrypting import encrypted
from tenants.lookup import current_tenant

GRAPH = "microsoft.graph."
# What the data of a request is called, where that isn't made of the moment.
DATA_TYPES = dict.fromkeys((MAIL, TEXT), "onOtpSendCalloutData")
VALUE_TYPES = {bool: "booleanDirectoryAttributeValue", int: "int64DirectoryAttributeValue"}
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class About:
    """In which application and language something happens, and from where; "" for what isn't known."""

    client_id: str = ""
    application: str = ""
    ip: str = ""
    language: str = ""
    user_flow: str = ""


@dataclass(frozen=True)
class SomebodyNew:
    """Who signs up: the address, what they have entered by attribute name, which of these are custom ones.

    `provider` is the issuer of the identity provider they come from, and `subject` their name there; "" for none.
    """

    email: str
    attributes: Mapping[str, Any]
    custom: Collection[str] = ()
    provider: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Customer:
    """Whose tokens are made, or whose password it is. `facts` go by Microsoft's names: id, mail, surname and so on."""

    facts: Mapping[str, Any]
    scopes: tuple[str, ...] = ()
    grant_type: str = ""


def sign_up_request(hook: Hook, about: About, somebody: SomebodyNew) -> dict[str, Any]:
    """Before the form, after it, or before the account is made, as the hook's moment is."""
    told = {
        name: _attribute(value, is_custom=name in somebody.custom)
        for name, value in somebody.attributes.items()
        if value not in (None, "")
    }
    identity = {"signInType": "emailAddress", "issuer": _issuer(), "issuerAssignedId": somebody.email}
    if somebody.provider:
        identity = {"signInType": "federated", "issuer": somebody.provider, "issuerAssignedId": somebody.subject}
    attributes = {"email": _attribute(somebody.email, is_custom=False), **told}
    return _envelope(hook, about, {"userSignUpInfo": {"attributes": attributes, "identities": [identity]}})


def token_request(hook: Hook, about: About, customer: Customer) -> dict[str, Any]:
    """Before tokens are issued, about whom they are."""
    user = {name: value for name, value in customer.facts.items() if value not in (None, "", {})}
    context = {"user": user, "scopes": list(customer.scopes), "grantType": customer.grant_type}
    return _envelope(hook, about, {}, **context)


def code_request(hook: Hook, about: About, *, to: str, code: str, link: str = "", message: str = "") -> dict[str, Any]:
    """Instead of a mail or a text message with a code. Its name is spelt in two ways, as in Microsoft's documents.

    `link` may be opened instead of typing the code, `message` is what we would have sent; both are ours.
    """
    told = {"identifier": to, "oneTimeCode": code, "onetimecode": code, "link": link, "message": message}
    return _envelope(hook, about, {"otpContext": {name: value for name, value in told.items() if value}})


def password_request(
    hook: Hook, about: About, customer: Customer, *, username: str, password: str
) -> tuple[dict[str, Any], str]:
    """When a password is kept elsewhere; and the nonce that the answer repeats."""
    sent = encrypted(hook, username=username, password=password)
    user = {name: value for name, value in customer.facts.items() if value not in (None, "", {})}
    return _envelope(hook, about, {"encryptedPasswordContext": sent.text}, user=user), sent.nonce


def sample_request(hook: Hook) -> tuple[dict[str, Any], str]:
    """One about nobody, for a test; and the nonce that the answer repeats, "" if it needn't."""
    about = About(client_id=str(NOBODY), application="Test", ip="192.0.2.1", language="en", user_flow="Test")
    if hook.moment == TOKEN:
        facts = {"id": str(NOBODY), "mail": "test@example.com", "displayName": "Test", "userType": "Member"}
        return token_request(hook, about, Customer(facts, ("openid",), "authorization_code")), ""
    if hook.moment == MAIL:
        return code_request(hook, about, to="test@example.com", code="000000"), ""
    if hook.moment == TEXT:
        return code_request(hook, about, to="+15555550100", code="000000", message="Your code: 000000"), ""
    if hook.moment == PASSWORD:
        nobody = Customer({"id": str(NOBODY), "mail": "test@example.com"})
        return password_request(hook, about, nobody, username="test@example.com", password=uuid4().hex)
    return sign_up_request(hook, about, SomebodyNew("test@example.com", {"givenName": "Test"})), ""


def _envelope(hook: Hook, about: About, more: Mapping[str, Any], **of_context: Any) -> dict[str, Any]:
    tenant = current_tenant()
    tenant_id = str(tenant.pk) if tenant else ""
    application = {
        "id": about.client_id,
        "appId": about.client_id,
        "appDisplayName": about.application,
        "displayName": about.application,
    }
    current = current_request()
    context = {
        "correlationId": str(current.id if current else uuid4()),
        "client": {"ip": about.ip, "locale": about.language, "market": about.language},
        "protocol": "OAUTH2.0",
        "requestType": _request_type(hook.moment),
        "clientServicePrincipal": application,
        "resourceServicePrincipal": application,
        "userFlow": about.user_flow,
        **of_context,
    }
    return {
        "type": f"{GRAPH}authenticationEvent.{hook.moment}",
        "source": f"/tenants/{tenant_id}/applications/{about.client_id}",
        "data": {
            "@odata.type": f"{GRAPH}{DATA_TYPES.get(hook.moment) or _data_type(hook.moment)}",
            "tenantId": tenant_id,
            "authenticationEventListenerId": str(hook.pk),
            "customAuthenticationExtensionId": str(hook.pk),
            "authenticationContext": context,
            **more,
        },
    }


def _data_type(moment: str) -> str:
    return f"on{moment[0].upper()}{moment[1:]}CalloutData"


def _request_type(moment: str) -> str:
    return "signUp" if moment in {START, SUBMIT, ACCOUNT} else "signIn"


def _attribute(value: Any, *, is_custom: bool) -> dict[str, Any]:
    kind = VALUE_TYPES.get(type(value), "stringDirectoryAttributeValue")
    return {
        "@odata.type": f"{GRAPH}{kind}",
        "value": value if type(value) in VALUE_TYPES else str(value),
        "attributeType": "directorySchemaExtension" if is_custom else "builtIn",
    }


def _issuer() -> str:
    tenant = current_tenant()
    return tenant.slug if tenant else ""
