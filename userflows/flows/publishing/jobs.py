"""What the worker publishes when its time has come."""

from django_tasks import task

from userflows.flows.publishing.services import publish_due


@task()
def publish_when_due(version_id: str) -> None:
    """Publish a scheduled page layout, unless it was taken back meanwhile."""
    publish_due(version_id)
