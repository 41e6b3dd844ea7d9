# SPDX-License-Identifier: Apache-2.0
"""What of HTTP is served, and how all else is refused."""
import json

from site_under_test import JSON, Site, good


def content_types_of_json_accepted_others_refused(pki):
    with Site(pki) as site, site.peer() as peer:
        for kind in (JSON, "application/json;charset=utf-8", "application/json; charset=utf-8", "APPLICATION/JSON",
                     "application/json ; a=b"):
            assert peer.ask(kind=kind).status == 200, kind
        for kind in (None, "", "text/plain", "application/vnd.kubernetes.protobuf", "application/jsonx",
                     "application/json-patch+json", "application", "text/plain; application/json"):
            reply = site.ask(kind=kind)
            assert reply.status == 415, (kind, reply.status)
            assert reply.json()["kind"] == "Status" and reply.json()["code"] == 415
        assert peer.ask().json()["calls"] == 6


def method_of_no_route_refused_with_those_there_are(pki):
    with Site(pki) as site:
        for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD", "TRACE", "FOO"):
            reply = site.ask(method, "/echo", None, None)
            assert (reply.status, reply.header["allow"]) == (405, "POST"), method
        reply = site.ask("POST", "/healthz")
        assert (reply.status, reply.header["allow"]) == (405, "GET, HEAD")
        assert site.ask("HEAD", "/healthz", None, None).status == 200
        assert site.stats()["calls"] == 0


def path_of_no_route_not_found(pki):
    with Site(pki) as site, site.peer() as peer:
        for path in ("/", "//", "/..", "/%2e%2e", "/echo/", "/echo/..", "//echo", "/ECHO", "/%65cho", "/slow", "*",
                     "http://elsewhere/", "/echo%00", "/echo;x", "/?/echo"):
            reply = peer.ask("GET", path, None, None)
            assert reply.status in (400, 404), (path, reply.status)
        assert peer.ask("GET", "/healthz", None, None).status == 200
        for line in (b"CONNECT localhost:443 HTTP/1.1", b"PRI * HTTP/2.0", 
                     b"GET /healthz HTTP/3.7", b"\x00\x01\x02", b"GET", b"GET /healthz", b"{}"):
            status = broken(site, line + b"\r\nHost: localhost\r\n\r\n")
            assert status is None or 400 <= status < 600, (line, status)
        good(site)


def broken(site, data):
    """The status that the bytes are answered with; None: the connection is closed without one."""
    with site.peer() as peer:
        try:
            peer.send(data)
            return peer.reply().status
        except (EOFError, OSError):
            return None


def path_as_written_reaches_handler(pki):
    with Site(pki) as site:
        assert site.ask(path="/slow/0%2e%2E+x?a=b%20c").json()["path"] == "/slow/0%2e%2E+x"


def path_or_header_too_long_refused(pki):
    with Site(pki) as site:
        start = b"POST /echo HTTP/1.1\r\nHost: localhost\r\n"
        assert site.ask(path="/" + "a" * 3000).status == 414
        for data, statuses in ((b"GET /" + b"a" * 65536 + b" HTTP/1.1\r\nHost: a\r\n\r\n", (414, None)),
                               (start + b"A: " + b"b" * (1 << 20) + b"\r\n\r\n", (431, None)),
                               (start + b"".join(b"a%d: b\r\n" % i for i in range(10000)) + b"\r\n", (431, None))):
            assert broken(site, data) in statuses
            good(site)


def header_with_odd_lines_never_redirected(pki):
    with Site(pki) as site:
        body = b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        for data in (b"POST /echo HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n" + body,
                     b"POST /echo HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 2\n\n{}",
                     b"POST /echo HTTP/1.1\r\nHost: a\r\n: b\r\n" + body,
                     b"POST /echo HTTP/1.1\r\nHost: a\r\nno colon\r\n" + body,
                     b"POST /echo HTTP/1.1\r\n" + body,
                     b"\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\n" + body):
            status = broken(site, data)
            assert status in (200, 400, None), (data, status)
            good(site)


def framing_that_is_not_clear_refused_and_closed(pki):
    start = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    with Site(pki) as site:
        for lines in (b"Content-Length: 2\r\nContent-Length: 3\r\n", b"Content-Length: 2\r\nContent-Length: 2\r\n",
                      b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n",
                      b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"Content-Length: -2\r\n",
                      b"Transfer-Encoding: gzip, chunked\r\n", b"Content-Length: 2x\r\n", b"Content-Length: +2\r\n",
                      b"Content-Length: \r\n", b"Content-Length: 2, 2\r\n", b"Content-Length: 0x2\r\n"):
            with site.peer() as peer:
                peer.send(start + lines + b"\r\n{}")
                assert peer.reply().status == 400, lines
                assert peer.is_closed(), lines
        with site.peer() as peer:
            peer.send(start + b"Content-Length: 18446744073709551617\r\n\r\n{}")
            assert peer.reply().status == 413
        assert site.stats()["calls"] == 0
        good(site)


