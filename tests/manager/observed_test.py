# SPDX-License-Identifier: Apache-2.0
"""What the guard tells of itself: metrics and the audit log."""
import base64
import json
import os
import re
import signal
import subprocess

from exposition import Metrics
from guard import load_balancer, review

LINE = {"time", "webhook", "uid", "operation", "kind", "namespace", "name", "tenant", "user", "dryRun", "allowed",
        "warnings", "patchOperations", "durationSeconds"}
SECRET = "a-password-that-nobody-tells"


def _metrics(client):
    reply = client.ask("GET", "/metrics")
    assert reply.status == 200 and reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return Metrics(reply.text())


def _sync_secret(**more):
    return {"apiVersion": "kubelb.k8c.io/v1alpha1", "kind": "SyncSecret",
            "metadata": {"name": "tls", "namespace": "tenant-blue"},
            "data": {"key": base64.b64encode(SECRET.encode()).decode()}, **more}


def decisions_counted_by_kind_tenant_and_rule(place):
    with place.guard() as client:
        for _ in range(3):
            assert client.review(review(load_balancer())).allowed
        assert client.review(review(load_balancer()), "mutate").allowed
        assert client.review(review(load_balancer("127.0.0.1"))).rules == {"LB004"}
        assert not client.review(review(load_balancer("127.0.0.1", namespace="tenant-red"), "tenant-red")).allowed
        assert client.post("/validate/routes", b"{").status == 400
        metrics = _metrics(client)
    decisions = "kubelb_admission_decisions_total"
    assert metrics.sum(decisions) == 6
    assert metrics.sum(decisions, kind="LoadBalancer", operation="CREATE", tenant="blue", allowed="true") == 4
    assert metrics.sum(decisions, tenant="blue", allowed="false") == 1
    assert metrics.sum(decisions, tenant="other", allowed="false") == 1
    assert metrics.sum("kubelb_admission_refusals_total", rule="LB004", kind="LoadBalancer", tenant="blue") == 1
    assert metrics.sum("kubelb_admission_duration_seconds_count", webhook="validate") == 5
    assert metrics.sum("kubelb_admission_duration_seconds_count", webhook="mutate") == 1
    assert metrics.sum("kubelb_webhook_requests_total", webhook="validate", code="200") == 5
    assert metrics.sum("kubelb_webhook_requests_total", webhook="validate", code="400") == 1
    assert metrics.sum("kubelb_audit_lines_dropped_total") == 0
    assert metrics.sum("kubelb_policy_tenants") == 1 and metrics.sum("kubelb_webhook_ready") == 1
    assert metrics.sum("kubelb_webhook_requests_in_flight") == 1  # the one that asks


def process_told(place):
    import time
    with place.guard() as client:
        metrics = _metrics(client)
        resident = int(open(f"/proc/{place.process.pid}/statm", encoding="ascii").read().split()[1]) * os.sysconf("SC_PAGESIZE")
        files = len(os.listdir(f"/proc/{place.process.pid}/fd"))
    assert abs(metrics.sum("process_resident_memory_bytes") - resident) < 8 << 20
    assert metrics.sum("process_open_fds") == files
    assert abs(metrics.sum("process_start_time_seconds") - time.time()) < 60
    ends = subprocess.run(["openssl", "x509", "-in", place.pair[0], "-noout", "-enddate", "-dateopt", "iso_8601"],
                          capture_output=True, text=True, check=True).stdout
    ends = re.search(r"=(.*)Z", ends)[1]
    told = metrics.sum("kubelb_webhook_certificate_expiration_timestamp_seconds")
    assert time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(told)) == ends


def labels_of_strangers_bounded(place):
    with place.guard() as client:
        for number in range(300):
            item = review(load_balancer(), f"tenant-{number}", operation=f"DO{number}")
            assert client.review(item).status == 200
        metrics = _metrics(client)
    assert metrics.values("kubelb_admission_decisions_total", "tenant") == {"other"}
    assert metrics.values("kubelb_admission_decisions_total", "operation") == {"other"}


