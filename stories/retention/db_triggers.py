"""What the database itself refuses: to change what tellers were shown, or what they answered.

A wording in use, and each of its lines, stays as it is; only who put it to use is forgotten with their account. Of an
answer nothing is changed, but it goes with its story. Rows copied in by the thousand, as a restore does, come before
these triggers; only a database made for tests may be emptied, or filled like that: its name begins with “test_”.
"""

LAWS = """
CREATE FUNCTION stories_keep_wording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'by_id') = (to_jsonb(OLD) - 'by_id') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a wording in use is never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER stories_consentversion_kept BEFORE UPDATE OR DELETE ON stories_consentversion
    FOR EACH ROW WHEN (OLD.used_since IS NOT NULL) EXECUTE FUNCTION stories_keep_wording();

CREATE FUNCTION stories_keep_wording_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line stories_wordingline := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (
        SELECT FROM stories_consentversion
        WHERE used_since IS NOT NULL AND (id = line.wording_id OR TG_OP = 'UPDATE' AND id = OLD.wording_id)
    ) AND NOT (TG_OP = 'INSERT' AND current_database() LIKE 'test\\_%') THEN
        RAISE EXCEPTION 'a wording in use is never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN line;
END $$;
CREATE TRIGGER stories_wordingline_kept BEFORE INSERT OR UPDATE OR DELETE ON stories_wordingline
    FOR EACH ROW EXECUTE FUNCTION stories_keep_wording_line();

CREATE FUNCTION stories_keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an answer is never changed; another one is given' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER stories_consent_kept
    BEFORE UPDATE OF purpose, is_given, wording_id, words_shown, "by" ON stories_consent
    FOR EACH ROW EXECUTE FUNCTION stories_keep_consent();
"""
NO_LAWS = """
DROP TRIGGER stories_consent_kept ON stories_consent;
DROP FUNCTION stories_keep_consent();
DROP TRIGGER stories_wordingline_kept ON stories_wordingline;
DROP FUNCTION stories_keep_wording_line();
DROP TRIGGER stories_consentversion_kept ON stories_consentversion;
DROP FUNCTION stories_keep_wording();
"""
