# SPDX-License-Identifier: Apache-2.0
"""Every line of a report is JSON, and the last one says ready."""
import json
import sys

with open(sys.argv[1], "rb") as file:
    lines = [json.loads(line) for line in file]
assert lines[-1]["result"] == "ready" and len(lines) > 8, lines
