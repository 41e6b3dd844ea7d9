# SPDX-License-Identifier: Apache-2.0
"""From the command line to the last reply."""
import os
import shutil
import signal
import subprocess
import threading
import time

from exposition import Metrics
from guard import PATIENCE, Client, load_balancer, review

MORE = os.environ.get("MANAGER_TEST_SECONDS", "3")


class _Load:
    """Clients that ask without pause, as the API server does: for as long as the guard says that it is ready,
    and the kubelet and the endpoints controller take a second to notice."""

    def __init__(self, place, threads=4, lag=1.0):
        self.place, self.lag = place, lag
        self.stop, self.troubles, self.replies = threading.Event(), [], 0
        self.threads = [threading.Thread(target=self.run) for _ in range(threads)]

    def ask(self, client):
        for webhook, ip in (("validate", "10.1.2.3"), ("mutate", "10.1.2.3"), ("validate", "169.254.169.254")):
            reply = client.review(review(load_balancer(ip)), webhook, "?timeout=5s")
            assert reply.status == 200 and reply.allowed == (ip == "10.1.2.3"), reply.body
            self.replies += 1
            if reply.headers.get("Connection") == "close":
                client.connection.close()

    def run(self):
        try:
            with Client(self.place) as client:
                while not self.stop.is_set():
                    self.ask(client)
        except Exception as error:
            self.troubles.append(repr(error))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *what):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        assert not self.troubles, self.troubles
        assert self.replies > 30, self.replies


def _ready(place):
    with Client(place, with_certificate=False) as client:
        return client.ask("GET", "/readyz").status == 200


def steady_requests_while_it_leaves_none_failed(place):
    place.start(shutdown_delay=None)
    begin = time.monotonic()
    with _Load(place) as load:
        time.sleep(0.5)
        begin = time.monotonic()
        place.process.send_signal(signal.SIGTERM)
        place.wait(lambda: not _ready(place), "it says that it is not ready")
        time.sleep(load.lag)
        assert place.process.poll() is None
    assert place.process.wait(timeout=PATIENCE) == 0
    assert 4 < time.monotonic() - begin < 15, time.monotonic() - begin


def idle_connections_do_not_hold_it(place):
    place.start()
    with Client(place) as client:
        assert client.review(review(load_balancer())).allowed
        begin = time.monotonic()
        place.stop()
        assert time.monotonic() - begin < 15


def told_twice_leaves_at_once(place):
    place.start(shutdown_delay="60")
    place.process.send_signal(signal.SIGTERM)
    place.wait(lambda: not _ready(place), "it has heard")
    begin = time.monotonic()
    place.process.send_signal(signal.SIGTERM)
    assert place.process.wait(timeout=PATIENCE) == 0
    assert time.monotonic() - begin < 5


def interrupted_leaves(place):
    place.start()
    place.process.send_signal(signal.SIGINT)
    assert place.process.wait(timeout=PATIENCE) == 0


def _expiry(place):
    with Client(place) as client:
        return Metrics(client.ask("GET", "/metrics").text()).sum("kubelb_webhook_certificate_expiration_timestamp_seconds")


def _issue(place, name, days):
    """A serving pair that ends after so many days."""
    authority, pair = place.keys.authority, [os.path.join(place.folder, f"{name}.{part}") for part in ("crt", "key")]
    subprocess.run(["openssl", "req", "-x509", "-CA", authority.certificate, "-CAkey", authority.key, "-newkey", "ec",
                    "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", str(days), "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "extendedKeyUsage=serverAuth",
                    "-addext", "basicConstraints=critical,CA:FALSE", "-out", pair[0], "-keyout", pair[1]],
                   check=True, capture_output=True)
    return pair


def _install(place, pair):
    for source, target in zip(pair, place.pair):
        shutil.copy(source, target + "~")
        os.replace(target + "~", target)


def new_certificate_taken_when_told(place):
    pair = _issue(place, "new", 90)
    place.start()
    before = _expiry(place)
    _install(place, pair)
    place.process.send_signal(signal.SIGHUP)
    place.wait(lambda: _expiry(place) != before, "the new one is in use")
    place.stop()


def readiness_ends_when_a_short_lived_certificate_has_no_successor(place):
    _install(place, _issue(place, "short", 1))
    place.start()
    time.sleep(1.1)  # less than a day is left
    assert _ready(place)
    _install(place, [os.devnull, place.pair[1]])
    place.process.send_signal(signal.SIGHUP)
    place.wait(lambda: not _ready(place), "it is not ready any longer")
    with Client(place) as client:
        assert client.review(review(load_balancer())).allowed, "and judges all the same"
        metrics = Metrics(client.ask("GET", "/metrics").text())
    assert metrics.sum("kubelb_webhook_certificate_reload_failures_total") >= 1
    _install(place, _issue(place, "long", 90))
    place.process.send_signal(signal.SIGHUP)
    place.wait(lambda: _ready(place), "it is ready with the mended pair")
    place.stop()
    assert "expires in 23 hours" in place.log() or "expires in 24 hours" in place.log(), place.log()


