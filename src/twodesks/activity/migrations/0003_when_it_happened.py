from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activity", "0002_statements_are_append_only")]

    operations = [
        migrations.AddField(
            "statement",
            "happened_at",
            models.DateTimeField(
                help_text="When it was done, where that is not when it was stored: xAPI's timestamp.", null=True
            ),
        ),
    ]
