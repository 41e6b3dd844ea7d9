#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Encodes each tests/envoy/accepted/*.json with our encoder and with the official classes: the
bytes have to mean the same, and to be the same where the official ones are deterministic."""
import json
import subprocess
import sys

import official


def official_bytes(case):
    from google.protobuf import any_pb2, json_format

    envelope = any_pb2.Any()
    json_format.ParseDict(case, envelope)
    return envelope


def fault(path):
    from google.protobuf import message_factory

    case = json.loads(path.read_text())
    theirs = official_bytes(case)
    done = subprocess.run(["tests/envoy/encode"], input=path.read_bytes(), capture_output=True)
    if done.returncode:
        return done.stderr.decode().strip()
    descriptor = official_pool.FindMessageTypeByName(case["@type"].split("/")[1])
    kind = message_factory.GetMessageClass(descriptor)
    ours = kind.FromString(done.stdout)
    if ours != kind.FromString(theirs.value):
        return f"differs:\n{ours}\nofficially:\n{kind.FromString(theirs.value)}"
    return None


official_pool = official.load()
cases = sorted((official.source() / "tests/envoy/accepted").glob("*.json"))
faults = [f"{path.name}: {text}" for path in cases if (text := fault(path))]
print(f"{len(cases)} resources compared")
print("\n".join(faults), file=sys.stderr)
sys.exit(1 if faults or not cases else 0)
