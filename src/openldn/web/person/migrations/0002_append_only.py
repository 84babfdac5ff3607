"""Let the database itself refuse to change or delete what was recorded."""

from django.db import migrations

from openldn.web.only_added import only_added


class Migration(migrations.Migration):
    dependencies = [("person", "0001_initial")]
    operations = only_added("person_entry", "person_safetycheck")
