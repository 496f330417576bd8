"""What is raised where a database went away, or can't do its work for now."""

from django.db import InterfaceError, InternalError, OperationalError

# The last is what a database says that takes no writes for now, such as one that another has replaced.
DATABASE_FAULTS = (OperationalError, InterfaceError, InternalError)
