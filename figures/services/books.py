"""The books of a tenant while somebody counts."""

from figures.models import Books


def books_in_hand() -> Books:
    """The books, which nobody else touches until the transaction ends."""
    books = Books.objects.select_for_update()
    if found := books.first():
        return found
    # Two workers may come to a new tenant at once: the later one takes the other's row.
    Books.objects.bulk_create([Books()], ignore_conflicts=True)
    return books.get()
