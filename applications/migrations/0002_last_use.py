from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [
        migrations.AddField("application", "last_used_on", models.DateField(editable=False, null=True)),
        migrations.AddField("clientsecret", "last_used_on", models.DateField(editable=False, null=True)),
    ]
