from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branding", "0009_draft_links")]

    operations = [
        migrations.AddField(model_name="draftlink", name="user_flow", field=models.UUIDField(null=True)),
    ]
