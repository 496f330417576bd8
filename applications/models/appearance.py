"""What customers are shown of an application."""

from django.db import models

from applications.models.application import Application


class ApplicationLogo(models.Model):
    """The picture beside an application's name, as encoded by us. `digest` (SHA-256 of it) names it on the web."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, primary_key=True, related_name="logo")
    content = models.BinaryField()
    content_type = models.CharField(max_length=32)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["digest"], name="applications_logo_digest")]

    def __str__(self) -> str:
        return f"Logo of {self.application}"
