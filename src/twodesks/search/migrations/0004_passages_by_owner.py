from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0003_conversations")]

    operations = [
        migrations.RemoveIndex(model_name="passage", name="passage_unshared_by_owner"),
        migrations.AddIndex(model_name="passage", index=models.Index(fields=["owner_id"], name="passage_by_owner")),
    ]
