"""Each plan has safety answers of its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("person", "0003_told_and_period_answers")]
    operations = [
        migrations.AddField(
            model_name="trial",
            name="safety_check",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="trial",
                to="person.safetycheck",
            ),
        ),
    ]
