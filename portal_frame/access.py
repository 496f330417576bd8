"""Who may do what in the portal: the one table of it, for its pages, the command line and whatever door comes next.

A page says what its visitor must be allowed to do (`@tenant_page(needs=Need.APPLICATIONS_READ)`), and `allowed` says
what somebody's roles allow. Whoever sends a page's form changes something, and must be allowed to change what the page
shows. `portal_frame.pages` has these decorators: it finds out who somebody is, and answers 404 to whoever may not open
the page. The words for roles stand in `portal_frame.roles`, the table for people in docs/how-to/administrators.md.
"""

from collections.abc import Mapping
from enum import Flag, auto

from tenants.policies import AdministratorRole


class Need(Flag):
    """What somebody must be allowed to do. A page that needs several joins them: `A | B`."""

    TENANTS_READ = auto()
    OWN_PROFILE = auto()
    TENANTS_CREATE = auto()
    # What the worker has to do, for whichever tenant.
    JOBS_READ = auto()
    JOBS_CHANGE = auto()
    # The installation itself: its figures, events, defaults and limits, and all who manage any tenant.
    INSTALLATION_READ = auto()
    INSTALLATION_CHANGE = auto()
    # Take its events away as a file.
    INSTALLATION_EXPORT = auto()

    OVERVIEW_READ = auto()
    FIGURES_READ = auto()
    APPLICATIONS_READ = auto()
    APPLICATIONS_CHANGE = auto()
    FLOWS_READ = auto()
    FLOWS_CHANGE = auto()
    # Go through a user flow and see everything that was said, tokens included.
    FLOWS_RUN = auto()
    # Where else customers have accounts, and what proves us there.
    PROVIDERS_READ = auto()
    PROVIDERS_CHANGE = auto()
    # Servers that are asked at certain moments, and what they were asked.
    HOOKS_READ = auto()
    HOOKS_CHANGE = auto()
    # Who a tenant's customers are, their groups and roles.
    CUSTOMERS_READ = auto()
    CUSTOMERS_CHANGE = auto()
    # Remove a customer at once, without the 30 days in which a deletion can be taken back.
    CUSTOMERS_PURGE = auto()
    # End the wait of somebody who has lost their factors, and so let them in without any.
    CUSTOMERS_RECOVER = auto()
    # Take them all away as a file, or bring them in by one.
    CUSTOMERS_EXPORT = auto()
    CUSTOMERS_IMPORT = auto()
    BRANDING_READ = auto()
    BRANDING_CHANGE = auto()
    # Mail that was written to customers, one-time codes included.
    OUTBOX_READ = auto()
    LOGS_READ = auto()
    LOGS_EXPORT = auto()
    # For how long events are kept, and where they are forwarded to.
    LOGS_CHANGE = auto()
    ADMINISTRATORS_READ = auto()
    ADMINISTRATORS_CHANGE = auto()
    SETTINGS_READ = auto()
    SETTINGS_CHANGE = auto()
    DOMAINS_READ = auto()
    DOMAINS_CHANGE = auto()
    # Through which server the tenant's mail goes, and from whom.
    MAIL_READ = auto()
    MAIL_CHANGE = auto()
    SIGNING_KEYS_READ = auto()
    SIGNING_KEYS_CHANGE = auto()
    # Suspend, resume, delete and restore a tenant.
    STATE_CHANGE = auto()


OF_EVERY_ADMINISTRATOR = Need.TENANTS_READ | Need.OWN_PROFILE
OF_THE_INSTALLATION = (
    Need.TENANTS_CREATE
    | Need.JOBS_READ
    | Need.JOBS_CHANGE
    | Need.INSTALLATION_READ
    | Need.INSTALLATION_CHANGE
    | Need.INSTALLATION_EXPORT
)
TO_LOOK_AT_A_TENANT = (
    Need.OVERVIEW_READ
    | Need.FIGURES_READ
    | Need.APPLICATIONS_READ
    | Need.FLOWS_READ
    | Need.PROVIDERS_READ
    | Need.HOOKS_READ
    | Need.CUSTOMERS_READ
    | Need.BRANDING_READ
    | Need.LOGS_READ
    | Need.ADMINISTRATORS_READ
    | Need.SETTINGS_READ
    | Need.DOMAINS_READ
    | Need.MAIL_READ
    | Need.SIGNING_KEYS_READ
)
OF_A_TENANT = (
    TO_LOOK_AT_A_TENANT
    | Need.APPLICATIONS_CHANGE
    | Need.FLOWS_CHANGE
    | Need.FLOWS_RUN
    | Need.PROVIDERS_CHANGE
    | Need.HOOKS_CHANGE
    | Need.CUSTOMERS_CHANGE
    | Need.CUSTOMERS_PURGE
    | Need.CUSTOMERS_RECOVER
    | Need.CUSTOMERS_EXPORT
    | Need.CUSTOMERS_IMPORT
    | Need.BRANDING_CHANGE
    | Need.OUTBOX_READ
    | Need.LOGS_EXPORT
    | Need.LOGS_CHANGE
    | Need.ADMINISTRATORS_CHANGE
    | Need.SETTINGS_CHANGE
    | Need.DOMAINS_CHANGE
    | Need.MAIL_CHANGE
    | Need.SIGNING_KEYS_CHANGE
    | Need.STATE_CHANGE
)
TO_SEND_THE_FORM = {
    Need.JOBS_READ: Need.JOBS_CHANGE,
    Need.INSTALLATION_READ: Need.INSTALLATION_CHANGE,
    Need.APPLICATIONS_READ: Need.APPLICATIONS_CHANGE,
    Need.FLOWS_READ: Need.FLOWS_CHANGE,
    Need.PROVIDERS_READ: Need.PROVIDERS_CHANGE,
    Need.HOOKS_READ: Need.HOOKS_CHANGE,
    Need.CUSTOMERS_READ: Need.CUSTOMERS_CHANGE,
    Need.BRANDING_READ: Need.BRANDING_CHANGE,
    Need.LOGS_READ: Need.LOGS_CHANGE,
    Need.ADMINISTRATORS_READ: Need.ADMINISTRATORS_CHANGE,
    Need.SETTINGS_READ: Need.SETTINGS_CHANGE,
    Need.DOMAINS_READ: Need.DOMAINS_CHANGE,
    Need.MAIL_READ: Need.MAIL_CHANGE,
    Need.SIGNING_KEYS_READ: Need.SIGNING_KEYS_CHANGE,
}

