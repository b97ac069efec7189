from django.db import migrations

FORWARD = """
CREATE FUNCTION activity_statement_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'statements are append-only';
END $$;
CREATE TRIGGER statement_is_append_only BEFORE UPDATE OR DELETE ON activity_statement
  FOR EACH ROW EXECUTE FUNCTION activity_statement_is_append_only();
"""
BACKWARD = """
DROP TRIGGER statement_is_append_only ON activity_statement;
DROP FUNCTION activity_statement_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
