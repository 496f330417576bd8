from django.db import migrations

from common.database.spared_indexes import DropForeignKeyIndexes


class Migration(migrations.Migration):
    dependencies = [("branding", "0011_crops")]

    operations = [
        DropForeignKeyIndexes("branding", "theme"),
        DropForeignKeyIndexes("brandingimage", "branding"),
        DropForeignKeyIndexes("brandversion", "theme"),
        DropForeignKeyIndexes("changedsentence", "theme"),
        DropForeignKeyIndexes("draftlink", "theme"),
        DropForeignKeyIndexes("themedapplication", "theme"),
    ]
