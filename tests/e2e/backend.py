#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Backends that answer with their own name: NAME=PROTOCOL:ADDRESS:PORT, as many as one likes.

http and https answer a JSON object: what was asked, by which backend, and how many requests it has
had; ?answer-NAME=VALUE adds a header to the answer, ?delay=SECONDS lets it wait. tcp answers every
line, udp every datagram with "NAME: " before it. grpc answers every call with an empty message, its
name in the header x-backend. Prints "ready" when all of them listen."""
import argparse
import itertools
import json
import signal
import socket
import socketserver
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit


class HttpHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def answer(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = json.dumps({
            "backend": self.server.name,
            "method": self.command,
            "path": self.path,
            "host": self.headers.get("host"),
            "headers": {name: ",".join(self.headers.get_all(name)) for name in map(str.lower, self.headers)},
            "count": next(self.server.count),
        }).encode() + b"\n"
        query = dict(parse_qsl(urlsplit(self.path).query))
        time.sleep(float(query.get("delay", 0)))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        for name, value in query.items():
            if name.startswith("answer-"):
                self.send_header(name.removeprefix("answer-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_):
        pass


class TcpHandler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(self.server.name.encode() + b": " + line)


class UdpHandler(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.server.name.encode() + b": " + self.rfile.read())


class GrpcHandler(socketserver.StreamRequestHandler):
    """Just enough of HTTP/2 with prior knowledge (RFC 9113): what is asked is not looked at."""

    SETTINGS, PING = 4, 6
    END_STREAM, END_HEADERS, ACK = 1, 4, 1

    @staticmethod
    def literal(name, value):
        """A header field that enters no table, its name and value as they are (RFC 7541, 6.2.2)."""
        return b"\0" + b"".join(bytes([len(text)]) + text for text in (name.encode(), value.encode()))

    def send(self, kind, flags, stream, payload=b""):
        self.wfile.write(len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload)

    def answer(self, stream):
        status_200 = b"\x88"
        self.send(1, self.END_HEADERS, stream, status_200 + self.literal("content-type", "application/grpc")
                  + self.literal("x-backend", self.server.name))
        self.send(0, 0, stream, bytes(5))
        self.send(1, self.END_HEADERS | self.END_STREAM, stream, self.literal("grpc-status", "0"))

    def handle(self):
        self.rfile.read(len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        self.send(self.SETTINGS, 0, 0)
        while len(head := self.rfile.read(9)) == 9:
            kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
            payload = self.rfile.read(int.from_bytes(head[:3], "big"))
            if kind in (self.SETTINGS, self.PING) and not flags & self.ACK:
                self.send(kind, self.ACK, 0, payload if kind == self.PING else b"")
            elif kind in (0, 1) and flags & self.END_STREAM:
                self.answer(stream)


HANDLERS = {"grpc": GrpcHandler, "http": HttpHandler, "https": HttpHandler, "tcp": TcpHandler, "udp": UdpHandler}


def server_of(text, pair):
    name, _, where = text.partition("=")
    protocol, _, where = where.partition(":")
    address, _, port = where.rpartition(":")
    address = address.strip("[]")
    base = socketserver.ThreadingUDPServer if protocol == "udp" else socketserver.ThreadingTCPServer
    kind = type("Server", (base,), {
        "address_family": socket.AF_INET6 if ":" in address else socket.AF_INET,
        "allow_reuse_address": True,
        "daemon_threads": True,
        "request_queue_size": 128,
        "name": name,
        "count": itertools.count(1),
    })
    server = kind((address, int(port)), HANDLERS[protocol])
    if protocol == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"), help="the pair of https backends")
    parser.add_argument("backends", nargs="+", metavar="NAME=PROTOCOL:ADDRESS:PORT")
    arguments = parser.parse_args()
    for text in arguments.backends:
        try:
            server = server_of(text, arguments.tls)
        except OSError as error:
            raise SystemExit(f"backend {text}: {error}") from None
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
