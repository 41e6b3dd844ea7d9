# SPDX-License-Identifier: Apache-2.0
"""Deadlines and caps: the slow, the many and the too much, while an honest client is served."""
import contextlib
import json
import resource
import socket
import ssl
import statistics
import threading
import time

from site_under_test import JSON, Site, good

HEAD = f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\n".encode()


def honest_times(site, stop, times, troubles):
    """Asks without pause on one connection until stop is set."""
    try:
        with site.peer() as peer:
            while not stop.is_set():
                begin = time.monotonic()
                assert peer.ask().status == 200
                times.append(time.monotonic() - begin)
                time.sleep(0.002)
    except Exception as error:
        troubles.append(repr(error))


class Honest:
    """An honest client beside whatever goes on."""

    def __init__(self, site):
        self.stop, self.times, self.troubles = threading.Event(), [], []
        self.thread = threading.Thread(target=honest_times, args=(site, self.stop, self.times, self.troubles))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *what):
        self.stop.set()
        self.thread.join()

    def check(self):
        assert not self.troubles, self.troubles
        assert len(self.times) > 20, len(self.times)
        # Far below what a server that waits for the slow would show, far above a busy machine's noise.
        assert statistics.quantiles(self.times, n=100)[98] < 1, max(self.times)


def is_gone(peer):
    peer.settimeout(0)
    try:
        return peer.recv(65536) == b""
    except (ssl.SSLWantReadError, BlockingIOError):
        return False
    except OSError:
        return True


def dribble(peers, byte, within):
    """Sends a byte each now and then until the server has closed them all; returns how long that took."""
    begin, left = time.monotonic(), list(peers)
    while left and time.monotonic() - begin < within:
        for peer in left[:]:
            try:
                peer.settimeout(1)
                peer.send(byte)
            except OSError:
                left.remove(peer)
                continue
            if is_gone(peer):
                left.remove(peer)
        time.sleep(0.1)
    assert not left, f"{len(left)} of {len(peers)} are still open"
    return time.monotonic() - begin


def slow_clients_all_closed_while_honest_served(pki):
    each = 50
    with Site(pki, "header-ms=3000", "request-ms=4000") as site, contextlib.ExitStack() as open_ones:
        def tls():
            return open_ones.enter_context(site.peer()).tls

        with Honest(site) as honest:
            stalled = [open_ones.enter_context(socket.create_connection(("127.0.0.1", site.port))) for _ in range(each)]
            for raw in stalled:
                raw.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
            headers, bodies, deaf = ([tls() for _ in range(each)] for _ in range(3))
            # None of them reads: a reply of some MiB stays in the way.
            for peer in headers:
                peer.sendall(b"POST /ec")
            for peer in bodies:
                peer.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
            for peer in deaf:
                peer.sendall(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
            dribble(headers + bodies, b"a", 30)
            dribble(stalled, b"\x00", 30)
            site.wait(lambda now: now["refused"]["deadline"] >= 4 * each, 30)
            site.wait(lambda now: now["open"] == 2, 30)
        honest.check()
        good(site)


def connection_that_rests_is_kept(pki):
    with Site(pki, "header-ms=400", "request-ms=600") as site, site.peer() as peer:
        for _ in range(3):
            assert peer.ask().status == 200
            time.sleep(0.9)
        assert peer.ask().status == 200
        assert site.stats()["refused"]["deadline"] == 0


def stranger_that_rests_is_closed(pki):
    with Site(pki, "header-ms=400") as site, site.peer(()) as peer:
        assert peer.ask("GET", "/healthz", None, None).status == 200
        assert peer.is_closed(3)


def request_may_take_its_time_in_handler(pki):
    with Site(pki, "header-ms=300", "request-ms=5000") as site, site.peer() as peer:
        assert peer.ask(path="/slow/700").status == 200
        assert peer.ask().status == 200


def connections_over_ceiling_closed_until_one_leaves(pki):
    with Site(pki, "connections=10") as site, contextlib.ExitStack() as open_ones:
        peers = [open_ones.enter_context(site.peer()) for _ in range(10)]
        for peer in peers:
            assert peer.ask().status == 200
        for _ in range(5):
            try:
                with site.peer() as peer:
                    raise AssertionError("one more than the ceiling was served")
            except OSError:
                pass
        for peer in peers:
            assert peer.ask().status == 200
        peers.pop().tls.close()
        until = time.monotonic() + 5
        while True:
            try:
                assert site.stats()["refused"]["connections"] >= 5
                return
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)


def bytes_under_way_over_ceiling_refused_with_retry(pki):
    with Site(pki, "in-flight=100000") as site, contextlib.ExitStack() as open_ones:
        first, second, third = (open_ones.enter_context(site.peer()) for _ in range(3))
        first.send(HEAD + b"Content-Length: 60000\r\n\r\n" + b"x" * 50000)
        site.wait(lambda now: now["bytes_in_flight"] == 50000)
        reply = second.ask(body=b"x" * 50001)
        assert (reply.status, reply.header["retry-after"]) == (503, "1")
        third.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        third.send(b"%x\r\n" % 50001 + b"x" * 50001 + b"\r\n0\r\n\r\n")
        assert third.reply().status == 503
        first.send(b"x" * 10000)
        assert first.reply().json()["length"] == 60000
        site.wait(lambda now: now["bytes_in_flight"] == 0)
        assert third.ask(body=b"x" * 90000).status == 200
        now = site.stats()
        assert (now["bytes_in_flight"], now["refused"]["in_flight"]) == (0, 2)


def descriptors_used_up_then_recovers(pki):
    few = ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"]
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 200
    with Site(pki, "header-ms=60000", wrap=few) as site, contextlib.ExitStack() as open_ones:
        peer = open_ones.enter_context(site.peer())
        assert peer.ask().status == 200
        crowd = [open_ones.enter_context(socket.create_connection(("127.0.0.1", site.port))) for _ in range(120)]
        time.sleep(0.5)
        for _ in range(20):
            assert peer.ask().status == 200, "who is connected is served"
        refused = sum(is_gone(one) for one in crowd)
        assert 60 <= refused < 120, refused
        now = json.loads(peer.ask("GET", "/stats", None, None).body)
        assert now["refused"]["connections"] == refused, now
        for one in crowd:
            one.close()
        until = time.monotonic() + 5
        while True:
            try:
                good(site)
                return
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)


def client_that_vanishes_leaves_nothing(pki):
    with Site(pki) as site:
        for i in range(60):
            with site.peer() as peer:
                peer.send(HEAD + b"Content-Length: 1000\r\n\r\n" + b"x" * (i * 10) if i % 3 else
                          b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
                peer.tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        site.wait(lambda now: (now["open"], now["in_flight"], now["bytes_in_flight"]) == (1, 1, 0))
        good(site)


def log_of_strangers_doings_stays_short(pki):
    with Site(pki) as site:
        for _ in range(200):
            with socket.create_connection(("127.0.0.1", site.port)) as raw:
                raw.sendall(b"x" * 50)
                raw.settimeout(5)
                with contextlib.suppress(OSError):
                    raw.recv(100)
        site.wait(lambda now: now["refused"]["handshake"] == 200)
        assert site.text().count("\n") <= 3, site.text()
