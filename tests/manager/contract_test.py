# SPDX-License-Identifier: Apache-2.0
"""What the API server may rely on."""
import base64
import glob
import http.client
import json
import os
import re

from exposition import Metrics
from guard import JSON, RESOURCES, Client, load_balancer, review

DATA = os.environ.get("TEST_DATA", os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
BODY_MAX = 7 << 20


def _recorded():
    """The recorded reviews that no policy of their own decides: what to ask, and the reply of /mutate."""
    for path in sorted(glob.glob(os.path.join(DATA, "admission/*/*/review.json"))):
        folder = os.path.dirname(path)
        with open(path, encoding="utf-8") as file:
            item = json.load(file)
        kind = item["request"]["kind"]
        # The path says which kind is judged, so a version that there is not is told in other words.
        resource = RESOURCES.get(kind["kind"]) if kind["version"] == "v1alpha1" else None
        if resource and sorted(os.listdir(folder)) == ["reply.json", "review.json"]:
            with open(os.path.join(folder, "reply.json"), encoding="utf-8") as file:
                yield folder, resource, item, json.load(file)


def _decoded(reply):
    """The patch in plain, as it is recorded."""
    response = reply["response"]
    if isinstance(response.get("patch"), str):
        response["patch"] = json.loads(base64.b64decode(response["patch"]))
    return reply


def _without_absent(reply):
    """Here is an inventory, and nothing in it."""
    warnings = [text for text in reply["response"].pop("warnings", []) if "addressesReference" not in text]
    if warnings:
        reply["response"]["warnings"] = warnings
    return reply


def _without_patch(reply):
    return {**reply, "response": {key: value for key, value in reply["response"].items()
                                  if key not in ("patch", "patchType")}}


def recorded_reviews_answered_as_recorded(place):
    count = 0
    with place.guard() as client:
        for folder, resource, item, wanted in _recorded():
            count += 1
            reply = client.post(f"/validate/{resource}?timeout=5s", item)
            assert reply.status == 200 and reply.headers["Content-Type"] == "application/json", folder
            assert _without_absent(reply.json()) == _without_patch(wanted), folder
            if resource not in ("tenants", "configs"):
                reply = client.post(f"/mutate/{resource}?timeout=5s", item)
                assert reply.status == 200 and _without_absent(_decoded(reply.json())) == _decoded(wanted), folder
    assert count > 100, count


def uid_of_any_text_echoed(place):
    with place.guard() as client:
        for uid in ("x", "a" * 4096, "\u00e4\u20ac\U0001f600", 'quote " backslash \\ slash /', "line\nbreak\t\x7f", "<&>"):
            for webhook in ("validate", "mutate"):
                for ip in ("10.1.2.3", "127.0.0.1"):
                    reply = client.review(review(load_balancer(ip), uid=uid), webhook)
                    assert reply.json()["response"]["uid"] == uid, uid


def mutated_object_mutated_again_unchanged(place):
    with place.guard() as client:
        reply = client.review(review(load_balancer()), "mutate").json()["response"]
        assert reply["patchType"] == "JSONPatch"
        patch = json.loads(base64.b64decode(reply["patch"]))
        assert [step["op"] for step in patch] == ["add"] * len(patch), patch
        item = load_balancer(labels={"kubelb.k8c.io/tenant": "tenant-blue"})
        assert "patch" not in client.review(review(item), "mutate").json()["response"]


def reviews_on_one_connection_all_answered(place):
    with place.guard() as client:
        for _ in range(100):
            assert client.review(review(load_balancer())).allowed
        assert Metrics(client.ask("GET", "/metrics").text()).sum("kubelb_webhook_connections_total") == 1


def timeout_in_each_form_honoured(place):
    with place.guard() as client:
        for query in ("?timeout=5s", "?timeout=10s", "?timeout=30s", "?timeout=1m0s", "?timeout=500ms",
                      "?unknown=1&timeout=5s", "?"):
            assert client.review(review(load_balancer()), query=query).status == 200, query


def timeout_passed_denied_with_503(place):
    with place.guard() as client:
        # So big that judging it takes longer than the time given.
        item = load_balancer(annotations={"note": "x" * (6 << 20)})
        reply = client.review(review(item), query="?timeout=1ms")
        assert reply.status == 503 and b"allowed" not in reply.body, (reply.status, reply.body[:200])
        assert client.review(review(load_balancer()), query="?timeout=5s").allowed


def bodies_that_are_no_review_refused(place):
    good = json.dumps(review(load_balancer())).encode()
    other = review(load_balancer())
    bad = [b"", b"null", b"[]", b"{}", b'"x"', b"\xff", b"\xef\xbb\xbf" + good, good + b"x", b"[" * 65 + b"]" * 65,
           good.replace(b'"uid"', b'"uid": "a", "uid"', 1), good.replace(b"web", b"we\\u0000b", 1),
           json.dumps({**other, "apiVersion": "admission.k8s.io/v1beta1"}).encode(),
           json.dumps({**other, "kind": "Review"}).encode(), json.dumps({**other, "response": {"uid": "x"}}).encode()]
    with place.guard() as client:
        for body in bad + [good[:length] for length in range(0, len(good), 7)]:
            reply = client.post("/validate/loadbalancers", body)
            assert reply.status == 400, (reply.status, body[:80], reply.body)
            assert client.post("/validate/loadbalancers", good).allowed


def statuses_are_what_they_mean(place):
    good = json.dumps(review(load_balancer())).encode()
    table = [
        ("POST", "/validate/loadbalancers", good, {"Content-Type": "text/plain"}, 415),
        ("POST", "/validate/loadbalancers", good, {}, 415),
        ("POST", "/validate/loadbalancers", good, {"Content-Type": "application/jsonp"}, 415),
        ("POST", "/validate/loadbalancers", good, {"Content-Type": "APPLICATION/JSON; charset=utf-8"}, 200),
        ("POST", "/validate/pods", good, JSON, 404),
        ("POST", "/validate/", good, JSON, 404),
        ("POST", "/validate/loadbalancers/web", good, JSON, 404),
        ("POST", "/mutate/configs", good, JSON, 404),
        ("POST", "/mutate/tenants", good, JSON, 404),
        ("POST", "/", good, JSON, 404),
        ("GET", "/validate/loadbalancers", None, {}, 405),
        ("PUT", "/validate/loadbalancers", good, JSON, 405),
        ("DELETE", "/metrics", None, {}, 405),
        ("GET", "/validate/../healthz", None, {}, None),
        ("GET", "//healthz", None, {}, 404),
        ("GET", "/%68ealthz", None, {}, 404),
        ("OPTIONS", "/healthz", None, {}, 405),
        ("POST", "/validate/loadbalancers", b" " * BODY_MAX, JSON, 400),
    ]
    with place.guard():
        for method, path, body, headers, wanted in table:
            with Client(place) as client:
                reply = client.ask(method, path, body, headers)
            assert reply.status not in range(300, 400), (method, path, reply.status)
            assert reply.status not in (200,) or wanted == 200, (method, path)
            assert wanted in (None, reply.status), (method, path, headers, reply.status)


def body_too_long_refused_before_it_is_read(place):
    with place.guard() as client:
        for path in ("/validate/loadbalancers", "/mutate/loadbalancers"):
            with Client(place) as other:
                reply = other.ask("POST", path, b"", {**JSON, "Content-Length": str(BODY_MAX + 1)})
            assert reply.status == 413, reply.status
        assert client.review(review(load_balancer())).allowed


def probes_without_certificate_answered_alone(place):
    with place.guard():
        with Client(place, with_certificate=False) as client:
            for path in ("/healthz", "/livez", "/readyz"):
                reply = client.ask("GET", path)
                assert (reply.status, reply.text()) == (200, "ok\n"), path
        for method, path in (("GET", "/metrics"), ("POST", "/validate/loadbalancers"), ("POST", "/mutate/routes")):
            with Client(place, with_certificate=False) as client:
                reply = client.ask(method, path, b"{}" if method == "POST" else None, JSON)
                assert reply.status in (401, 403), (path, reply.status)


def headers_that_name_a_user_ignored(place):
    stranger = {"username": "eve", "groups": ["system:authenticated"], "extra": {"tenant": ["blue"]}}
    headers = {"X-Remote-User": "admin", "X-Remote-Group": "system:masters", "Impersonate-User": "admin"}
    with place.guard() as client:
        reply = client.post("/validate/loadbalancers", review(load_balancer(), userInfo=stranger), headers)
        assert not reply.allowed and reply.rules == {"ID001"}, reply.rules


def operators_as_named(place):
    item = {"apiVersion": "kubelb.k8c.io/v1alpha1", "kind": "Tenant", "metadata": {"name": "green"}, "spec": {}}

    def ask(client, user, *groups):
        asked = review(item, name="green", userInfo={"username": user, "groups": list(groups)})
        asked["request"].pop("namespace")
        asked["request"]["object"]["metadata"].pop("namespace")
        return client.review(asked).allowed

    with place.guard() as client:
        assert ask(client, "root", "system:masters") and not ask(client, "ann", "platform")
        assert not ask(client, "root", "system:masters ")
    with place.guard(operator_group=["platform", "sre"], operator_user="bob") as client:
        assert ask(client, "ann", "platform") and ask(client, "ann", "sre") and ask(client, "bob")
        assert not ask(client, "root", "system:masters")


def dry_run_decided_alike_and_without_trace(place):
    with place.guard() as client:
        for ip in ("10.1.2.3", "127.0.0.1"):
            replies = [client.review(review(load_balancer(ip), dryRun=dry)).json() for dry in (True, False, True)]
            assert replies[0] == replies[1] == replies[2]
    assert [line["dryRun"] for line in place.decisions()] == [True, False, True] * 2


def another_kind_than_the_path_asks_refused(place):
    with place.guard() as client:
        assert not client.post("/validate/routes", review(load_balancer())).allowed


def replayed_review_always_the_same(place):
    import threading
    body = json.dumps(review(load_balancer("127.0.0.1"))).encode()
    answers, troubles = set(), []

    def replay():
        try:
            with Client(place) as client:
                for number in range(1500):
                    uid = f"{number:036d}".encode()
                    reply = client.post("/validate/loadbalancers", body.replace(b"3ab0c6f2-6cf5-4c3b-8d43-0d7c2a1f7e55", uid))
                    assert uid in reply.body
                    answers.add(reply.body.replace(uid, b""))
        except Exception as error:
            troubles.append(repr(error))

    with place.guard() as client:
        before = Metrics(client.ask("GET", "/metrics").text()).sum("process_resident_memory_bytes")
        threads = [threading.Thread(target=replay) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        after = Metrics(client.ask("GET", "/metrics").text()).sum("process_resident_memory_bytes")
    assert not troubles and len(answers) == 1, (troubles, answers)
    # Sanitizers keep what was freed for a while.
    assert after - before < 64 << 20, (before, after)


def many_big_reviews_at_once_judged_or_put_off(place):
    import threading
    body = json.dumps(review(load_balancer(annotations={"note": "x" * (6 << 20)}))).encode()
    most, replies, lock = threading.Barrier(40), [], threading.Lock()

    def ask():
        with Client(place, timeout=60) as client:
            client.connection.putrequest("POST", "/validate/loadbalancers")
            client.connection.putheader("Content-Type", "application/json")
            client.connection.putheader("Content-Length", str(len(body)))
            client.connection.endheaders()
            try:
                client.connection.send(body[:-1])
                most.wait(timeout=8)
            except (OSError, threading.BrokenBarrierError):
                pass
            try:
                client.connection.send(body[-1:])
            except OSError:
                pass
            try:
                response = client.connection.getresponse()
                outcome = response.status, response.headers.get("Retry-After")
            except (OSError, http.client.HTTPException):
                outcome = "closed", None
            with lock:
                replies.append(outcome)

    with place.guard() as client:
        threads = [threading.Thread(target=ask) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.review(review(load_balancer())).allowed
        metrics = Metrics(client.ask("GET", "/metrics").text())
        # A connection that its client has closed is noticed a moment later.
        place.wait(lambda: Metrics(client.ask("GET", "/metrics").text()).sum("kubelb_webhook_in_flight_bytes") == 0,
                   "every body is forgotten")
    statuses = {status for status, _ in replies}
    # Who is turned away while still sending may find the connection closed before it reads why.
    assert statuses <= {200, 503, "closed"} and statuses & {503, "closed"}, replies
    assert all(int(after) >= 1 for status, after in replies if status == 503), replies
    assert metrics.sum("kubelb_webhook_clients_refused_total", reason="in_flight") > 0, replies


def printed_registration_fits_what_is_served(place):
    import subprocess
    text = subprocess.run([os.environ["KUBELB"], "manager", "--print-webhooks", "--url", "https://guard.test:9443",
                           "--ca-bundle", place.keys.authority.certificate], capture_output=True, text=True, check=True).stdout
    paths = re.findall(r"url: https://guard\.test:9443(/\S+)", text)
    with open(place.keys.authority.certificate, "rb") as file:
        assert text.count("caBundle: " + base64.b64encode(file.read()).decode() + "\n") == len(paths)
    assert len(paths) == 10, paths
    with place.guard() as client:
        for path in paths:
            assert client.post(path, b"{}").status == 400, path
