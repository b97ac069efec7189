import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def number_sources(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    clips = apps.get_model("insights", "InsightClip").objects.using(editor.connection.alias)
    clips.filter(source_id=None).update(source_id=models.F("recording_id"))


class Migration(migrations.Migration):
    dependencies = [("insights", "0002_insight_by_help"), ("recordings", "0001_initial")]

    operations = [
        migrations.AddField("insightclip", "words", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("insightclip", "source_id", models.BigIntegerField(null=True)),
        migrations.RunPython(number_sources, migrations.RunPython.noop),
        migrations.AlterField("insightclip", "source_id", models.BigIntegerField(db_index=True)),
        migrations.AlterField(
            "insightclip",
            "recording",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="embedded_in",
                to="recordings.recording",
            ),
        ),
    ]
