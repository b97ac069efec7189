from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0002_unaccent_names")]

    operations = [
        migrations.AlterField(
            model_name="passage",
            name="kind",
            field=models.CharField(
                choices=[
                    ("insight", "Insight"),
                    ("recording", "Recording"),
                    ("course", "Course"),
                    ("conversation", "Conversation"),
                ],
                max_length=12,
            ),
        ),
    ]
