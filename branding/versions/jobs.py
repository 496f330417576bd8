"""What the worker publishes when its time has come."""

from django_tasks import task

from branding.versions.services import publish_due


@task()
def publish_when_due(version_id: str) -> None:
    """Publish a scheduled version, unless it was taken back meanwhile."""
    publish_due(version_id)