def decision_told_in_one_line(place):
    with place.guard() as client:
        assert client.review(review(load_balancer(), dryRun=True)).allowed
        client.review(review(load_balancer(), dryRun=True), "mutate")
        client.review(review(load_balancer("127.0.0.1"), subResource="status"))
        client.post("/validate/routes", b"{")
    told = place.decisions()
    assert len(told) == 4
    assert set(told[0]) == LINE, told[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", told[0]["time"])
    wanted = {"webhook": "validate", "uid": review(load_balancer())["request"]["uid"], "operation": "CREATE",
              "kind": "LoadBalancer", "namespace": "tenant-blue", "name": "web", "tenant": "blue", "dryRun": True,
              "user": "system:serviceaccount:tenant-blue:kubelb-ccm", "allowed": True, "patchOperations": 0}
    assert {key: told[0][key] for key in wanted} == wanted
    assert told[1]["webhook"] == "mutate" and told[1]["patchOperations"] > 0
    assert told[2]["subresource"] == "status" and not told[2]["allowed"]
    assert told[2]["rules"] and all(set(cause) == {"rule", "field"} for cause in told[2]["causes"])
    assert told[3] == {"time": told[3]["time"], "webhook": "validate", "resource": "routes", "allowed": False,
                       "status": 400, "durationSeconds": told[3]["durationSeconds"]}


def secrets_never_told(place):
    encoded = base64.b64encode(SECRET.encode()).decode()
    with place.guard() as client:
        client.review(review(_sync_secret(type="kubernetes.io/tls")))
        client.review(review(_sync_secret(stringData={"key": SECRET})))
        client.review(review(_sync_secret(data={"key": "!" + SECRET})))
        client.review(review(_sync_secret(), operation="DELETE", object=None, oldObject=_sync_secret()))
        client.post("/validate/syncsecrets", json.dumps(review(_sync_secret())).encode()[:-3] + b"," + SECRET.encode())
        metrics = client.ask("GET", "/metrics").text()
    for text in (open(place.audit, encoding="ascii").read(), metrics, place.log()):
        assert SECRET not in text and encoded not in text
    assert len(place.decisions()) == 5


def texts_of_callers_forge_no_line(place):
    evil = 'x\n{"allowed":true}\r\x1b[31m\u2028\u009b\u202e" \\'
    with place.guard() as client:
        client.review(review(load_balancer(name=evil), name=evil, uid=evil, userInfo={"username": evil, "groups": []}))
        client.review(review(load_balancer(annotations={evil: 1}), name="x" * 100000))
        client.review(review(load_balancer(), subResource=evil, operation=evil, namespace=evil))
        metrics = _metrics(client)
    text = open(place.audit, "rb").read()
    assert all(0x20 <= byte < 0x7f or byte == 0x0a for byte in text)
    told = place.decisions()
    assert len(told) == 3 and told[0]["name"] == evil and told[0]["user"] == evil and told[0]["uid"] == evil
    assert len(told[1]["name"]) < 300 and not any(line["allowed"] for line in told)
    assert evil not in "".join(label for _, labels in metrics.samples for _, label in labels)
    assert not re.search(r"[^\x20-\x7e\n]", place.log())


def log_that_cannot_be_written_costs_lines_alone(place):
    with place.guard(audit="/dev/full") as client:
        for _ in range(50):
            assert client.review(review(load_balancer())).allowed
        place.wait(lambda: _metrics(client).sum("kubelb_audit_lines_dropped_total") == 50, "all are lost")
        assert _metrics(client).sum("kubelb_audit_lines_written_total") == 0
    assert place.log().count("audit log") == 1, place.log()


def reader_that_left_costs_lines_alone(place):
    there, here = os.pipe()
    place.start(stdout=here, audit="-")
    os.close(here)
    from guard import Client
    with Client(place) as client:
        assert client.review(review(load_balancer())).allowed
        assert json.loads(os.read(there, 65536))["allowed"]
        os.close(there)
        for _ in range(20):
            assert client.review(review(load_balancer())).allowed
        place.wait(lambda: _metrics(client).sum("kubelb_audit_lines_dropped_total") == 20, "they are lost")
    place.stop()
    assert place.log().count("audit log") == 1, place.log()


def reader_that_sleeps_holds_nobody_up(place):
    import time
    there, here = os.pipe()
    place.start(stdout=here, audit="-")
    os.close(here)
    from guard import Client
    with Client(place) as client:
        begin = time.monotonic()
        for _ in range(1000):  # more than a pipe takes
            assert client.review(review(load_balancer())).allowed
        assert time.monotonic() - begin < 20
    begin = time.monotonic()
    place.stop()
    assert time.monotonic() - begin < 10
    os.close(there)


def log_moved_away_opened_anew(place):
    with place.guard() as client:
        assert client.review(review(load_balancer())).allowed
        place.wait(lambda: os.path.getsize(place.audit), "the line is there")
        os.rename(place.audit, place.audit + ".1")
        place.process.send_signal(signal.SIGHUP)
        place.wait(lambda: os.path.exists(place.audit), "a new file")
        assert client.review(review(load_balancer("127.0.0.1"))).rules == {"LB004"}
    assert [line["allowed"] for line in place.decisions()] == [False]
    assert oct(os.stat(place.audit).st_mode & 0o777) == "0o600"


def log_in_no_folder_refused_at_start(place):
    status, said = place.run(audit="/absent/audit.jsonl")
    assert status == 2 and "audit log '/absent/audit.jsonl'" in said, said
