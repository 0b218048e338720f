"""Triggers: the database itself refuses to change or delete what was done, and what was judged.

A later migration that changes one of these tables on SQLite makes the table anew, without its triggers: it has to
end with guard() again. `verify_audit` tells if those of the audit trail are missing.
"""

from typing import ClassVar

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AUDIT, RECORD = "records_auditentry", "records_record"
ONLY_ADDED = "The audit trail is only added to."
AS_SHARED = "Answers and verdict stay as they were shared."
JUDGED = ("state", "verdict", "rules_version")

SQLITE = (
    f"CREATE TRIGGER audit_no_change BEFORE UPDATE ON {AUDIT} BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED}'); END",
    f"CREATE TRIGGER audit_no_deletion BEFORE DELETE ON {AUDIT} BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED}'); END",
    # “INSERT OR REPLACE” would delete without asking the trigger before.
    f"CREATE TRIGGER audit_only_new BEFORE INSERT ON {AUDIT}"
    f" WHEN NEW.number <= (SELECT max(number) FROM {AUDIT})"
    f" BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED}'); END",
    f"CREATE TRIGGER record_as_shared BEFORE UPDATE ON {RECORD}"
    f" WHEN {' OR '.join(f'OLD.{name} IS NOT NEW.{name}' for name in JUDGED)}"
    f" BEGIN SELECT RAISE(ABORT, '{AS_SHARED}'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
    " $$BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END$$",
    f"CREATE TRIGGER audit_no_change BEFORE UPDATE ON {AUDIT} EXECUTE FUNCTION refuse_change('{ONLY_ADDED}')",
    f"CREATE TRIGGER audit_no_deletion BEFORE DELETE OR TRUNCATE ON {AUDIT}"
    f" EXECUTE FUNCTION refuse_change('{ONLY_ADDED}')",
    "CREATE FUNCTION refuse_old_number() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$BEGIN IF NEW.number <= (SELECT max(number) FROM {AUDIT}) THEN"
    " RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END$$",
    f"CREATE TRIGGER audit_only_new BEFORE INSERT ON {AUDIT} FOR EACH ROW"
    f" EXECUTE FUNCTION refuse_old_number('{ONLY_ADDED}')",
    f"CREATE TRIGGER record_as_shared BEFORE UPDATE ON {RECORD} FOR EACH ROW"
    f" WHEN ({' OR '.join(f'OLD.{name} IS DISTINCT FROM NEW.{name}' for name in JUDGED)})"
    f" EXECUTE FUNCTION refuse_change('{AS_SHARED}')",
)


def guard(_: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Makes the triggers."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """The guards."""

    dependencies: ClassVar = [("records", "0002_constraints")]
    operations: ClassVar = [migrations.RunPython(guard)]
