from django.db import migrations

from common.database.spared_indexes import DropFieldIndexes


class Migration(migrations.Migration):
    dependencies = [("branding", "0012_sentences_of_versions")]

    operations = [
        DropFieldIndexes("branding", "theme"),
        DropFieldIndexes("brandingimage", "branding"),
        DropFieldIndexes("brandversion", "theme"),
        DropFieldIndexes("changedsentence", "theme"),
        DropFieldIndexes("draftlink", "theme"),
        DropFieldIndexes("themedapplication", "theme"),
        migrations.RemoveIndex("brandingimage", "branding_image_digest"),
    ]
