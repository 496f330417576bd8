from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.credentials.services.passwords import remove_password, require_new_password
from accounts.finding.in_order import newest_found
from accounts.identity.lookup import custom_attribute_types
from accounts.identity.policies import BLOCK_LASTS
from accounts.identity.services.accounts import (
    create_account,
    delete_account,
    disable_account,
    enable_account,
    restore_account,
    update_profile,
)
from accounts.identity.services.closing import take_deletion_back
from accounts.models import Account, CustomAttribute
from accounts.sessions.services import sign_out_browser, sign_out_everywhere
from audit.services import Actor
from bulk.actions.verbs import VERBS
from commands.answers import Answer, VerbCommand, password_from_stdin
from commands.customers.filters import add_filters, asked_for, language_of
from commands.customers.imports_and_exports import (
    add_export_options,
    add_import_options,
    export_to_file,
    import_customers,
)
from commands.customers.places import application_allowed, places_of
from commands.customers.several import (
    ACTIONS,
    add_bulk_options,
    add_cancel_options,
    add_undo_options,
    cancel_operation,
    do_to_several,
    list_operations,
    undo_operation,
)
from commands.customers.sign_in_checks import add_check_options, check_customer
from commands.customers.ways_in import identity_named, passkey_named, ways_in
from commands.named import customer_named, serving_customers
from common.problems import Code, Problem, Refused
from mail.sending.transports import keeps_messages
from oidc.consents.services import withdraw_consent
from operations.customers import purge_customer, withdraw_invitation
from userflows.factors import recoveries
from userflows.factors.passkeys import remove_lost_passkey, remove_lost_passkeys
from userflows.factors.phones import remove_lost_phone
from userflows.factors.services import remove_second_factor
from userflows.journeys.account.linking import unlink_and_tell
from userflows.journeys.attempts.lockouts import lift_lockout
from userflows.links.services import (
    MAX_MESSAGE,
    give_another_address,
    invite_customer,
    send_invitation_again,
    send_password_link,
)

TRUTHS = {"true": True, "yes": True, "false": False, "no": False}
COMMAND = Actor.command()
MOST_FOUND = 1000
MAILS = {word for word, kind in ACTIONS.items() if VERBS[kind].mails}
# What is done to one customer without a further word but the reason: what it is for, what does it, what is said then.
Done = Callable[[Account, str], object]
DEEDS: dict[str, tuple[str, Done, str]] = {
    "invite-again": (
        "mail another invitation, in the place of the one before",
        lambda account, _: send_invitation_again(account, actor=COMMAND),
        "Another invitation is on its way to {email}.",
    ),
    "withdraw-invitation": (
        "take an invitation back, and the account with it",
        lambda account, _: withdraw_invitation(account, actor=COMMAND),
        "The invitation of {email} was withdrawn.",
    ),
    "unblock": (
        "let a blocked customer sign in again",
        lambda account, _: enable_account(account, actor=COMMAND),
        "{email} can sign in again.",
    ),
    "unlock": (
        "lift what keeps a customer out after too many tries",
        lambda account, _: lift_lockout(account, actor=COMMAND),
        "{email} can try again.",
    ),
    "send-password-link": (
        "mail a link to a new password",
        lambda account, _: send_password_link(account, actor=COMMAND),
        "A link is on its way to {email}.",
    ),
    "remove-password": (
        "take the password away",
        lambda account, _: remove_password(account, actor=COMMAND),
        "The password of {email} was removed.",
    ),
    "require-new-password": (
        "have another password chosen at the next sign-in",
        lambda account, _: require_new_password(account, actor=COMMAND),
        "{email} has to choose another password at the next sign-in.",
    ),
    "remove-second-factor": (
        "take the authenticator app and the recovery codes away",
        lambda account, reason: remove_second_factor(account, reason=reason, actor=COMMAND),
        "The authenticator app of {email} was removed.",
    ),
    "remove-passkeys": (
        "take all passkeys away",
        lambda account, reason: remove_lost_passkeys(account, reason=reason, actor=COMMAND),
        "The passkeys of {email} were removed.",
    ),
    "remove-phone": (
        "take the phone number away",
        lambda account, reason: remove_lost_phone(account, reason=reason, actor=COMMAND),
        "{email} has no phone number any more.",
    ),
    "stop-recovery": (
        "stop the wait of whoever says to have lost all factors",
        lambda account, _: recoveries.stop(account, actor=COMMAND),
        "Nobody waits for {email} any more.",
    ),
    "hasten-recovery": (
        "end that wait now: the factors count no more",
        lambda account, reason: recoveries.hasten(account, reason=reason, actor=COMMAND),
        "{email} comes in without the factors that were lost.",
    ),
    "return-factors": (
        "let the factors count again that such a wait has put aside",
        lambda account, reason: recoveries.give_back(account, reason=reason, actor=COMMAND),
        "{email} has the factors back.",
    ),
    "end-sessions": (
        "sign a customer out everywhere",
        lambda account, reason: sign_out_everywhere(account, reason=reason, actor=COMMAND),
        "{email} was signed out everywhere.",
    ),
    "delete": (
        "delete a customer, who can be restored for 30 days",
        lambda account, _: delete_account(account, actor=COMMAND),
        "{email} was deleted, and can be restored for 30 days.",
    ),
    "cancel-deletion": (
        "keep an account whose owner has asked for its deletion",
        lambda account, _: take_deletion_back(account, actor=COMMAND),
        "The account of {email} stays.",
    ),
    "restore": (
        "take a deletion back",
        lambda account, _: restore_account(account, actor=COMMAND),
        "{email} was restored.",
    ),
    "purge": (
        "remove a customer for good, at once",
        lambda account, _: purge_customer(account, actor=COMMAND),
        "{email} was removed for good.",
    ),
}
WITH_REASON = {
    "remove-second-factor",
    "remove-passkeys",
    "remove-phone",
    "hasten-recovery",
    "return-factors",
    "end-sessions",
}


