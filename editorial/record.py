"""Writes down what was decided, in the transaction that does it.

The law here: a line once written stays as it is. A trigger refuses to change or delete one, whoever asks and however.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from editorial.models import AuditEvent

# Only a database made for tests may be emptied: its name begins with “test_”.
PROTECTION = """
CREATE FUNCTION editorial_keep_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the record of decisions is never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER editorial_auditevent_kept BEFORE UPDATE OR DELETE ON editorial_auditevent
    FOR EACH ROW EXECUTE FUNCTION editorial_keep_record();
CREATE TRIGGER editorial_auditevent_not_emptied BEFORE TRUNCATE ON editorial_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION editorial_keep_record();
"""
NO_PROTECTION = """
DROP TRIGGER editorial_auditevent_kept ON editorial_auditevent;
DROP TRIGGER editorial_auditevent_not_emptied ON editorial_auditevent;
DROP FUNCTION editorial_keep_record();
"""

THE_PORTAL = "the portal itself"


def write(
    action: AuditEvent.Action,
    thing: models.Model | None = None,
    *,
    by: Any,
    by_words: str = "",
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    note: str = "",
) -> AuditEvent:
    """One line. `by` is a person, or None for the portal itself or somebody outside, whose name is in `by_words`.

    `old` and `new` hold what the decision was about, as plain words or dates; never a key or a password.
    """
    return AuditEvent.objects.create(
        action=action,
        by=by,
        by_words=(by_words or (str(by) if by else THE_PORTAL))[:200],
        content_type=ContentType.objects.get_for_model(thing) if thing is not None else None,
        object_id=thing.pk if thing is not None else None,
        object_words=str(thing)[:250] if thing is not None else "",
        old=old or {},
        new=new or {},
        note=note,
    )
