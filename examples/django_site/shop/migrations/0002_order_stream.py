from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField(
            "order", "stream", models.CharField(max_length=80, default="", db_index=True)
        ),
    ]
