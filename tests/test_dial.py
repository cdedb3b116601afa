from __future__ import annotations

import pytest

from corpus.dial import Dial, is_public, system_addresses
from corpus.errors import NotFetched


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.220.27",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "198.18.0.149",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2002:a00:1::1",
    ],
)
def test_addresses_that_no_official_site_has(address):
    assert not is_public(address)


def test_one_inner_address_among_public_ones_is_enough_to_refuse():
    dial = Dial(resolve=lambda host, port: [("8.8.8.8", port), ("10.0.0.8", port)])
    with pytest.raises(NotFetched, match=r"www\.gov\.cn 指向内网或保留地址 10\.0\.0\.8"):
        dial.addresses("www.gov.cn", 443)


def test_public_ones_are_passed_on_in_order():
    found = [("8.8.8.8", 443), ("2400:3200::1", 443)]
    assert Dial(resolve=lambda host, port: found).addresses("www.gov.cn", 443) == found


def test_the_system_resolves_names_and_says_which_it_cannot():
    assert ("127.0.0.1", 443) in system_addresses("localhost", 443)
    with pytest.raises(NotFetched, match=r"no-such-host\.invalid"):
        system_addresses("no-such-host.invalid", 443)
