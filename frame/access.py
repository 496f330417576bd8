"""Who may open which page of the portal.

A page says what its visitor must be allowed to do (`@tenant_page(needs=Need.APPLICATIONS_READ)`), and `allowed` says
what the installation's operators and a tenant's administrators are allowed. Whoever sends a page's form changes
something, and must be allowed to change what the page shows. `frame.pages` has these decorators: it finds out who
somebody is, and answers 404 to whoever may not open the page.
"""

from enum import Flag, auto


class Need(Flag):
    """What somebody must be allowed to do. A page that needs several joins them: `A | B`."""

    TENANTS_READ = auto()
    OWN_PROFILE = auto()
    TENANTS_CREATE = auto()
    # What the worker has to do, for whichever tenant.
    JOBS_READ = auto()
    JOBS_CHANGE = auto()

    OVERVIEW_READ = auto()
    APPLICATIONS_READ = auto()
    APPLICATIONS_CHANGE = auto()
    FLOWS_READ = auto()
    FLOWS_CHANGE = auto()
    # Go through a user flow and see everything that was said, tokens included.
    FLOWS_RUN = auto()
    # Who a tenant's customers are, their groups and roles.
    CUSTOMERS_READ = auto()
    CUSTOMERS_CHANGE = auto()
    # Remove a customer at once, without the 30 days in which a deletion can be taken back.
    CUSTOMERS_PURGE = auto()
    BRANDING_READ = auto()
    BRANDING_CHANGE = auto()
    # Mail that was written to customers, one-time codes included.
    OUTBOX_READ = auto()
    SETTINGS_READ = auto()
    SETTINGS_CHANGE = auto()
    SIGNING_KEYS_READ = auto()
    SIGNING_KEYS_CHANGE = auto()
    # Suspend, resume, delete and restore a tenant.
    STATE_CHANGE = auto()


OF_EVERY_ADMINISTRATOR = Need.TENANTS_READ | Need.OWN_PROFILE
OF_THE_INSTALLATION = Need.TENANTS_CREATE | Need.JOBS_READ | Need.JOBS_CHANGE
OF_A_TENANT = (
    Need.OVERVIEW_READ
    | Need.APPLICATIONS_READ
    | Need.APPLICATIONS_CHANGE
    | Need.FLOWS_READ
    | Need.FLOWS_CHANGE
    | Need.FLOWS_RUN
    | Need.CUSTOMERS_READ
    | Need.CUSTOMERS_CHANGE
    | Need.CUSTOMERS_PURGE
    | Need.BRANDING_READ
    | Need.BRANDING_CHANGE
    | Need.OUTBOX_READ
    | Need.SETTINGS_READ
    | Need.SETTINGS_CHANGE
    | Need.SIGNING_KEYS_READ
    | Need.SIGNING_KEYS_CHANGE
    | Need.STATE_CHANGE
)
TO_SEND_THE_FORM = {
    Need.JOBS_READ: Need.JOBS_CHANGE,
    Need.APPLICATIONS_READ: Need.APPLICATIONS_CHANGE,
    Need.FLOWS_READ: Need.FLOWS_CHANGE,
    Need.CUSTOMERS_READ: Need.CUSTOMERS_CHANGE,
    Need.BRANDING_READ: Need.BRANDING_CHANGE,
    Need.SETTINGS_READ: Need.SETTINGS_CHANGE,
    Need.SIGNING_KEYS_READ: Need.SIGNING_KEYS_CHANGE,
}


def allowed(*, is_operator: bool, manages_the_tenant: bool) -> Need:
    """All that an administrator is allowed, at a page of the installation or of one tenant."""
    needs = OF_EVERY_ADMINISTRATOR
    if is_operator:
        needs |= OF_THE_INSTALLATION
    if manages_the_tenant:
        needs |= OF_A_TENANT
    return needs


def needed(needs: Need, *, sends_a_form: bool) -> Need:
    """All that a page needs of somebody who only looks at it, or who sends its form."""
    if not sends_a_form:
        return needs
    for to_read, to_change in TO_SEND_THE_FORM.items():
        if to_read in needs:
            needs |= to_change
    return needs
