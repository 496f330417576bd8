import logging

from django_tenants.utils import schema_context

from logs.seals import chain
from tenants.models import Tenant

logger = logging.getLogger(__name__)


def anchor(tenant: Tenant) -> None:
    """Tell the process's own log how far the tenant's seals reach: whoever keeps it can't be shown a shorter chain."""
    schema = tenant.schema_name
    with schema_context(schema):
        last = chain.head()
    if last is not None:
        logger.info("The log of %s is sealed: %d:%s", tenant.slug, last.number, chain.hash_of(last, schema=schema))
