from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="not_asked_until",
            field=models.DateTimeField(
                blank=True,
                help_text="Would rather not be asked before; None or a time gone by is free.",
                null=True,
            ),
        ),
    ]
