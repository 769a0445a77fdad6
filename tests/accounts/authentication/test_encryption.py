import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from accounts.authentication import encryption
from tests import make

SECRET = "JBSWY3DPEHPK3PXP"


def now(secret=SECRET):
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


@pytest.fixture
def factor(db):
    return TOTP.activate(make.user(), SECRET)


def test_the_database_holds_no_secret_that_can_be_read(factor):
    RecoveryCodes.activate(factor.instance.user)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().generate_codes()

    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = str(cursor.fetchall())

    assert SECRET not in stored
    assert not any(code in stored for code in codes)
    assert factor.validate_code(now())


def test_a_key_is_exchanged_without_anybody_noticing(factor, settings, capsys):
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    before = Authenticator.objects.get().data["secret"]
    settings.ENCRYPTION_KEYS = [new, old]

    call_command("rotate_keys")
    settings.ENCRYPTION_KEYS = [new]

    after = Authenticator.objects.get()
    assert after.data["secret"] != before
    assert after.wrap().validate_code(now())
    assert "Encrypted anew: 1" in capsys.readouterr().out


def test_a_lost_key_is_said_and_nothing_is_let_in(factor, settings):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS lacks"):
        Authenticator.objects.get().wrap().validate_code(now())


def test_a_malformed_key_is_named_and_not_quoted(settings):
    settings.ENCRYPTION_KEYS = ["no key at all"]

    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS is malformed") as raised:
        encryption.encrypt("x")

    assert "no key at all" not in str(raised.value)


def test_a_code_works_once_across_processes(factor):
    """Used codes are remembered in the database, not in one worker."""
    code = now()

    assert factor.validate_code(code)
    assert not Authenticator.objects.get().wrap().validate_code(code)
