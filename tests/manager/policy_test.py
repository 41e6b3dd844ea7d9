# SPDX-License-Identifier: Apache-2.0
"""The policy folder: edits, mistakes, and what exists already."""
import json
import os
import signal

from exposition import Metrics
from guard import CONFIG, TENANT, load_balancer, review

OPEN = CONFIG.replace("spec: {}", "spec: {endpointPolicy: {allowedCIDRs: [127.0.0.0/8]}}")


def _route(tenant, host, name="site"):
    return {"apiVersion": "kubelb.k8c.io/v1alpha1", "kind": "Route",
            "metadata": {"name": name, "namespace": f"tenant-{tenant}"},
            "spec": {"endpoints": [{"name": "default", "addressesReference": {"name": "default"}}],
                     "source": {"kubernetes": {"resource": {
                         "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                         "metadata": {"name": name, "namespace": "shop"},
                         "spec": {"rules": [{"host": host, "http": {"paths": [
                             {"path": "/", "pathType": "Prefix",
                              "backend": {"service": {"name": "web", "port": {"number": 80}}}}]}}]}},
                         "services": [{"apiVersion": "v1", "kind": "Service",
                                       "metadata": {"name": "web", "namespace": "shop"},
                                       "spec": {"ports": [{"port": 80, "nodePort": 31080}]}}]}}}}


def _refused(client):
    return Metrics(client.ask("GET", "/metrics").text()).sum("kubelb_policy_refused_objects")


def _opens(client):
    return client.review(review(load_balancer("127.0.0.1"))).allowed


def edit_taken_into_use(place):
    with place.guard() as client:
        assert not _opens(client)
        place.write("config.yaml", OPEN)
        place.wait(lambda: _opens(client), "the edit counts")
        place.write("config.yaml", CONFIG)
        place.wait(lambda: not _opens(client), "so does the next")


def broken_file_leaves_last_good_policy(place):
    place.write("config.yaml", OPEN)
    with place.guard() as client:
        assert _opens(client)
        place.write("config.yaml", "kind: [")
        place.wait(lambda: "config.yaml" in place.log(), "it is said")
        place.wait(lambda: _refused(client) == 1, "it is counted")
        assert _opens(client)
        place.write("config.yaml", CONFIG)
        place.wait(lambda: not _opens(client), "the mended one counts")
        assert _refused(client) == 0


def refused_object_leaves_last_good_policy(place):
    place.write("config.yaml", OPEN)
    with place.guard() as client:
        place.write("config.yaml", CONFIG.replace("{}", "{endpointPolicy: {allowedCIDRs: [everything]}}"))
        place.wait(lambda: "last good" in place.log(), "it is said")
        assert "config.yaml:1: spec.endpointPolicy.allowedCIDRs[0]" in place.log(), place.log()
        assert _opens(client) and _refused(client) == 1


def tenant_narrows_and_goes(place):
    with place.guard() as client:
        def allowed():
            return client.review(review(load_balancer("10.1.2.3"))).allowed
        assert allowed()
        place.write("tenants.yaml", TENANT.replace("spec: {}", "spec: {endpointPolicy: {deniedCIDRs: [10.0.0.0/8]}}"))
        place.wait(lambda: not allowed(), "the Tenant counts")
        place.remove("tenants.yaml")
        place.wait(allowed, "nor any longer")


def _as_kubectl_prints(*items):
    """With what an API server adds."""
    for item in items:
        item["metadata"].update(creationTimestamp="2026-01-02T03:04:05Z", generation=2, resourceVersion="77",
                                uid="3ab0c6f2-6cf5-4c3b-8d43-0d7c2a1f7e55", finalizers=["kubelb.k8c.io/cleanup"],
                                labels={"kubelb.k8c.io/tenant": item["metadata"]["namespace"]},
                                managedFields=[{"manager": "kubelb-ccm", "operation": "Apply", "fieldsV1": {}}])
        item["status"] = {"conditions": []}
    return json.dumps({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items})


def host_that_exists_held_for_its_tenant(place):
    with place.guard() as client:
        def taken():
            return not client.review(review(_route("red", "shop.example.com"), "tenant-red")).allowed
        assert not taken()
        place.write("blue/route.json", _as_kubectl_prints(_route("blue", "shop.example.com")))
        place.wait(taken, "the host is taken")
        assert client.review(review(_route("blue", "shop.example.com"))).allowed
        place.remove("blue/route.json")
        place.wait(lambda: not taken(), "the host is free")


def objects_out_of_place_do_not_count(place):
    place.write("blue/route.json", json.dumps(_route("green", "shop.example.com")))
    place.write("blue/other.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")
    place.write("blue/refused.json", json.dumps(load_balancer("127.0.0.1")))
    with place.guard() as client:
        assert client.review(review(_route("red", "shop.example.com"), "tenant-red")).allowed
        assert _refused(client) == 3
    for name in ("route.json:1", "other.yaml:1", "refused.json:1"):
        assert f"blue/{name}: " in place.log(), place.log()


def bad_policy_refused_at_start(place):
    place.write("config.yaml", CONFIG.replace("{}", "{endpointPolicy: {allowedCIDRs: [everything]}}"))
    status, said = place.run()
    assert status == 2 and "config.yaml:1: spec.endpointPolicy.allowedCIDRs[0]" in said, said
    place.write("config.yaml", "kind: [")
    status, said = place.run()
    assert status == 2 and "config.yaml" in said, said
    status, said = place.run(policy="/absent")
    assert status == 2 and "/absent" in said, said


def swapped_as_by_kubernetes_taken_into_use(place):
    for number, text in enumerate((CONFIG, OPEN)):
        os.makedirs(os.path.join(place.policy, f"..{number}"))
        with open(os.path.join(place.policy, f"..{number}", "config.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
    place.remove("config.yaml")
    os.symlink("..0", os.path.join(place.policy, "..data"))
    os.symlink("..data/config.yaml", os.path.join(place.policy, "config.yaml"))
    with place.guard() as client:
        assert not _opens(client)
        os.symlink("..1", os.path.join(place.policy, "..tmp"))
        os.replace(os.path.join(place.policy, "..tmp"), os.path.join(place.policy, "..data"))
        place.wait(lambda: _opens(client), "the other generation counts")


def asked_to_look_again_looks(place):
    with place.guard() as client:
        place.write("config.yaml", OPEN)
        place.process.send_signal(signal.SIGHUP)
        place.wait(lambda: _opens(client), "the edit counts")
