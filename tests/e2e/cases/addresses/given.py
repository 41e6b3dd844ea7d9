# SPDX-License-Identifier: Apache-2.0
"""Prints which address each object was given."""
import json
import sys

with open(sys.argv[1] + "/state.json", encoding="utf-8") as file:
    print(json.load(file)["addresses"])
