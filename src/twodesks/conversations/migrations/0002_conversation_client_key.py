from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="client_key",
            field=models.CharField(
                blank=True,
                help_text="Made of the key that the page sent and of what it asked, so that asking twice makes one.",
                max_length=40,
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(fields=["client_key"], name="conversation_client_key_once"),
        ),
    ]
