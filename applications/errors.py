"""What can go wrong with applications, beside what is refused (`common.problems.Refused`)."""


class UnknownApplication(Exception):
    """No application of this tenant has the client ID."""

    def __init__(self) -> None:
        super().__init__("There is no application with this client ID.")
