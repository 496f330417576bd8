import logging

from django_tenants.utils import schema_context

from logs.seals import chain

logger = logging.getLogger(__name__)


def anchor(schema: str, *, of: str) -> None:
    """Tell the process's own log how far the seals of a log reach: whoever keeps it can't be shown a shorter chain.

    `of` is whose log it is, as people say it.
    """
    with schema_context(schema):
        last = chain.head()
    if last is not None:
        logger.info("The log of %s is sealed: %d:%s", of, last.number, chain.hash_of(last, schema=schema))