class Command(VerbCommand):
    help = "Create customers of a tenant, find them, and help them."

    def add_verbs(self) -> None:
        create = self._about("create", self.create, "create a customer, whose address counts as verified")
        create.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from standard input; without one the customer signs in by one-time code",
        )
        invite = self._about("invite", self.invite, "make an account, and mail its owner a link to it")
        change = self._about("change", self.change, "change attributes; without a value they are forgotten")
        for parser in (create, invite, change):
            parser.add_argument("--attribute", action="append", default=[], metavar="NAME=VALUE")
            parser.add_argument("--language", metavar="CODE", help="in which pages and mails speak to them")
        create.add_argument(
            "--not-verified", action="store_true", help="the address counts only once its mail was read"
        )
        invite.add_argument("--message", default="", help=f"plain text of at most {MAX_MESSAGE} characters")
        invite.add_argument("--client-id", default="", help="of the application to which it leads")
        self._about("change-email", self.change_email, "give a customer another address").add_argument(
            "--to", required=True, metavar="ADDRESS"
        )
        block = self._about("block", self.block, "keep a customer from signing in")
        block.add_argument("--reason", default="")
        block.add_argument(
            "--for", dest="lasts", choices=list(BLOCK_LASTS), help="until then; without it, until unblocked"
        )
        self._about("show", self.show, "show a customer, with passkeys, identity providers, sessions and applications")
        passkey = self._about("remove-passkey", self.remove_passkey, "take one passkey away")
        passkey.add_argument("--passkey", required=True, metavar="ID", help="as show names it, or what it is called")
        passkey.add_argument("--reason", default="")
        provider = self._about("unlink-provider", self.unlink_provider, "let an identity provider sign in no more")
        provider.add_argument(
            "--identity", required=True, metavar="ID", help="as show names it, or the provider's name"
        )
        self._about("end-session", self.end_session, "sign a customer out of one browser").add_argument(
            "--session", required=True, metavar="ID", help="as show names it"
        )
        consent = self._about("withdraw-consent", self.withdraw_consent, "take an application's access away")
        consent.add_argument("--client-id", required=True)
        find = self.verb("find", self.find, summary="find customers by any part of name and address, the newest first")
        find.add_argument("--tenant", required=True, metavar="DOMAIN")
        add_filters(find)
        for name, (summary, _, _) in DEEDS.items():
            deed = self._about(name, self.do, summary)
            if name in WITH_REASON:
                deed.add_argument("--reason", default="")
        add_import_options(self.verb("import", import_customers, summary="bring in the customers of a file"))
        add_export_options(self.verb("export", export_to_file, summary="write customers to a file"))
        add_bulk_options(self.verb("bulk", do_to_several, summary="do something to several customers"))
        operations = self.verb("operations", list_operations, summary="list what was done to many customers at once")
        operations.add_argument("--tenant", required=True, metavar="DOMAIN")
        add_undo_options(self.verb("undo", undo_operation, summary="take back what bulk or import has changed"))
        add_cancel_options(self.verb("cancel", cancel_operation, summary="stop what bulk or import is still at"))
        add_check_options(self.verb("check", check_customer, summary="say what hinders a customer's sign-in"))

    def _about(self, name: str, run: Callable[[dict[str, Any]], Answer], summary: str) -> CommandParser:
        parser = self.verb(name, run, summary=summary)
        parser.add_argument("--tenant", required=True, metavar="DOMAIN")
        parser.add_argument("--email", required=True)
        return parser

    def create(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]) as tenant:
            account = create_account(
                email=options["email"],
                attributes=_attributes(options["attribute"]),
                password=password_from_stdin() if options["password_stdin"] else None,
                email_verified=not options["not_verified"],
                language=language_of(options["language"]),
                actor=COMMAND,
            )
        return Answer(
            {"id": str(account.pk), "email": account.email}, f"{account.email} can sign in to “{tenant.name}”."
        )

    def invite(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]):
            account = invite_customer(
                email=options["email"],
                attributes=_attributes(options["attribute"]),
                language=language_of(options["language"]),
                message=options["message"],
                client_id=options["client_id"],
                actor=COMMAND,
            )
            return _mailed(account, "An invitation is on its way to {email}.")

    def change(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]):
            account = customer_named(options["email"])
            language = None if options["language"] is None else language_of(options["language"])
            update_profile(account, attributes=_attributes(options["attribute"]), language=language, actor=COMMAND)
            return _said(account, "The profile of {email} was changed.")

    def change_email(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]):
            account = customer_named(options["email"])
            give_another_address(account, email=options["to"], actor=COMMAND)
            return _said(account, "The address is {email} from now on.")

    def block(self, options: dict[str, Any]) -> Answer:
        lasts = BLOCK_LASTS.get(options["lasts"] or "")
        until = timezone.now() + lasts if lasts else None
        with serving_customers(options["tenant"]):
            account = customer_named(options["email"])
            disable_account(account, reason=options["reason"], until=until, actor=COMMAND)
            return _said(account, "{email} was blocked.")

    def show(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]):
            account = customer_named(options["email"])
            said = _said(account, "{email}: {state}, {id}")
            return Answer({**said.facts, **ways_in(account), **places_of(account)}, said.text)

    def remove_passkey(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]):
            account = customer_named(options["email"])
            passkey = passkey_named(account, options["passkey"])
            remove_lost_passkey(passkey, reason=options["reason"], actor=COMMAND)
            account.refresh_from_db()
            return _said(account, f"The passkey “{passkey.name}” of {{email}} was removed.")

    def unlink_provider(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]):
            account = customer_named(options["email"])
            linked = identity_named(account, options["identity"])
            unlink_and_tell(account, linked=linked, actor=COMMAND)
            return _said(account, f"{{email}} is unlinked from {linked.provider.name}.")

    def end_session(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]):
            account = customer_named(options["email"])
            if not sign_out_browser(account, sid=options["session"], actor=COMMAND):
                raise CommandError(f"{account.email} has no such session. `manage.py customer show` names them all.")
            return _said(account, "{email} was signed out of that browser.")

    def withdraw_consent(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]):
            account = customer_named(options["email"])
            application = application_allowed(account, options["client_id"])
            withdraw_consent(account, application, actor=COMMAND)
            return _said(account, f"{application.name} has no access to the account of {{email}} any more.")

    def do(self, options: dict[str, Any]) -> Answer:
        _, deed, sentence = DEEDS[options["verb"]]
        with serving_customers(options["tenant"]):
            account = customer_named(options["email"])
            tell = _mailed if options["verb"] in MAILS else _said
            said = tell(account, sentence)
            deed(account, options.get("reason", ""))
            return said if options["verb"] in {"purge", "withdraw-invitation"} else tell(account, sentence)

    def find(self, options: dict[str, Any]) -> Answer:
        with serving_customers(options["tenant"]):
            rows = [_facts(entry.account) for entry in newest_found(asked_for(options), MOST_FOUND)]
        lines = [f"{row['email']}: {row['state']}" for row in rows]
        return Answer({"customers": rows}, "\n".join(lines) or "Nobody found.")