def body_up_to_ceiling_judged_above_refused(pki):
    limit = 7 * 1024 * 1024
    with Site(pki) as site:
        assert site.ask(body=b"x" * limit).json()["length"] == limit
        with site.peer() as peer:
            peer.send(f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\nContent-Length: {limit + 1}\r\n\r\n")
            assert peer.reply().status == 413, "refused before a byte of it came"
        assert chunked(site, [b"x" * (1 << 20)] * 7).json()["length"] == limit
        assert chunked(site, [b"x" * (1 << 20)] * 7 + [b"x"]).status == 413
        assert site.stats()["bytes_in_flight"] == 0
        assert site.stats()["calls"] == 2


def chunked(site, chunks):
    with site.peer() as peer:
        peer.send(f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n")
        for chunk in chunks:
            peer.send(b"%x\r\n" % len(chunk) + chunk + b"\r\n")
        peer.send(b"0\r\n\r\n")
        return peer.reply()


def body_empty_refused_and_connection_kept(pki):
    with Site(pki) as site, site.peer() as peer:
        assert peer.ask(body=b"").status == 400
        assert peer.ask(body=None).status == 400
        peer.send(f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        assert peer.reply().status == 400
        assert peer.ask().json()["calls"] == 1


def body_where_none_belongs_refused(pki):
    with Site(pki) as site:
        assert site.ask("GET", "/healthz", b"{}").status == 400
        assert site.ask("GET", "/healthz", b"").status == 200


def body_shorter_than_announced_never_judged(pki):
    with Site(pki, "request-ms=600") as site, site.peer() as peer:
        peer.send(f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\nContent-Length: 9\r\n\r\n{{}}")
        assert peer.is_closed()
        assert site.stats()["calls"] == 0


def chunks_that_are_broken_refused(pki):
    start = f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    with Site(pki, "request-ms=600") as site:
        for rest in (b"x\r\n{}\r\n0\r\n\r\n", b"-2\r\n{}\r\n", b"2{}\r\n0\r\n\r\n", b"fffffffffffffffff\r\n{}", b"2\r\n{}"):
            assert broken(site, start + rest) in (400, 413, None), rest
        assert site.stats()["calls"] == 0
        good(site)


def expectation_answered_before_body(pki):
    start = f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\nExpect: 100-continue\r\nContent-Length: "
    with Site(pki) as site:
        with site.peer() as peer:
            peer.send(start + "2\r\n\r\n")
            assert peer.line() == "HTTP/1.1 100 Continue" and peer.line() == ""
            peer.send("{}")
            assert peer.reply().status == 200
        with site.peer() as peer:
            peer.send(start + "8000000\r\n\r\n")
            assert peer.line().split()[1] == "413"


def timeout_of_caller_is_the_deadline(pki):
    with Site(pki) as site, site.peer() as peer:
        for query, low, high in (("?timeout=10s", 9000, 10000), ("?timeout=500ms", 1, 500), ("?timeout=1m30s", 14000, 15000),
                                 ("?a=b&timeout=2s&c", 1000, 2000), ("", 14000, 15000), ("?timeout=", 14000, 15000),
                                 ("?timeout=soon", 14000, 15000), ("?timeout=-1s", 14000, 15000), ("?x", 14000, 15000),
                                 ("?timeout=0s", 14000, 15000), ("?timeout=1.5s", 500, 1500)):
            left = peer.ask(path="/echo" + query).json()["left_ms"]
            assert low <= left <= high, (query, left)


def connection_kept_between_requests(pki):
    with Site(pki) as site, site.peer() as peer:
        for i in range(1, 201):
            assert peer.ask().json()["calls"] == i
        assert peer.ask("GET", "/nothing", None, None).status == 404
        assert peer.ask().status == 200
        assert peer.ask(header=["Connection: close"]).header["connection"].lower() == "close"
        assert peer.is_closed()
        assert site.stats()["connections"] == 2


def requests_sent_at_once_answered_in_order(pki):
    with Site(pki) as site, site.peer() as peer:
        one = f"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: {JSON}\r\nContent-Length: 2\r\n\r\n{{}}"
        peer.send(one * 20)
        assert [peer.reply().json()["calls"] for _ in range(20)] == list(range(1, 21))


def handler_that_redirects_is_an_error(pki):
    with Site(pki) as site:
        reply = site.ask("GET", "/redirect", None, None)
        assert reply.status == 500 and "location" not in reply.header


def same_request_many_times_leaves_nothing(pki):
    with Site(pki) as site, site.peer() as first, site.peer() as second:
        for i in range(2000):
            assert json.loads((first if i % 2 else second).ask().body)["length"] == 2
        now = site.stats()
        assert (now["bytes_in_flight"], now["in_flight"]) == (0, 1)
