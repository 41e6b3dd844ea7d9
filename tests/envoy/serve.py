#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What generated.json does in the real Envoy (ENVOY), with backends on loopback: rewrites, redirects,
headers, the share of an unresolved backend, and endpoints that refuse or swallow connections.
Without ENVOY skipped, loudly; a failure where CI=true."""
import http.client
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

SKIPPED = 77
HERE = pathlib.Path(os.environ.get("srcdir", pathlib.Path(__file__).parents[2])) / "tests/envoy"
LISTEN = "127.64.249.1"
HTTP_PORT, TCP_PORT, STICKY_PORT, DEAD_PORT = 10080, 10081, 10082, 10083


class Backend(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps({"path": self.path, "headers": list(self.headers.items())}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def backend():
    server = http.server.ThreadingHTTPServer(("127.64.249.2", 0), Backend)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address


def refusing():
    """An address at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.64.249.3", 0))
        return one.getsockname()


def swallowing(keep):
    """An address that answers no SYN: its queue is full."""
    one = socket.socket()
    one.bind(("127.64.249.4", 0))
    one.listen(0)
    keep.append(one)
    for _ in range(3):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(one.getsockname())
        keep.append(filler)
    return one.getsockname()


def endpoints(name, addresses):
    made = [{"endpoint": {"address": {"socket_address": {"address": ip, "port_value": port}}}}
            for ip, port in addresses]
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": made}]}


def static(cluster, name, addresses):
    made = dict(cluster, name=name, type="STATIC", load_assignment=endpoints(name, addresses))
    del made["eds_cluster_config"]
    return made


def listener(made, name, port):
    made = json.loads(json.dumps(made))
    made["name"] = name
    made["address"]["socket_address"].update(address=LISTEN, port_value=port)
    return made


def bootstrap(live, dead):
    generated = json.loads((HERE / "generated.json").read_text())
    made = json.loads((HERE / "bootstrap-socket.json").read_text())
    del made["dynamic_resources"]
    http_cluster, tcp_cluster = generated["cluster"]["http"], generated["cluster"]["tcp"]
    del tcp_cluster["transport_socket"]
    web = listener(generated["listener"]["http"], "web", HTTP_PORT)
    manager = web["filter_chains"][0]["filters"][0]["typed_config"]
    del manager["rds"]
    manager["route_config"] = dict(generated["routes"]["routes"], validate_clusters=False)
    tcp = listener(generated["listener"]["tcp"], "tcp", TCP_PORT)
    sticky = listener(generated["listener"]["tcp"], "sticky", STICKY_PORT)
    sticky["filter_chains"][0]["filters"][0]["typed_config"]["cluster"] = "sticky"
    nobody = listener(generated["listener"]["tcp"], "nobody", DEAD_PORT)
    nobody["filter_chains"][0]["filters"][0]["typed_config"]["cluster"] = "nobody"
    made["static_resources"]["listeners"] = [web, tcp, sticky, nobody]
    made["static_resources"]["clusters"] += [
        static(http_cluster, "http", [*dead, live]), static(http_cluster, "grpc", [live]),
        static(http_cluster, "empty", [live]), static(tcp_cluster, "tcp", [*dead, live]),
        static(generated["cluster"]["tcp-sticky"], "sticky", [*dead, live]),
        static(http_cluster, "nobody", [dead[0], dead[0]])]
    return made


def get(path, host="a.example.com:10080", headers=None, port=HTTP_PORT):
    connection = http.client.HTTPConnection(LISTEN, port, timeout=20)
    connection.request("GET", path, headers={"Host": host, **(headers or {})})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, json.loads(body) if body.startswith(b"{") else body


def check(name, got, wanted):
    if got != wanted:
        print(f"{name}: {got!r}, wanted {wanted!r}", file=sys.stderr)
        check.failed = True


check.failed = False


