import pytest
from django.test import RequestFactory

from accounts.authentication import networks
from accounts.authentication.networks import UNKNOWN, address_of, network_of

PROXY = "172.31.250.2"


def request(connected, forwarded=None):
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return RequestFactory().get("/", REMOTE_ADDR=connected, **extra)


@pytest.mark.parametrize(
    ("connected", "forwarded", "address"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # nobody asked them
        (PROXY, "198.51.100.1", "198.51.100.1"),
        (PROXY, "10.0.0.1, 198.51.100.1", "198.51.100.1"),  # what they wrote themselves stands before
        (PROXY, f"10.0.0.1, 198.51.100.1, {PROXY}", "198.51.100.1"),
        (PROXY, None, UNKNOWN),
        (PROXY, "nonsense", UNKNOWN),
        ("", None, UNKNOWN),
        ("2001:db8::1", None, "2001:db8::1"),
        ("::ffff:203.0.113.7", None, "203.0.113.7"),
        (f"::ffff:{PROXY}", "198.51.100.1", "198.51.100.1"),
        (PROXY, "198.51.100.1:51514", "198.51.100.1"),  # some proxies write the port, too
        (PROXY, "[2001:db8::1]:443", "2001:db8::1"),
        (PROXY, "[2001:db8::1]", "2001:db8::1"),
        (PROXY, '"[2001:db8::1]:443"', "2001:db8::1"),
        (PROXY, "2001:db8::1", "2001:db8::1"),
        (PROXY, "198.51.100.1, unknown", UNKNOWN),  # what stands before it may be anybody's word
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "198.51.100.1, 10.9.9.9:80", "198.51.100.1"),
    ],
)
def test_only_our_proxy_is_believed(settings, connected, forwarded, address):
    settings.TRUSTED_PROXIES = [PROXY, "10.0.0.0/8"]

    assert address_of(request(connected, forwarded)) == address


def test_that_an_address_cannot_be_told_is_logged_once_and_without_it(settings, caplog):
    settings.TRUSTED_PROXIES = [PROXY]
    networks._log_unknown.cache_clear()

    for _ in range(3):
        address_of(request(PROXY, "198.51.100.300"))

    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "198.51" not in caplog.text


def test_without_a_proxy_nobody_is_believed(settings):
    settings.TRUSTED_PROXIES = []

    assert address_of(request("203.0.113.7", "198.51.100.1")) == "203.0.113.7"


def test_a_household_with_many_addresses_is_one_network():
    assert network_of(request("2001:db8:1:2:3::9")) == network_of(request("2001:db8:1:2:aaaa::1"))
    assert network_of(request("2001:db8:1:2::1")) != network_of(request("2001:db8:1:3::1"))
    assert network_of(request("203.0.113.7")) == "203.0.113.7"
