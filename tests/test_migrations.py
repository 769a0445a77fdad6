"""Migrations are for databases with data in them, and the models never run ahead of them."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cms.text import text_constraints
from tests import make

APPS = ["accounts", "cms", "city", "partners", "programmes"]

pytestmark = pytest.mark.django_db(transaction=True)


def at(targets):
    """The models as they are at these migrations, with the database brought there."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def latest():
    return [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] in APPS]


@pytest.fixture
def first_release():
    """Takes the database back to the first migrations; it is brought forward again whatever happens."""
    yield lambda: at([(app, "0001_initial") for app in APPS])
    at(latest())
    text_constraints.make()  # as `migrate` does when it is done


def test_no_change_of_a_model_is_without_its_migration():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_a_database_with_data_in_it_goes_back_to_the_first_release_and_forward_again(first_release):
    """One way back and forth for both: it takes seconds."""
    images = [make.image(), make.image()]
    programme = make.programme(slug="later")
    for order, image in enumerate(images):
        make.programme_picture(programme=programme, image=image, order=-order + 1)

    then = first_release()

    # Going back, a programme keeps its first picture.
    get = then.get_model
    assert get("programmes", "Programme").objects.get().picture_id == images[1].pk

    # Going forward, everything is kept.
    person = get("accounts", "User").objects.create(email="kept@example.org", password="!")
    source = get("city", "Source").objects.create(key="report", title="Report", publisher="Office")
    ward = get("city", "Ward").objects.create(
        code="E00000001", name="Ward", slug="ward", latitude="52.9", longitude="-1.4", hex_q=0, hex_r=0,
        valid_from="2023-05-04", status="published", owner=person,
    )  # fmt: skip
    partner = get("partners", "Partner").objects.create(
        name="Partner", slug="partner", sector="third", summary="A charity.", status="published"
    )
    partner.wards.add(ward)
    picture = get("cms", "Image").objects.create(
        master="images/a.jpg", preview="images/b.jpg", width=2000, height=1000, preview_width=960,
        alternative_text="Children on a stage", credit="Ada", uploaded_by=person,
    )  # fmt: skip
    programme = get("programmes", "Programme").objects.create(
        title="Programme", slug="programme", summary="To join.", audience="Everyone", status="published",
        picture=picture,
    )  # fmt: skip
    get("programmes", "Involvement").objects.create(programme=programme, partner=partner, role="1-lead")
    get("programmes", "HeadlineFigure").objects.create(
        programme=programme, value=33, unit="schools", what="schools", source=source
    )

    now = at(latest())

    kept = now.get_model("programmes", "Programme").objects.get(slug="programme")
    assert kept.figures.get().source.key == "report"
    assert kept.involvements.get().partner.wards.get().owner.email == "kept@example.org"
    assert kept.pictures.get().image.credit == "Ada"
    histories = now.get_model("cms", "HistoricalImage").objects
    assert histories.get(id=picture.pk).alternative_text == "Children on a stage"
