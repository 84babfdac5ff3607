"""The ids of the entries that devices sent."""

import django.db.models.deletion
from django.db import migrations, models

from openldn.web.only_added import only_added


class Migration(migrations.Migration):
    initial = True
    dependencies = [("access", "0002_person"), ("person", "0006_period_guesses")]
    operations = [
        migrations.CreateModel(
            name="Received",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entry_id", models.UUIDField()),
                ("day", models.PositiveSmallIntegerField()),
                ("said_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received",
                        to="access.person",
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received",
                        to="person.trial",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "entry_id"), name="received_once")
                ],
            },
        ),
        *only_added("offline_received"),
    ]
