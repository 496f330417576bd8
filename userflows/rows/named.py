"""Who wants in, as they have called themselves on the first page of a journey: by an address, or by a user name."""

from accounts.models import Account


class Named:
    """`email` is what was typed, which is all that pages show of it."""

    email: str
    # The address of whom a user name calls, with that name, once somebody has asked for it.
    known_address: tuple[str, str] = ("", "")

    @property
    def by_user_name(self) -> bool:
        """Whether they have called themselves by a user name."""
        return bool(self.email) and "@" not in self.email

    @property
    def whose(self) -> str:
        """Their address, by which they are looked for, counted and mailed to; a user name that nobody has stays what it
        is. No page tells it as long as nothing has shown that they are the account's owner.
        """
        if not self.by_user_name:
            return self.email
        if self.known_address[0] != self.email:
            found = Account.objects.known_as(self.email).values_list("email", flat=True).first()
            self.known_address = (self.email, found or self.email)
        return self.known_address[1]
