from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("userflows", "0011_flow_options"),
    ]

    operations = [
        migrations.AddField(
            model_name="maillink",
            name="message",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="maillink",
            name="client_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
    ]
