from django.db import migrations, models
from django.db.models.functions import Upper

from common.database.later_indexes import AddIndexLater

NEWEST_FIRST = ["-at", "-id"]
# Each apart: PostgreSQL writes a list out another way once a copy of the index was made of its own words.
UNUSUAL = (
    ~models.Q(action="customer.signed_in")
    & ~models.Q(action="customer.sign_in_failed")
    & ~models.Q(action="customer.signed_out")
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_journeys")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="audit_event_app_failures"),
        AddIndexLater(
            model_name="event",
            index=models.Index(
                fields=["client_id", *NEWEST_FIRST], condition=~models.Q(client_id=""), name="audit_event_app"
            ),
        ),
        AddIndexLater(
            model_name="event",
            index=models.Index(
                Upper("actor_name"),
                models.F("at").desc(),
                models.F("id").desc(),
                condition=models.Q(actor_kind="administrator"),
                name="audit_event_admin_name",
            ),
        ),
        AddIndexLater(
            model_name="event",
            index=models.Index(fields=["user_flow", *NEWEST_FIRST], name="audit_event_flow"),
        ),
        AddIndexLater(
            model_name="event",
            index=models.Index(
                fields=["journey_id"], condition=models.Q(journey_id__isnull=False), name="audit_event_journey"
            ),
        ),
        AddIndexLater(
            model_name="event",
            index=models.Index(
                fields=["reason", *NEWEST_FIRST], condition=models.Q(result="failure"), name="audit_event_reason"
            ),
        ),
        AddIndexLater(
            model_name="event",
            index=models.Index(fields=["step", *NEWEST_FIRST], condition=~models.Q(step=""), name="audit_event_step"),
        ),
        AddIndexLater(
            model_name="event",
            index=models.Index(fields=["action", *NEWEST_FIRST], condition=UNUSUAL, name="audit_event_action"),
        ),
    ]
