from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def tell_imported(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Until now an import was known by the words that it wrote into the note."""
    revisions = apps.get_model("insights", "InsightRevision").objects.using(editor.connection.alias)
    notes = models.Q(note="Imported") | models.Q(note__startswith="Imported; written by ")
    revisions.filter(notes, insight__key__isnull=False).update(is_imported=True)


class Migration(migrations.Migration):
    dependencies = [("insights", "0003_clips_keep_their_words")]

    operations = [
        migrations.AddField("insightrevision", "is_imported", models.BooleanField(default=False)),
        migrations.RunPython(tell_imported, migrations.RunPython.noop),
    ]
