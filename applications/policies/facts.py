"""What the rules about an application have to know besides its description, and what a rule is."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from applications.description import ApplicationDescription
from applications.policies.changes import Changes
from common.problems import Problem


@dataclass(frozen=True)
class ApplicationFacts:
    """What has to be known besides the description. `roles` goes by key, and says which are for services.

    `own_addresses` are the tenant's; `languages` has names by code; `calls_own_computer` is so on a local installation
    only. `flows` has the methods of the user flow, by its key, if there is such a flow. `sector` is that of an
    application in use, which has to stay as it is; None if it may become another.
    """

    client_id: str = ""
    identifier_is_taken: bool = False
    own_addresses: tuple[str, ...] = ()
    flows: Mapping[UUID, Sequence[str]] = field(default_factory=dict)
    attributes: Collection[str] = ()
    scopes: Collection[UUID] = ()
    roles: Mapping[UUID, bool] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    calls_own_computer: bool = False
    sector: str | None = None


Rule = Callable[[ApplicationDescription, ApplicationFacts, Changes], Iterator[Problem]]
