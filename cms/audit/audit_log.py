"""Writes down what was decided, in the transaction that does it.

A line once written stays as it is: a trigger refuses to change or delete one, whoever asks and however. Only lines
about sign-ins and refused access go, after a year: UK GDPR article 5(1)(e) lets data about people be kept no longer
than it is needed, and what guards the portal does not need these for ever.
"""

import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now

from cms.audit.models import AuditEvent

# Only a database made for tests may be emptied: its name begins with “test_”.
PROTECTION = """
CREATE FUNCTION cms_keep_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the record of decisions is never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER cms_auditevent_kept BEFORE UPDATE OR DELETE ON cms_auditevent
    FOR EACH ROW EXECUTE FUNCTION cms_keep_record();
CREATE TRIGGER cms_auditevent_not_emptied BEFORE TRUNCATE ON cms_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION cms_keep_record();
"""
NO_PROTECTION = """
DROP TRIGGER cms_auditevent_kept ON cms_auditevent;
DROP TRIGGER cms_auditevent_not_emptied ON cms_auditevent;
DROP FUNCTION cms_keep_record();
"""

THE_PORTAL = "the portal itself"

# The trigger (migration cms.0009) knows the same actions and the same number of days.
SECURITY_ACTIONS = (AuditEvent.Action.SIGNED_IN, AuditEvent.Action.SIGN_IN_FAILED, AuditEvent.Action.ACCESS_REFUSED)
SECURITY_DAYS = 365


def write(
    action: AuditEvent.Action,
    thing: models.Model | type[models.Model] | None = None,
    *,
    by: Any,
    by_words: str = "",
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    note: str = "",
    due_at: datetime.datetime | None = None,
) -> AuditEvent:
    """One line. `by` is a person, or None for the portal itself or somebody outside, whose name is in `by_words`.

    `thing` may be a whole kind of things. `old` and `new` hold what the decision was about, as plain words or dates;
    never a key or a password.
    """
    return AuditEvent.objects.create(
        action=action,
        by=by,
        by_words=(by_words or (str(by) if by else THE_PORTAL))[:200],
        content_type=ContentType.objects.get_for_model(thing) if thing is not None else None,
        object_id=thing.pk if isinstance(thing, models.Model) else None,
        object_words=_called(thing)[:250],
        old=old or {},
        new=new or {},
        note=note,
        due_at=due_at,
    )


def forget_security_events() -> int:
    """Deletes lines about sign-ins and refused access that are older than SECURITY_DAYS; says how many."""
    old = AuditEvent.objects.filter(action__in=SECURITY_ACTIONS, at__lt=Now() - datetime.timedelta(days=SECURITY_DAYS))
    return old.delete()[0]


def _called(thing: models.Model | type[models.Model] | None) -> str:
    if isinstance(thing, type):
        return str(thing._meta.verbose_name_plural)
    return "" if thing is None else str(thing)
