"""The contract with aioice and asyncio, and the adapter built on it."""

from __future__ import annotations

import asyncio
import gc
import inspect
import socket
import struct
from contextlib import asynccontextmanager
from importlib.metadata import version

import pytest
from aioice import Connection, ice, stun

from bridge.media.core.stun import StunMalformed, binding_response, parse_binding_request
from bridge.media.dtls import Dtls, certificate, fingerprint
from bridge.media.ice import IceClient, IceFailed, asking_every, gathering_only
from bridge.media.plane import Candidate
from bridge.media.tcp import TcpPort

SERVER_CERTIFICATE = certificate()
CLIENT_CERTIFICATE = certificate()
RTP = struct.pack("!BBHII", 0x80, 111, 1, 960, 1234) + b"sound"
PWD = "serverserverserverserver"


@pytest.fixture(autouse=True)
async def nothing_is_left_over():
    """After each test: no task but its own, and no loop error."""
    errors: list[dict] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    yield errors
    gc.collect()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert errors == []


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is awaited has no event of its own
            await asyncio.sleep(0)


def test_the_version_is_the_one_the_laws_were_tried_with():
    assert version("aioice") == "0.13.0"


def test_the_private_names_of_aioice_are_there():
    connection = Connection(ice_controlling=True)
    for name in (
        "_local_candidates",
        "_local_candidates_start",
        "_local_candidates_end",
        "_protocols",
        "_nominated",
        "_query_consent_task",
        "get_component_candidates",
        "remote_is_lite",
    ):
        assert hasattr(connection, name), name
    assert list(inspect.signature(ice.get_host_addresses).parameters) == ["use_ipv4", "use_ipv6"]


async def test_the_datagram_transport_reads_as_much_as_its_max_size_says():
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    assert transport.max_size == 256 * 1024
    assert transport.get_write_buffer_size() == 0
    assert "recvfrom(self.max_size)" in inspect.getsource(type(transport))
    transport.close()
    await asyncio.sleep(0)


class LiteServer(asyncio.DatagramProtocol):
    """What the media plane does with its ports, as small as can be, over real sockets."""

    def __init__(self):
        self.requests = []
        self.media = []
        self.silent = False
        self.ufrag = "srv1"
        self.tcp = None

    def connection_made(self, transport):
        self.transport = transport
        self.address = transport.get_extra_info("sockname")

    def listen(self, host):
        self.tcp = TcpPort(
            [host],
            0,
            on_datagram=lambda data, addr, _: self.datagram_received(data, addr),
            on_drop=lambda _: None,
            on_closed=lambda *_: None,
        )
        self.tcp.start(asyncio.get_running_loop())
        return Candidate(address=host, port=self.tcp.port, transport="tcp")

    def send(self, data, addr):
        if self.tcp is not None and addr[2:3] == ("tcp",):
            assert self.tcp.send(data, addr)
        else:
            self.transport.sendto(data, addr)

    def datagram_received(self, data, addr):
        if data[0] > 3:
            self.media.append((data, addr))
            return
        request = parse_binding_request(data)
        assert request.local_ufrag == self.ufrag
        assert request.authenticate(PWD)
        self.requests.append(request)
        if not self.silent:
            self.send(binding_response(request, addr, PWD), addr)


def udp(address):
    return Candidate(address=address[0], port=address[1])


@asynccontextmanager
async def lite_server(host):
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        LiteServer, local_addr=(host, 0)
    )
    yield protocol
    transport.close()
    if protocol.tcp is not None:
        protocol.tcp.close()
    await asyncio.sleep(0)


@pytest.fixture
async def server():
    async with lite_server("127.0.0.1") as it:
        yield it


class Site:
    def __init__(self, local_address="127.0.0.1"):
        self.heard: list[bytes] = []
        self.closed = 0
        self.ice = IceClient(
            local_address=local_address, on_datagram=self.heard.append, on_closed=self.close
        )

    def close(self):
        self.closed += 1

    async def connect(self, *candidates, ufrag="srv1", timeout_s=5.0, **how):
        await self.ice.connect(ufrag, PWD, candidates, timeout_s=timeout_s, **how)

    @property
    def way(self):
        return self.ice._way


@pytest.fixture
async def site(server):
    site = Site()
    await site.ice.gather()
    await site.connect(udp(server.address))
    yield site
    await site.ice.close()


async def talk(server, site, said=RTP):
    """A datagram each way; the address the server heard it from."""
    before = len(server.media)
    assert site.ice.send(said)
    await until(lambda: len(server.media) > before)
    data, addr = server.media[-1]
    assert data == said
    heard = len(site.heard)
    server.send(b"\x80back", addr)
    await until(lambda: len(site.heard) > heard)
    assert site.heard[-1] == b"\x80back"
    return addr


