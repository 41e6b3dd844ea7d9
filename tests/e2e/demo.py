#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What ./dev run does once kubelb is built: serves examples/ and proves it with requests."""
import argparse
import errno
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile

from certificate import Authority
from kubelb import Kubelb

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 30
OFFSET = 10000
BACKENDS = ["echo-1=tcp:127.0.0.1:31000", "echo-2=tcp:127.0.0.2:31000", "shop=http:127.0.0.1:31001",
            "cart=http:127.0.0.1:31002", "api-stable=http:127.0.0.1:31003", "api-next=http:127.0.0.1:31004"]
LOW_PORT_PROBE = ("127.0.0.1", 81)
TLS = "blue/tls"


class Demo:
    def __init__(self, arguments):
        self.arguments = arguments
        self.examples = arguments.examples
        self.authority = os.path.join(self.examples, TLS, "ca.crt")
        self.offset = 0 if low_ports_allowed() else OFFSET
        self.wrong = 0
        self.backends = None
        self.kubelb = None

    def make_keys(self):
        """At first run only: a CA, and a Secret for the HTTPS host. The CA's key is thrown away."""
        manifest = os.path.join(self.examples, TLS, "secret.yaml")
        if os.path.exists(manifest):
            return
        os.makedirs(os.path.dirname(manifest), exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            authority = Authority(scratch)
            secret = authority.secret("secure-example-com", ["secure.example.com"])
            with open(authority.certificate, encoding="ascii") as certificate:
                put(self.authority, certificate.read(), 0o644)
            put(manifest, secret, 0o600)

    def start(self):
        self.make_keys()
        self.backends = subprocess.Popen([sys.executable, os.path.join(HERE, "backend.py"), *BACKENDS],
                                         stdout=subprocess.PIPE, text=True, start_new_session=True)
        if self.backends.stdout.readline() != "ready\n":
            raise SystemExit("the demo backends did not start, see above")
        more = ["--envoy", os.environ["ENVOY"]] if os.environ.get("ENVOY") else []
        if self.offset:
            print(f"ports below 1024 are not ours to bind: each is {self.offset} higher here\n")
            more += ["--port-offset", str(self.offset)]
        folder = os.path.dirname(self.arguments.kubelb)
        self.kubelb = Kubelb(self.arguments.kubelb, self.examples, os.path.join(folder, "run-state"),
                             os.path.join(folder, "run.log"), more)
        if not self.kubelb.wait_ready(0, PATIENCE):
            with open(self.kubelb.log, encoding="utf-8", errors="replace") as log:
                sys.stderr.write("".join(log.readlines()[-20:]))
            raise SystemExit(f"kubelb is not ready after {PATIENCE} s, see above")

    def stop(self):
        if self.kubelb:
            self.kubelb.stop()
        if self.backends:
            self.backends.kill()
            self.backends.wait()

    def place(self, target):
        """`tenant/kind/name:port` to the address and port where it is served."""
        path, _, port = target.rpartition(":")
        found = self.kubelb.address(f"{path}:{int(port) + self.offset}")
        if not found:
            raise SystemExit(f"the report gives {target} no address: see {self.kubelb.log}")
        return found

    def prove(self, command, expected, answer_of):
        """Runs a shell command, prints it with what answered, and counts it if that was not expected."""
        result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        status, backend = answer_of(result)
        good = backend in expected and status in ("200", "0")
        self.wrong += not good
        verdict = "" if good else f"  WRONG: expected {' or '.join(expected)} {result.stderr.strip()}"
        print(f"$ {command}\n  status {status}, answered by {backend}{verdict}\n", flush=True)

    def curl(self, target, url, *expected, options=""):
        ip, port = self.place(target)
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        shown = f":{port}" if port not in (80, 443) else ""
        self.prove(f"curl -sS -m 10 -w '%{{http_code}}\\n' --resolve {host}:{port}:{ip} {options}"
                   f"{scheme}://{host}{shown}/{path}", expected, curl_answer)

    def requests(self):
        ip, port = self.place("blue/LoadBalancer/echo:7000")
        self.prove(f"echo hello | nc -N -w 10 {ip} {port}", ("echo-1", "echo-2"), nc_answer)
        self.curl("blue/Ingress/shop:80", "http://shop.example.com/", "shop")
        self.curl("blue/Ingress/shop:80", "http://shop.example.com/cart/1", "cart")
        self.curl("blue/Gateway/front:80", "http://api.example.com/", "api-stable")
        self.curl("blue/Gateway/front:80", "http://api.example.com/", "api-next", options="-H 'version: next' ")
        self.curl("blue/Ingress/shop:443", "https://secure.example.com/", "shop",
                  options=f"--cacert {shlex.quote(os.path.relpath(self.authority))} ")

    def refusals(self):
        refused = [line for line in self.kubelb.current() if line.get("result") == "refused"]
        for line in refused:
            show(line)
        if not any(len(line["causes"]) > 1 for line in refused):
            print("  WRONG: examples/red should have been refused for several causes")
            self.wrong += 1

    def follow(self):
        """Prints what changes until kubelb ends or the user does."""
        print("\nready: edit examples/, Ctrl-C to stop", flush=True)
        seen = self.kubelb.mark()
        while self.kubelb.wait(lambda: self.kubelb.mark() > seen, 3600) or self.kubelb.process.poll() is None:
            for line in self.kubelb.lines[seen:]:
                show(line)
            seen = max(seen, self.kubelb.mark())
        raise SystemExit(f"kubelb ended by itself: see {self.kubelb.log}")


def low_ports_allowed():
    with socket.socket() as probe:
        try:
            probe.bind(LOW_PORT_PROBE)
        except OSError as error:
            return error.errno != errno.EACCES
    return True


def put(path, text, mode):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="ascii") as file:
        file.write(text)


def curl_answer(result):
    body, _, status = result.stdout.rstrip("\n").rpartition("\n")
    try:
        return status, json.loads(body)["backend"]
    except (ValueError, KeyError, TypeError):
        return status or result.returncode, "nobody"


def nc_answer(result):
    return str(result.returncode), result.stdout.split(":")[0] or "nobody"


def show(line):
    if line.get("result") == "ready":
        return
    print(f"{line.get('tenant') or 'operator'}: {line.get('kind')} {line.get('namespace')}/{line.get('name')}"
          f" ({line.get('file')}:{line.get('line')}): {line.get('result')}")
    for cause in line.get("causes") or []:
        print(f"  {cause['rule']} {cause['field']}: {cause['message']}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kubelb", required=True)
    parser.add_argument("--examples", default="examples")
    parser.add_argument("--once", action="store_true", help="leave after the proof")
    demo = Demo(parser.parse_args())
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        demo.start()
        demo.requests()
        demo.refusals()
        if not demo.arguments.once:
            demo.follow()
    except KeyboardInterrupt:
        print()
    finally:
        demo.stop()
    return 1 if demo.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
