"""Looks for a word in all that the portal keeps: every column of every table, and every file."""

from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from psycopg import sql

MARK = "zqxmarkqz"

_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"


def tables_with(word: str) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for (table,) in cursor.fetchall():
            query = sql.SQL("SELECT EXISTS (SELECT FROM {} AS row WHERE row::text ILIKE %s)")
            cursor.execute(query.format(sql.Identifier(table)), [f"%{word}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return sorted(found)


def files() -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def write_files(picture) -> list[str]:
    """As uploading and the worker do: two copies and a size."""
    names = [
        default_storage.save(f"stories/{picture.pk}-{kind}.jpg", ContentFile(MARK.encode()))
        for kind in ("master", "preview", "320")
    ]
    picture.master.name, picture.preview.name = names[:2]
    picture.save()
    picture.renditions.create(name="320.jpg", format="jpg", width=320, height=240, size=9, file=names[2])
    return names
