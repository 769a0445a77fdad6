import pytest
from django.test import RequestFactory

from accounts.proving.networks import UNKNOWN, address_of, network_of

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
    ],
)
def test_only_our_proxy_is_believed(settings, connected, forwarded, address):
    settings.TRUSTED_PROXIES = [PROXY]

    assert address_of(request(connected, forwarded)) == address


def test_without_a_proxy_nobody_is_believed(settings):
    settings.TRUSTED_PROXIES = []

    assert address_of(request("203.0.113.7", "198.51.100.1")) == "203.0.113.7"


def test_a_household_with_many_addresses_is_one_network():
    assert network_of(request("2001:db8:1:2:3::9")) == network_of(request("2001:db8:1:2:aaaa::1"))
    assert network_of(request("2001:db8:1:2::1")) != network_of(request("2001:db8:1:3::1"))
    assert network_of(request("203.0.113.7")) == "203.0.113.7"