IN_A_TENANT: Mapping[AdministratorRole, Need] = {
    AdministratorRole.OWNER: OF_A_TENANT,
    AdministratorRole.USER_ADMINISTRATOR: (
        Need.OVERVIEW_READ
        | Need.FIGURES_READ
        | Need.CUSTOMERS_READ
        | Need.CUSTOMERS_CHANGE
        | Need.CUSTOMERS_PURGE
        | Need.CUSTOMERS_RECOVER
        | Need.CUSTOMERS_EXPORT
        | Need.CUSTOMERS_IMPORT
        | Need.LOGS_READ
    ),
    AdministratorRole.APPLICATION_ADMINISTRATOR: (
        Need.OVERVIEW_READ
        | Need.FIGURES_READ
        | Need.APPLICATIONS_READ
        | Need.APPLICATIONS_CHANGE
        | Need.FLOWS_READ
        | Need.FLOWS_RUN
        | Need.SIGNING_KEYS_READ
    ),
    AdministratorRole.FLOW_ADMINISTRATOR: (
        Need.OVERVIEW_READ
        | Need.FIGURES_READ
        | Need.APPLICATIONS_READ
        | Need.FLOWS_READ
        | Need.FLOWS_CHANGE
        | Need.FLOWS_RUN
        | Need.PROVIDERS_READ
        | Need.HOOKS_READ
        | Need.BRANDING_READ
    ),
    AdministratorRole.BRANDING_ADMINISTRATOR: Need.OVERVIEW_READ | Need.BRANDING_READ | Need.BRANDING_CHANGE,
    AdministratorRole.SUPPORT: (
        Need.OVERVIEW_READ | Need.FIGURES_READ | Need.CUSTOMERS_READ | Need.CUSTOMERS_CHANGE | Need.LOGS_READ
    ),
    AdministratorRole.AUDITOR: (
        Need.OVERVIEW_READ | Need.FIGURES_READ | Need.LOGS_READ | Need.LOGS_EXPORT | Need.ADMINISTRATORS_READ
    ),
    AdministratorRole.READER: TO_LOOK_AT_A_TENANT,
}
IN_THE_INSTALLATION: Mapping[AdministratorRole, Need] = {
    AdministratorRole.OWNER: OF_THE_INSTALLATION,
    AdministratorRole.AUDITOR: Need.JOBS_READ | Need.INSTALLATION_READ | Need.INSTALLATION_EXPORT,
    AdministratorRole.READER: Need.JOBS_READ | Need.INSTALLATION_READ,
}
"""What the roles of operators allow besides what they allow in every tenant."""
NOTHING = Need(0)


def allowed(*, as_operator: str = "", in_the_tenant: str | None = None) -> Need:
    """All that an administrator is allowed, at a page of the installation or, with `in_the_tenant`, of a tenant.

    Both are roles, "" for none; an operator's role is theirs in every tenant. A role that this release doesn't know
    allows nothing.
    """
    needs = OF_EVERY_ADMINISTRATOR | _of(IN_THE_INSTALLATION, as_operator)
    if in_the_tenant is not None:
        needs |= of_role(as_operator) | of_role(in_the_tenant)
    return needs


def of_role(role: str) -> Need:
    """What a role allows in a tenant."""
    return _of(IN_A_TENANT, role)


def may_grant(role: str, *, held: Need, is_home: bool) -> bool:
    """Whether somebody who is allowed as much as `held` may give this role, take it, or change who has it.

    Nobody grants more than they hold, and administrators are looked after only by whoever may change them.
    """
    granted = of_role(role) | (_of(IN_THE_INSTALLATION, role) if is_home else NOTHING)
    return granted | Need.ADMINISTRATORS_CHANGE in held


def needed(needs: Need, *, sends_a_form: bool) -> Need:
    """All that a page needs of somebody who only looks at it, or who sends its form.

    A page that needs one's own profile besides keeps what its reader likes, and that needs no more.
    """
    if not sends_a_form or Need.OWN_PROFILE in needs:
        return needs
    for to_read, to_change in TO_SEND_THE_FORM.items():
        if to_read in needs:
            needs |= to_change
    return needs


def _of(table: Mapping[AdministratorRole, Need], role: str) -> Need:
    return table[AdministratorRole(role)] if role in table else NOTHING
