"""Who answers for the site: one row, read once a request."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cms.readiness.models import BackupProof
from cms.site_settings.middleware import SettingsOnce
from cms.site_settings.models import NamedBody, SiteSettings, working_days
from stories.models import Purpose

pytestmark = pytest.mark.django_db


def test_there_is_one_row_from_the_start_and_never_another():
    assert SiteSettings.objects.get().pk == SiteSettings.THE_ROW

    with pytest.raises(IntegrityError, match="there_is_one_row"), transaction.atomic():
        SiteSettings.objects.create(pk=2)


def test_a_missing_row_means_that_nothing_is_set():
    SiteSettings.objects.all().delete()

    assert SiteSettings.load().controller_name == ""


def test_nothing_is_required():
    SiteSettings.load().full_clean()


def test_within_a_request_the_row_is_read_once_and_anew_after_a_change():
    def view(request):
        first, again = SiteSettings.load(), SiteSettings.load()
        again.contact_email = "team@example.org"
        again.save()
        return first is again, SiteSettings.load().contact_email

    with CaptureQueriesContext(connection) as asked:
        assert SettingsOnce(view)(None) == (True, "team@example.org")

    assert sum(query["sql"].startswith("SELECT") and "sitesettings" in query["sql"] for query in asked) == 2


def test_outside_a_request_each_call_sees_what_is_stored():
    before = SiteSettings.load()

    SiteSettings.objects.update(contact_phone="01332 000000")

    assert (before.contact_phone, SiteSettings.load().contact_phone) == ("", "01332 000000")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("contact_email", "team at example", "valid email address"),
        ("contact_phone", "ring the council", "figures and spaces"),
        ("dpo_phone", "12", "figures and spaces"),
        ("ico_registration", "12345678", "such as Z1234567"),
        ("enquiry_days", 0, "at least 1 day"),
        ("story_days", 61, "at most 60 days"),
        ("licence", "beerware", "not a valid choice"),
    ],
)
def test_what_cannot_be_right_is_refused_in_plain_words(field, value, said):
    settings = SiteSettings(pk=1, **{field: value})

    with pytest.raises(ValidationError) as refused:
        settings.full_clean(validate_unique=False, validate_constraints=False)

    assert said in " ".join(refused.value.message_dict[field])


@pytest.mark.parametrize("phone", ["01332 000000", "+44 1332 000000", "(01332) 000000"])
def test_telephone_numbers_are_taken_as_people_write_them(phone):
    SiteSettings(pk=1, contact_phone=phone).full_clean(validate_unique=False, validate_constraints=False)


def test_a_body_is_named_once_for_each_use():
    about = SiteSettings.load()
    NamedBody.objects.create(settings=about, name="The Gazette", use="press", told_how="By email.")
    NamedBody.objects.create(settings=about, name="The Gazette", use="print", told_how="By email.")

    with pytest.raises(IntegrityError, match="named_once"), transaction.atomic():
        NamedBody.objects.create(settings=about, name="The Gazette", use="press", told_how="By post.")


def test_the_uses_are_purposes_that_storytellers_are_asked_about():
    assert set(NamedBody.Use.values) == set(Purpose.values) - {Purpose.SITE}


@pytest.mark.parametrize(("days", "said"), [(None, ""), (1, "1 working day"), (5, "5 working days")])
def test_days_are_said_in_words(days, said):
    assert working_days(days) == said


def test_a_proof_of_a_backup_is_written_down_and_the_newest_found():
    BackupProof.record(rows=1, files=0)
    BackupProof.record(rows=42, files=7, note="Fifty pages were read.")

    newest = BackupProof.newest()

    assert (newest.rows, newest.files, newest.note) == (42, 7, "Fifty pages were read.")
