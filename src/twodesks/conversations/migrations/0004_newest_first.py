from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_changes_of_what_came_before")]

    operations = [
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("merged_into", None)), fields=["-last_message_at"], name="conversation_newest"
            ),
        ),
    ]