def paths():
    for path, wanted in {"/old": "/new", "/old/a?q=1": "/new/a?q=1", "/older": "/base/older",
                         "/cut": "/", "/cut/": "/", "/cut/a/b?q": "/a/b?q", "/full?q=1": "/one\\1?q=1",
                         "/": "/base/", "//x//y": "/base/x/y", "/x%2Fy": "/base/x/y"}.items():
        answer, body = get(path)
        check(path, body["path"] if answer.status == 200 else answer.status, wanted)


def redirects():
    for path, status, wanted in [
            ("/secure/a?q", 301, "https://a.example.com:443/secure/a?q"),
            ("/moved/a?q", 302, "https://c.example.com/all?q"),
            ("/a.b", 308, "http://a.example.com:8080/"), ("/a.b/c?q", 308, "http://a.example.com:8080/c?q")]:
        answer, _ = get(path)
        check(path, (answer.status, answer.headers["location"]), (status, wanted))
    check("/axb is no /a.b", get("/axb")[1]["path"], "/base/axb")


def headers():
    answer, body = get("/old", headers={"x-gone": "1", "x-set": "mine", "x-add": "mine",
                                        "x-forwarded-for": "192.0.2.9"})
    sent = {}
    for name, value in body["headers"]:
        sent.setdefault(name.lower(), []).append(value)
    check("set", sent.get("x-set"), ["100%"])
    check("add", sent.get("x-add"), ["mine", "v"])
    check("remove", sent.get("x-gone"), None)
    check("response", answer.headers["x-answer"], "%REQ(a)%")
    check("host rewritten", sent["host"], ["b.example.com"])
    check("host kept", dict(get("/")[1]["headers"])["host"], "a.example.com:10080")
    check("the client's address is added", sent["x-forwarded-for"][0].count(","), 1)
    matched, _ = get("/v1/x?q=a b&r=2".replace(" ", "%20"), headers={"x-env": "canary", "x-id": "5"})
    check("raw query", matched.status, 200)


def answers():
    check("unresolved alone", get("/none", host="other")[0].status, 500)
    check("no rule", get("/some", host="other")[0].status, 404)
    statuses = [get("/weighted")[0].status for _ in range(300)]
    share = statuses.count(500) / len(statuses)
    check("only 200 and 500", set(statuses), {200, 500})
    check("half of them are 500", 0.38 < share < 0.62, True)


def dead_endpoints():
    """No request fails, and most of them notice nothing."""
    times = []
    for _ in range(20):
        for name, port in (("http", HTTP_PORT), ("tcp", TCP_PORT), ("sticky tcp", STICKY_PORT)):
            began = time.monotonic()
            check(f"{name} skips the dead", get("/", port=port)[0].status, 200)
            times.append(time.monotonic() - began)
    times.sort()
    print(f"{len(times)} requests, 2 of 3 endpoints dead: median {times[30]:.3f} s, slowest {times[-1]:.2f} s")
    check("most are not slow", times[30] < 0.25, True)


def nobody_lives():
    began = time.monotonic()
    try:
        get("/", port=DEAD_PORT)
        check("nobody lives", "answered", "closed")
    except (http.client.HTTPException, ConnectionError):
        pass
    check("soon told", time.monotonic() - began < 8, True)


def wait_for(port):
    for _ in range(400):
        try:
            socket.create_connection((LISTEN, port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("Envoy does not listen")


def main():
    envoy = os.environ.get("ENVOY")
    if not envoy:
        print("SKIPPED: ENVOY does not name an Envoy", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else SKIPPED
    keep = []
    dead = [refusing(), swallowing(keep)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "bootstrap.json"
        path.write_text(json.dumps(bootstrap(backend(), dead)))
        process = subprocess.Popen([envoy, "--disable-hot-restart", "--concurrency", "2", "-c", path,
                                    "--log-level", "error"], cwd=folder)
        try:
            wait_for(HTTP_PORT)
            for step in (dead_endpoints, paths, redirects, headers, answers, nobody_lives):
                step()
        finally:
            process.kill()
            process.wait()
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