async def test_a_client_checks_nominates_and_then_talks_both_ways(server, site):
    assert [request.remote_ufrag for request in server.requests] == [site.ice.ufrag] * 2
    # a lite server is nominated by a check of its own (RFC 8445 8.1.1)
    assert [request.use_candidate for request in server.requests] == [False, True]
    assert all(request.ice_controlling for request in server.requests)
    assert site.way._transport.max_size == 2048
    assert site.ice.send(RTP)
    await until(lambda: server.media)
    datagram, (address, _) = server.media[0]
    assert (datagram, address) == (RTP, "127.0.0.1")
    server.transport.sendto(b"\x16dtls", server.media[0][1])
    server.transport.sendto(RTP, server.media[0][1])
    await until(lambda: len(site.heard) == 2)
    assert site.heard == [b"\x16dtls", RTP]
    assert site.closed == 0


async def test_strangers_and_broken_stun_are_not_heard(server, site):
    site.ice.send(RTP)
    await until(lambda: server.media)
    here = server.media[0][1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        for datagram in (RTP, b"", b"\x00", b"\x16" * 4000):
            stranger.sendto(datagram, here)
    broken = struct.pack("!HHI12sHHB3x", 1, 8, 0x2112A442, b"transaction!", 0x24, 1, 7)
    with pytest.raises(struct.error):
        stun.parse_message(broken)
    with pytest.raises(StunMalformed):
        parse_binding_request(broken)
    server.transport.sendto(broken, here)
    server.transport.sendto(b"\x80last", here)
    await until(lambda: site.heard)
    assert site.heard == [b"\x80last"]
    # nothing went into aioice's unbounded queue
    assert site.way._connection._queue.empty()


async def test_a_client_that_lost_consent_says_so_once(server, monkeypatch):
    monkeypatch.setattr(ice, "CONSENT_INTERVAL", 0.001)
    monkeypatch.setattr(ice, "CONSENT_FAILURES", 1)
    monkeypatch.setattr(stun, "RETRY_RTO", 0.01)
    site = Site()
    await site.ice.gather()
    await site.connect(udp(server.address))
    server.silent = True
    await until(lambda: site.closed)
    assert not site.ice.send(RTP)
    await site.ice.close()
    assert site.closed == 1


async def test_what_is_sent_while_aioice_closes_the_socket_is_dropped(site):
    site.way._transport.close()
    await asyncio.sleep(0)
    assert not site.ice.send(RTP)


async def test_closing_is_no_loss_and_may_be_done_twice(site):
    await site.ice.close()
    await site.ice.close()
    assert site.closed == 0
    assert not site.ice.send(RTP)


@pytest.mark.parametrize(
    "candidates",
    [
        (),
        (Candidate(address="127.0.0.1", port=9),),
        (Candidate(address="::1", port=9),),
        (Candidate(address="127.0.0.1", port=9, transport="tcp"),),
    ],
    ids=["none", "silent", "another family", "refused"],
)
async def test_without_an_answer_the_client_gives_up(candidates):
    site = Site()
    await site.ice.gather()
    with pytest.raises(IceFailed):
        await site.connect(*candidates, timeout_s=0.05)
    assert not site.ice.send(RTP)
    await site.ice.close()


async def test_who_is_given_up_while_it_closes_leaves_nothing_open(monkeypatch):
    client = IceClient(local_address="127.0.0.1", on_datagram=bytes, on_closed=str)
    await client.gather()
    bound = client._gathered._connection._protocols[0].transport
    # As it does while checks are under way that must end first.
    goes_on, closing = asyncio.Event(), client._gathered.close

    async def slowly():
        await goes_on.wait()
        await closing()

    monkeypatch.setattr(client._gathered, "close", slowly)
    trying = asyncio.create_task(client._discard_gathered())
    await asyncio.sleep(0)
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    assert not bound.is_closing()

    goes_on.set()
    await client.close()

    assert bound.is_closing()


async def test_an_address_that_is_not_ours_is_refused():
    site = Site(local_address="192.0.2.222")
    with pytest.raises(IceFailed, match=r"cannot bind 192\.0\.2\.222"):
        await site.ice.gather()
    await site.ice.close()


async def test_a_kernel_that_takes_no_more_means_a_dropped_datagram(site, monkeypatch):
    monkeypatch.setattr(site.way._transport, "get_write_buffer_size", lambda: 65537)
    assert not site.ice.send(RTP)


async def test_dtls_runs_over_ice(server, site):
    """The two adapters as the endpoint joins them."""
    client = Dtls(CLIENT_CERTIFICATE, "client", site.ice.send, on_closed=lambda _: None)
    site.way._on_datagram = client.feed
    peer: list[tuple[str, int]] = []
    far = Dtls(
        SERVER_CERTIFICATE,
        "server",
        lambda datagram: server.transport.sendto(datagram, peer[0]),
        on_closed=lambda _: None,
    )

    def receive(media):
        peer[:] = [media[1]]
        far.feed(media[0])

    server.media = type("Feeder", (), {"append": staticmethod(receive)})()
    await asyncio.gather(
        client.handshake([("sha-256", fingerprint(SERVER_CERTIFICATE))]),
        far.handshake([("sha-256", fingerprint(CLIENT_CERTIFICATE))]),
    )
    assert far.unprotect(client.protect(RTP)) == RTP
    assert client.unprotect(far.protect(RTP)) == RTP
    await client.close()
    await far.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_it_gets_through_over_both_families_and_both_transports(host, transport):
    async with lite_server(host) as server:
        site = Site(host)
        await site.ice.gather()
        await site.connect(udp(server.address), server.listen(host), transport=transport)
        addr = await talk(server, site)
        assert addr[0] == host
        assert (addr[2:3] == ("tcp",)) == (transport == "tcp")
        assert {request.remote_ufrag for request in server.requests} == {site.ice.ufrag}
        assert server.requests[-1].use_candidate
        await site.ice.close()


@pytest.mark.parametrize(
    ("offered", "taken"),
    [("udp tcp", "udp"), ("tcp udp", "udp"), ("tcp", "tcp")],
)
async def test_udp_is_first_and_tcp_for_those_who_are_offered_nothing_else(server, offered, taken):
    ours = {"udp": udp(server.address), "tcp": server.listen("127.0.0.1")}
    foreign = Candidate(address="2001:db8::7", port=9)
    site = Site()
    await site.ice.gather()
    await site.connect(foreign, *(ours[each] for each in offered.split()))
    assert (server.tcp._connections != {}) == (taken == "tcp")
    await talk(server, site)
    await site.ice.close()


@pytest.mark.parametrize(
    ("first", "second"), [("udp", "udp"), ("udp", "tcp"), ("tcp", "udp"), ("tcp", "tcp")]
)
async def test_a_restart_has_new_names_and_a_new_address_and_interrupts_nothing(
    server, first, second
):
    candidates = (udp(server.address), server.listen("127.0.0.1"))
    site = Site()
    await site.ice.gather()
    await site.connect(*candidates, transport=first)
    before = (site.ice.ufrag, site.ice.pwd)
    old = await talk(server, site)

    names = await site.ice.restart(local_address="127.0.0.2")
    assert names == (site.ice.ufrag, site.ice.pwd)
    assert not {*names} & {*before}
    assert await talk(server, site) == old  # it has no answer yet
    server.ufrag = "srv2"
    server.requests.clear()
    await site.connect(*candidates, ufrag="srv2", transport=second)

    new = await talk(server, site)
    assert new[0] == "127.0.0.2"
    assert {request.remote_ufrag for request in server.requests} == {names[0]}
    assert server.requests[-1].use_candidate
    assert site.closed == 0
    await site.ice.close()


async def test_a_restart_that_fails_leaves_the_old_way(server, site):
    old = await talk(server, site)
    await site.ice.restart()
    with pytest.raises(IceFailed):
        await site.connect(Candidate(address="127.0.0.1", port=9), timeout_s=0.05)
    assert await talk(server, site) == old


async def test_a_restart_begun_twice_or_never_finished_leaves_nothing_open(server, site):
    first = await site.ice.restart()
    second = await site.ice.restart()
    assert first != second
    await talk(server, site)


async def test_a_loss_during_a_restart_is_what_the_restart_is_for(server):
    candidate = server.listen("127.0.0.1")
    site = Site()
    await site.ice.gather()
    await site.connect(candidate)
    await site.ice.restart()
    server.tcp.hang_up(next(iter(server.tcp._connections)))
    await until(lambda: not site.ice.send(RTP))
    assert site.closed == 0

    await site.connect(candidate)
    await talk(server, site)
    server.tcp.hang_up(server.media[-1][1])
    await until(lambda: site.closed)
    await site.ice.close()
    assert site.closed == 1


async def test_names_are_long_enough_and_never_the_same():
    made = [(site.ice.ufrag, site.ice.pwd) for site in (Site() for _ in range(50))]
    assert len({ufrag for ufrag, _ in made} | {pwd for _, pwd in made}) == 100
    assert all(
        len(ufrag) >= 4 and len(pwd) >= 22 and (ufrag + pwd).isalnum() for ufrag, pwd in made
    )


async def test_stock_clients_can_be_told_to_gather_on_loopback():
    stock = ice.get_host_addresses
    connection = Connection(ice_controlling=True)
    with gathering_only("127.0.0.1"):
        await connection.gather_candidates()
    assert [candidate.host for candidate in connection.local_candidates] == ["127.0.0.1"]
    assert ice.get_host_addresses is stock
    await connection.close()


def test_stock_clients_can_be_told_to_ask_for_consent_more_often():
    stock = ice.CONSENT_INTERVAL
    assert stock == 5
    with asking_every(1):
        assert ice.CONSENT_INTERVAL == 1
    assert stock == ice.CONSENT_INTERVAL
