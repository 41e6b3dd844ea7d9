# SPDX-License-Identifier: Apache-2.0
"""One case of tests/cluster/cases: steps of kubectl and what each must come to (doc/hacking.md)."""
import json
import os
import time

from kubelb import subset

PATIENCE = 180  # seconds for what comes by itself; a busy machine


class Case:
    def __init__(self, hub, folder):
        self.hub = hub
        self.folder = folder
        with open(os.path.join(folder, "case.json"), encoding="utf-8") as file:
            self.steps = json.load(file)["steps"]

    def run(self):
        """Returns the faults of the first step that has any."""
        mark = self.hub.guard.mark()
        for number, step in enumerate(self.steps):
            faults = self.play(step, mark)
            if faults:
                return [f"step {number + 1} of {len(self.steps)}: {json.dumps(step)}", *faults]
        return []

    def play(self, step, mark):
        if step.get("guard") == "stop":
            status = self.hub.guard.stop()
            return [] if status == 0 else [f"the guard ended with {status}"]
        if step.get("guard") == "start":
            self.hub.guard.start(self.hub.authority.certificate)
            return []
        end = time.monotonic() + (PATIENCE if step.get("eventually") or "audit" in step else 0)
        while True:
            faults = self.check_audit(step, mark) if "audit" in step else self.check_command(step)
            if not faults or time.monotonic() >= end:
                return faults
            time.sleep(0.2)

    def check_audit(self, step, mark):
        """A line of the audit since the case began for each one expected."""
        lines = self.hub.guard.decisions(mark)
        return [f"the audit has no {json.dumps(expected)}\n" + "\n".join(map(json.dumps, lines[-20:]))
                for expected in step["audit"] if not any(subset(expected, line) for line in lines)]

    def check_command(self, step):
        arguments = step["kubectl"] if isinstance(step["kubectl"], list) else step["kubectl"].split()
        result = self.hub.control_plane.kubectl(step["as"], *arguments, folder=self.folder)
        faults = []
        if result.returncode != step.get("exit", 0):
            faults.append(f"ended with {result.returncode}, expected {step.get('exit', 0)}")
        for stream in ("stdout", "stderr"):
            faults += self.missing(stream, step.get(stream, []), getattr(result, stream))
        if "stderr is" in step and result.stderr.split("\n") != step["stderr is"]:
            faults.append("stderr is not what it should be")
        if "object" in step and result.returncode == 0 and not subset(step["object"], json.loads(result.stdout)):
            faults.append(f"the object does not hold {json.dumps(step['object'])}")
        return [*faults, result.stdout, result.stderr] if faults else []

    @staticmethod
    def missing(stream, expected, text):
        """Texts that must stand in it, in this order; "" means that nothing may; "!" before one that it may not."""
        faults, place = [], 0
        for pattern in expected:
            if pattern == "":
                faults += [f"{stream} is not empty"] if text else []
            elif pattern.startswith("!"):
                faults += [f"{stream} says {pattern[1:]}"] if pattern[1:] in text else []
            elif pattern in text[place:]:
                place = text.index(pattern, place) + len(pattern)
            else:
                faults.append(f"{stream} does not say {pattern}")
        return faults
