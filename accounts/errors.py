"""What can go wrong with accounts, beside values that are refused (`common.problems.Refused`).

AccountError
├── EmailAddressTaken    another account of this tenant has the address, which a customer isn't told
├── AccountRefused       the account was disabled or deleted meanwhile
├── NotEnoughProved      a second factor is due that the account can't show here
├── FactorTaken          the account has got a second factor meanwhile, or has lost the one that was shown
├── PasskeyRefused       what came of a passkey proves nobody: `reason` says why
└── CodeRefused          the one-time code is wrong, used, expired, or was tried too often
"""


class AccountError(Exception):
    """The base of all errors about accounts."""


class EmailAddressTaken(AccountError):
    def __init__(self) -> None:
        super().__init__("An account with this email address exists.")


class AccountRefused(AccountError):
    def __init__(self) -> None:
        super().__init__("This account can't sign in any more.")


class NotEnoughProved(AccountError):
    def __init__(self) -> None:
        super().__init__("This account has to show a second factor, and can't here.")


class FactorTaken(AccountError):
    def __init__(self) -> None:
        super().__init__("The second factors of this account have changed.")


class CodeRefused(AccountError):
    """`is_spent` says that no further try can succeed: a new code is needed. `is_worn_out`: for too many wrong ones."""

    def __init__(self, *, is_spent: bool, is_worn_out: bool = False) -> None:
        super().__init__("The code isn't right.")
        self.is_spent, self.is_worn_out = is_spent, is_worn_out


class PasskeyRefused(AccountError):
    """`reason` is one of the words below; `problem` is what was wrong, for who looks into it."""

    FOREIGN, UNKNOWN, LATE, WRONG, COPIED, SOMEBODY_ELSE, TOO_MANY = (
        *("foreign", "unknown", "late", "wrong", "copied", "somebody else", "too many"),
    )

    def __init__(self, reason: str, problem: str = "") -> None:
        super().__init__(problem or f"The passkey isn't taken: {reason}.")
        self.reason, self.problem = reason, problem
