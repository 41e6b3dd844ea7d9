#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Encodes each tests/envoy/accepted/*.json, and what the generator makes (generated.json), with our
encoder and with the official classes: both have to give the same bytes."""
import json
import subprocess
import sys

import official


TYPES = {
    "cluster": "envoy.config.cluster.v3.Cluster",
    "endpoints": "envoy.config.endpoint.v3.ClusterLoadAssignment",
    "secret": "envoy.extensions.transport_sockets.tls.v3.Secret",
    "listener": "envoy.config.listener.v3.Listener",
    "routes": "envoy.config.route.v3.RouteConfiguration",
}


def cases():
    """(name, JSON with its @type) of everything that is compared."""
    folder = official.source() / "tests/envoy"
    for path in sorted((folder / "accepted").glob("*.json")):
        yield path.name, json.loads(path.read_text())
    for kind, group in json.loads((folder / "generated.json").read_text()).items():
        for name, resource in group.items():
            yield f"{kind} {name}", {"@type": f"type.googleapis.com/{TYPES[kind]}", **resource}


def fault(pool, case):
    from google.protobuf import json_format, message_factory

    fields = {key: value for key, value in case.items() if key != "@type"}
    name = case["@type"].split("/")[1]
    kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
    theirs = json_format.ParseDict(fields, kind())
    done = subprocess.run(["tests/envoy/encode"], input=json.dumps(case).encode(), capture_output=True)
    if done.returncode:
        return done.stderr.decode().strip()
    ours = kind.FromString(done.stdout)
    if ours != theirs:
        return f"differs:\n{ours}\nofficially:\n{theirs}"
    if done.stdout != theirs.SerializeToString(deterministic=True):
        return "means the same, but is not the same bytes"
    return None


def main():
    pool = official.load()
    results = {name: fault(pool, case) for name, case in cases()}
    print(f"{len(results)} resources compared")
    for name, text in results.items():
        if text:
            print(f"{name}: {text}", file=sys.stderr)
    return 1 if any(results.values()) or not results else 0


if __name__ == "__main__":
    sys.exit(main())