def _facts(account: Account) -> dict[str, Any]:
    return {
        "id": str(account.pk),
        "email": account.email,
        "email_verified": account.email_verified,
        "name": account.name,
        "user_name": account.user_name,
        "state": str(account.standing),
        "has_authenticator_app": account.has_app,
        "phone_number": account.phone_number,
        "has_passkey": bool(account.passkeys_at),
        "recovers_at": account.recovers_at.isoformat() if account.recovers_at else None,
        "created_at": account.created_at.isoformat(),
    }


def _said(account: Account, sentence: str) -> Answer:
    facts = _facts(account)
    return Answer(facts, sentence.format(**facts))


def _mailed(account: Account, sentence: str) -> Answer:
    """That something is on its way; or, as long as nothing leaves, where it stays instead."""
    stays = "No mail server is set up, so the email to {email} stays in the outbox and reaches no one."
    return _said(account, stays if keeps_messages() else sentence)


def _attributes(pairs: list[str]) -> dict[str, Any]:
    """The values by attribute name, a yes or no as such where the attribute is one. The service judges them."""
    types = custom_attribute_types()
    values: dict[str, Any] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise Refused([Problem(Code.INVALID, "attribute", f"Write {pair}=VALUE.")])
        is_truth = types.get(name) == CustomAttribute.DataType.BOOLEAN and value
        values[name] = _truth(name, value) if is_truth else value
    return values


def _truth(name: str, value: str) -> bool:
    if value.lower() not in TRUTHS:
        raise Refused([Problem(Code.INVALID, "attribute", f"{name} is true or false.")])
    return TRUTHS[value.lower()]
