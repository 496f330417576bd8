"""What can go wrong with tenants.

TenantError
├── DomainTaken           another tenant has this domain name
├── DomainInUse           the issuer is called by the domain, so it can't be removed
├── DomainNotLive         the issuer can't be called by a domain that doesn't lead here
├── NotTheTenantsName     the name typed to confirm a deletion isn't the tenant's
├── TenantUnavailable     suspended, deleted or not at a state this release can serve
├── NotAnAdministrator    no account of the home tenant has this address
├── HomeTenantIsPermanent the home tenant can't be suspended or deleted
└── NotToBeRetried        a job waits, runs or is done: only one that is stuck or failed is retried
"""


class TenantError(Exception):
    """The base of all errors about tenants; its message is a sentence for the person who asked."""


class DomainTaken(TenantError):
    def __init__(self, domain_name: str) -> None:
        super().__init__(f"The domain “{domain_name}” is taken. Choose another one.")


class DomainInUse(TenantError):
    def __init__(self, domain: str) -> None:
        super().__init__(f"The issuer is called by {domain}. Have it called by another address first.")


class DomainNotLive(TenantError):
    def __init__(self, domain: str) -> None:
        super().__init__(f"{domain} isn't live yet, so no application would find the issuer there.")


class NotTheTenantsName(TenantError):
    def __init__(self) -> None:
        super().__init__("This isn't the tenant's name. Type it exactly as shown.")


class TenantUnavailable(TenantError):
    pass


class NotAnAdministrator(TenantError):
    def __init__(self, email: str) -> None:
        super().__init__(f"There is no administrator with the address {email}. Create the administrator first.")


class HomeTenantIsPermanent(TenantError):
    def __init__(self) -> None:
        super().__init__("The home tenant serves this portal; it can't be suspended or deleted.")


class NotToBeRetried(TenantError):
    def __init__(self) -> None:
        super().__init__("This job isn't stuck, and it hasn't failed: it waits, runs, or is done.")
