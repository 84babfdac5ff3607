"""Trials and checks belong to a person; what was there before belongs to the local owner."""

import django.db.models.deletion
from django.db import migrations, models

from openldn.web.access.first_person import first_person, made_for
from openldn.web.only_added import only_added


class Migration(migrations.Migration):
    dependencies = [("access", "0002_person"), ("person", "0006_period_guesses")]

    operations = [
        made_for(("person", "SafetyCheck"), ("person", "Trial")),
        migrations.AddField(
            model_name="safetycheck",
            name="person",
            field=models.ForeignKey(
                default=first_person,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="safety_checks",
                to="access.person",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="trial",
            name="person",
            field=models.ForeignKey(
                default=first_person,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="trials",
                to="access.person",
            ),
            preserve_default=False,
        ),
        *only_added("person_safetycheck"),  # SQLite lost them when it wrote the table anew
    ]
