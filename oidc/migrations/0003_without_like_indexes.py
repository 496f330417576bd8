from django.db import migrations

# Of all tables of the schema: Django made one beside each index of a text, and none is made any more
# (`tenants.postgresql.base.SchemaEditor`).
DROP = """
    DO $$
    DECLARE
        doomed text;
    BEGIN
        FOR doomed IN
            SELECT format('%I.%I', schemaname, indexname) FROM pg_indexes
            WHERE schemaname = current_schema() AND indexname LIKE '%\\_like'
                AND indexdef ~ '(varchar|text)_pattern_ops\\)$'
        LOOP
            EXECUTE 'DROP INDEX ' || doomed;
        END LOOP;
    END
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("oidc", "0002_pairwise_subjects")]

    operations = [migrations.RunSQL(DROP, migrations.RunSQL.noop)]
