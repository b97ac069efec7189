from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('channels', '0001_initial'),
        ('conversations', '0003_changes_of_what_came_before'),
        ('recordings', '0002_call_transcript'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('merged_into', None)), fields=['-last_message_at'], name='conversation_newest'),
        ),
    ]
