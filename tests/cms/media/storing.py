"""What the tests of kept pages share. Only committed changes count, so most of them commit."""

import pytest
from django.db import connection
from django.test import Client

committing = pytest.mark.django_db(transaction=True)


def database_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


class Reader:
    """Somebody who asks one worker again and again, and counts how often the database was asked for it."""

    def __init__(self, **headers):
        self.client = Client(headers=headers)

    def get(self, address="/", **headers):
        questions = []

        def count(execute, sql, params, many, context):
            questions.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            answer = self.client.get(address, headers=headers)
        answer.was_kept = len(questions) == 1 and answer.status_code in (200, 304)
        return answer


def edit(thing, **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
