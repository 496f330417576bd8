"""What can go wrong with tenants.

TenantError
├── DomainTaken           another tenant has this domain name
├── DomainInUse           the issuer is called by the domain, so it can't be removed
├── DomainNotLive         the issuer can't be called by a domain that doesn't lead here
├── NotTheTenantsName     the name typed to confirm a deletion isn't the tenant's
├── TenantUnavailable     suspended, deleted or not at a state this release can serve
├── NotAnAdministrator    no account of the home tenant has this address
├── HomeTenantIsPermanent the home tenant can't be suspended or deleted
├── InvitationGone        an invitation was accepted, withdrawn, or its time is over
├── InvitedIsAnother      an invitation is for another address than that of whoever is signed in
├── LastOwner             the tenant would have no owner left who can sign in
├── MayNotRemoveFactors   who removes an administrator's second factors isn't another owner of the installation
├── MembershipGone        somebody else removed the administrator meanwhile
├── MayNotGrant           a role allows more than who wants to give or take it is allowed, or isn't one of the tenant's
└── NotToBeRetried        a job waits, runs or is done: only one that is stuck or failed is retried
"""

from common.text.translation import gettext as _


class TenantError(Exception):
    """The base of all errors about tenants; its message is a sentence for the person who asked."""


class DomainTaken(TenantError):
    def __init__(self, domain_name: str) -> None:
        super().__init__(_("The domain “%(domain)s” is taken. Choose another one.") % {"domain": domain_name})


class DomainInUse(TenantError):
    def __init__(self, domain: str) -> None:
        sentence = _("The domain %(domain)s is used for the issuer. Use another address for it first.")
        super().__init__(sentence % {"domain": domain})


class DomainNotLive(TenantError):
    def __init__(self, domain: str) -> None:
        sentence = _("%(domain)s isn’t live yet, so no application would find the issuer there.")
        super().__init__(sentence % {"domain": domain})


class NotTheTenantsName(TenantError):
    def __init__(self) -> None:
        super().__init__(_("This isn’t the tenant’s name. Type it exactly as shown."))


class TenantUnavailable(TenantError):
    pass


class NotAnAdministrator(TenantError):
    def __init__(self, email: str) -> None:
        sentence = _("There is no administrator with the address %(email)s. Create the administrator first.")
        super().__init__(sentence % {"email": email})


class HomeTenantIsPermanent(TenantError):
    def __init__(self) -> None:
        super().__init__(_("The home tenant serves this portal; it can’t be suspended or deleted."))


class NotToBeRetried(TenantError):
    def __init__(self) -> None:
        super().__init__(_("This job isn’t stuck, and it hasn’t failed: it waits, runs, or is done."))


class LastOwner(TenantError):
    def __init__(self, tenant_name: str) -> None:
        sentence = _("This is the last owner of %(tenant)s. Make someone else an owner first.")
        super().__init__(sentence % {"tenant": tenant_name})


class MayNotGrant(TenantError):
    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or _("You can only give and take away roles that allow no more than yours."))


class MayNotRemoveFactors(TenantError):
    def __init__(self) -> None:
        super().__init__(_("Only another owner of the installation can remove someone’s second factors."))


class MembershipGone(TenantError):
    def __init__(self) -> None:
        super().__init__(_("This administrator was removed in the meantime."))


class InvitationGone(TenantError):
    def __init__(self) -> None:
        super().__init__(_("This invitation is no longer valid."))


class InvitedIsAnother(TenantError):
    def __init__(self) -> None:
        super().__init__(_("This invitation is for another email address."))
