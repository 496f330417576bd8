"""Which page of the documentation tells about which page of the portal, by the name of its URL.

What stands here holds for the pages below as well: `application-role` for `application-role-add`, unless that has a
line of its own. A page that nobody writes about stands in no line.
"""

from documentation.pages import Page, pages

SUBJECTS = {
    "tenants": "explanation/tenancy",
    "tenant": "tutorial/first-sign-in",
    "tenant-create": "explanation/tenancy",
    "tenant-start": "how-to/get-started",
    "tenant-settings": "explanation/tenancy",
    "tenant-suspend": "explanation/tenancy",
    "tenant-delete": "explanation/tenancy",
    "tenant-sessions": "explanation/sign-out",
    "tenant-passwords": "how-to/passwords",
    "tenant-domains": "how-to/custom-domain",
    "tenant-domain": "how-to/custom-domain",
    "tenant-default-issuer": "how-to/custom-domain",
    "tenant-mail": "how-to/mail-server",
    "tenant-find": "how-to/find-your-way",
    "find": "how-to/find-your-way",
    "installation": "how-to/an-unlucky-day",
    "installation-logs": "how-to/keep-and-forward-logs",
    "installation-log": "how-to/keep-and-forward-logs",
    "figures": "how-to/figures",
    "logs": "how-to/keep-and-forward-logs",
    "log": "how-to/keep-and-forward-logs",
    "administrators": "how-to/administrators",
    "administrator": "how-to/administrators",
    "invitation": "how-to/administrators",
    "userflow-second-factor": "how-to/second-factors",
    "profile-second-factor": "how-to/second-factors",
    "customer-factor": "how-to/second-factors",
    "customer-passkey": "how-to/passkeys",
    "people": "how-to/administrators",
    "profile-roles": "how-to/administrators",
    "person": "how-to/administrators",
    "customers": "how-to/customers",
    "customer": "how-to/customers",
    "customer-sign-in-check": "how-to/why-cant-they-sign-in",
    "export": "how-to/import-customers",
    "imports": "how-to/import-customers",
    "import": "how-to/import-customers",
    "operations": "how-to/import-customers",
    "operation": "how-to/import-customers",
    "signing-keys": "how-to/signing-keys",
    "signing-key": "how-to/signing-keys",
    "registration": "how-to/dynamic-registration",
    "log-settings": "how-to/keep-and-forward-logs",
    "log-destination": "how-to/keep-and-forward-logs",
    "jobs": "how-to/an-unlucky-day",
    "job": "how-to/an-unlucky-day",
    "outbox": "reference/settings",
    "profile": "how-to/find-your-way",
    "applications": "tutorial/first-sign-in",
    "application": "tutorial/first-sign-in",
    "application-quick-start": "reference/clients",
    "application-endpoints": "reference/issuer",
    "application-appearance": "how-to/branding",
    "application-credentials": "how-to/client-secrets",
    "client-secret": "how-to/client-secrets",
    "application-authentication": "how-to/key-pair",
    "application-grants": "reference/issuer",
    "application-tokens": "reference/issuer",
    "application-claims": "how-to/roles-and-claims",
    "claim": "how-to/roles-and-claims",
    "application-roles": "how-to/roles-and-claims",
    "application-role": "how-to/roles-and-claims",
    "application-permissions": "how-to/expose-an-api",
    "application-grant": "how-to/expose-an-api",
    "application-api": "how-to/expose-an-api",
    "api": "how-to/expose-an-api",
    "application-sign-out": "explanation/sign-out",
    "groups": "how-to/roles-and-claims",
    "group": "how-to/roles-and-claims",
    "userflows": "how-to/user-flows",
    "userflow": "how-to/user-flows",
    "userflow-run": "how-to/run-a-user-flow",
    "flow-run": "how-to/run-a-user-flow",
    "identity-providers": "how-to/identity-providers",
    "identity-provider": "how-to/identity-providers",
    "hooks": "how-to/hooks",
    "hook": "how-to/hooks",
    "custom-attributes": "how-to/user-flows",
    "custom-attribute": "how-to/user-flows",
    "branding": "how-to/branding",
}


def page_about(url_name: str) -> Page | None:
    """The page of the documentation about this page of the portal; None if there is none."""
    name = url_name
    while name:
        if name in SUBJECTS:
            return pages().get(SUBJECTS[name])
        name = name.rpartition("-")[0]
    return None
