"""What can go wrong with applications.

ApplicationError
├── UnknownApplication   no application of this tenant has the client ID
├── KeepsNoSecrets       a single-page or native application can't keep a secret, so it gets none
├── UsesKeyPair          the application proves itself with a key pair, so a secret would open nothing
└── TooManySecrets       the application has as many secrets as it may have
"""


class ApplicationError(Exception):
    """The base of all errors about applications; its message is a sentence for the person who asked."""


class UnknownApplication(ApplicationError):
    def __init__(self) -> None:
        super().__init__("There is no application with this client ID.")


class KeepsNoSecrets(ApplicationError):
    def __init__(self) -> None:
        super().__init__("This kind of application can't keep a secret; it uses PKCE instead.")


class UsesKeyPair(ApplicationError):
    def __init__(self) -> None:
        super().__init__("This application authenticates with a key pair. Change that first, then create a secret.")


class TooManySecrets(ApplicationError):
    def __init__(self, most: int) -> None:
        super().__init__(f"An application can have {most} client secrets at most. Delete one that is out of use.")
