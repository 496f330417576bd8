from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0005_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="userflow",
            name="asks_passkey",
            field=models.CharField(db_default="offer", default="offer", max_length=16),
        ),
    ]
