"""Talks belong to a person; what was there before belongs to the local owner."""

import django.db.models.deletion
from django.db import migrations, models

from openldn.web.access.first_person import first_person, made_for
from openldn.web.only_added import only_added


class Migration(migrations.Migration):
    dependencies = [("access", "0002_person"), ("ask", "0001_talks")]

    operations = [
        made_for(("ask", "Talk")),
        migrations.AddField(
            model_name="talk",
            name="person",
            field=models.ForeignKey(
                default=first_person,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="talks",
                to="access.person",
            ),
            preserve_default=False,
        ),
        *only_added("ask_talk"),  # SQLite lost them when it wrote the table anew
    ]
