"""Where a connection may lead: to the hosts that publish official texts, their addresses resolved here once, and none but public ones."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.errors import NotFetched

OFFICIAL_HOSTS = frozenset(
    {
        "flk.npc.gov.cn",
        "wb.flk.npc.gov.cn",
        "flkoss.obs-bj2.cucloud.cn",
        "www.gov.cn",
        "sousuo.www.gov.cn",
        "mca.gov.cn",
        "www.mca.gov.cn",
        "xxgk.mca.gov.cn",
        "xxgk.mca.gov.cn:8445",
    }
)
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet: not private, loopback, link-local, reserved or multicast, in any wrapping."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in NAT64:
            wrapped.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(inner is not None and not is_public(str(inner)) for inner in wrapped):
            return False
        if ip.ipv4_mapped is not None:
            return True
    return ip.is_global and not ip.is_multicast


def system_addresses(host: str, port: int) -> list[tuple[str, int]]:
    """(address, port) pairs as the system resolves the name. Raises NotFetched."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched(f"查不到 {host} 的地址，请检查这台机器能否上网", pause=True) from error
    return list(dict.fromkeys((str(entry[4][0]), int(entry[4][1])) for entry in found))


@dataclass(frozen=True, slots=True)
class Dial:
    """How names become connections. The defaults are the product; tests put a loopback site behind the official names."""

    resolve: Callable[[str, int], Sequence[tuple[str, int]]] = system_addresses
    permits: Callable[[str], bool] = is_public
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def addresses(self, host: str, port: int) -> Sequence[tuple[str, int]]:
        """The addresses to connect to, all permitted. Raises NotFetched where the name leads to even one that is not."""
        found = self.resolve(host, port)
        for address, _ in found:
            if not self.permits(address):
                raise NotFetched(f"{host} 指向内网或保留地址 {address}，已拒绝连接", pause=True)
        return found