def failed_reload_of_a_long_lived_certificate_stays_ready(place):
    place.start()
    _install(place, [place.pair[0], place.keys.client[1]])
    place.process.send_signal(signal.SIGHUP)

    def failures():
        with Client(place) as client:
            return Metrics(client.ask("GET", "/metrics").text()).sum("kubelb_webhook_certificate_reload_failures_total")
    place.wait(lambda: failures() >= 1, "the failure is counted")
    assert _ready(place)
    place.stop()


def mixed_reviews_rotations_and_policy_changes_none_failed(place):
    """Under the thread sanitizer a report makes the guard end with another status than 0."""
    pairs = [_issue(place, "one", 90), _issue(place, "two", 91)]
    config = open(os.path.join(place.policy, "config.yaml"), encoding="utf-8").read()
    place.start()
    with _Load(place) as load:
        end, turn = time.monotonic() + float(MORE), 0
        while time.monotonic() < end:
            turn += 1
            _install(place, pairs[turn % 2])
            place.write("config.yaml", config.replace("{}", "{}" if turn % 2 else "{endpointPolicy: {allowedCIDRs: [127.0.0.0/8]}}"))
            place.write("blue/web.yaml", f"# {turn}\n")
            if turn % 3 == 0:
                place.process.send_signal(signal.SIGHUP)
            with Client(place) as client:
                Metrics(client.ask("GET", "/metrics").text())
            time.sleep(0.1)
        assert load.replies > 0
    place.stop()


def wrong_command_lines_refused(place):
    other = place.keys.client[1]
    table = [
        ({"webhooks_only": None}, "only --webhooks-only can be run so far"),
        ({"webhook_address": None}, "needs --webhook-address"),
        ({"tls_cert": None}, "needs --tls-cert and --tls-key"),
        ({"policy": None}, "needs --policy"),
        ({"client_ca": None}, "needs one of --client-ca and --insecure-any-client"),
        ({"insecure_any_client": True}, "needs one of --client-ca and --insecure-any-client"),
        ({"client_ca": None, "insecure_any_client": True, "client_name": "x"}, "--client-name goes with --client-ca"),
        ({"shutdown_delay": "soon"}, "--shutdown-delay takes 0 to 3600 seconds, not soon"),
        ({"threads": "-1"}, "--threads takes 0 to 256, not -1"),
        ({"url": "https://a:1"}, "--url, --service and --ca-bundle go with --print-webhooks"),
        ({"webhook_address": "nowhere"}, "nowhere"),
        ({"tls_key": "/absent"}, "/absent"),
        ({"tls_key": other}, other),
        ({"client_ca": "/absent"}, "/absent"),
        ({"print_webhooks": True, "url": "http://a"}, "--url takes https://HOST:PORT, not http://a"),
        ({"print_webhooks": True, "service": "a b"}, "--service takes NAMESPACE/NAME[:PORT], not a b"),
        ({"print_webhooks": True, "service": "a/b", "url": "https://a"}, "takes one of --url and --service"),
    ]
    for options, wanted in table:
        status, said = place.run(**options)
        assert status == 2 and wanted in said, (options, status, said)


def expired_certificate_refused_at_start(place):
    if subprocess.run(["openssl", "x509", "-help"], capture_output=True, text=True, check=False).stderr.find("-days") < 0:
        return
    request = os.path.join(place.folder, "request")
    subprocess.run(["openssl", "req", "-new", "-key", place.pair[1], "-subj", "/CN=old", "-out", request], check=True,
                   capture_output=True)
    subprocess.run(["openssl", "x509", "-req", "-in", request, "-CA", place.keys.authority.certificate, "-CAkey",
                    place.keys.authority.key, "-days", "-1", "-out", place.pair[0]], check=True, capture_output=True)
    status, said = place.run()
    assert status == 2 and "expired" in said, (status, said)


def any_client_served_and_said_when_asked_for(place):
    place.start(client_ca=None, insecure_any_client=True)
    with Client(place, with_certificate=False) as client:
        assert client.review(review(load_balancer())).allowed
    place.stop()
    assert "warning" in place.log() and "--insecure-any-client" in place.log()
