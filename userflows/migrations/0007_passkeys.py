from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0006_questions"),
    ]

    operations = [
        migrations.AddField(
            model_name="userflow",
            name="asks_passkey",
            field=models.CharField(db_default="offer", default="offer", max_length=16),
        ),
    ]
