from django.db import migrations

SHORTEST = 10


def raise_to_the_shortest(apps, _schema_editor):
    for name in ("access_token_minutes", "id_token_minutes"):
        shorter = apps.get_model("applications", "Application").objects.filter(**{f"{name}__lt": SHORTEST})
        shorter.update(**{name: SHORTEST})


class Migration(migrations.Migration):
    """Tokens live for ten minutes at least: a lifetime below that could be kept and never be saved again."""

    dependencies = [
        ("applications", "0012_grants"),
    ]

    operations = [migrations.RunPython(raise_to_the_shortest, migrations.RunPython.noop)]
