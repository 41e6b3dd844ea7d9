#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays one case of tests/e2e/cases against the real kubelb and the real Envoy (doc/hacking.md)."""
import collections
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from certificate import Authority
from kubelb import Kubelb, subset
from request import ask

HERE = os.path.dirname(os.path.abspath(__file__))
LATE = 0.3  # seconds in which a line too many would come
PATIENCE = 30  # seconds; a sanitized build on a busy machine
SANITIZER = re.compile(r"(Address|Leak|Thread|Memory)Sanitizer|runtime error:")


class Case:
    def __init__(self, folder, scratch):
        self.folder = folder
        self.scratch = scratch
        self.text = json.load(open(os.path.join(folder, "case.json"), encoding="utf-8"))
        self.served = os.path.join(scratch, "dir")
        self.authority = None
        self.faults = []
        self.shells = []

    def fault(self, text):
        self.faults.append(text)

    def write(self, path, text):
        """Puts a file in its place at once, as an editor does."""
        path = os.path.join(self.served, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part = os.path.join(os.path.dirname(path), "." + os.path.basename(path))
        with open(part, "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(part, path)

    def prepare(self):
        shutil.copytree(os.path.join(self.folder, "dir"), self.served)
        if "secrets" in self.text:
            self.authority = Authority(os.path.join(self.scratch, "certificates"))
            for path, secret in self.text["secrets"].items():
                self.write(path, self.authority.secret(**secret))
        for address in self.text.get("addresses", []):
            subprocess.run(["ip", "address", "add", address, "dev", "lo"], check=True)

    def start_backends(self):
        if not self.text.get("backends"):
            return None
        process = subprocess.Popen([sys.executable, os.path.join(HERE, "backend.py"), *self.text["backends"]],
                                   stdout=subprocess.PIPE, text=True)
        if process.stdout.readline() != "ready\n":
            self.fault("the backends did not start")
        return process

    def start_kubelb(self, *more):
        arguments = [*more, "--envoy", os.environ["ENVOY"], *self.text.get("arguments", [])]
        return Kubelb(os.environ["KUBELB"], self.served, os.path.join(self.scratch, "state"),
                      os.path.join(self.scratch, "stderr"), arguments)

    def check_report(self, kubelb, expected):
        if not kubelb.wait(lambda: kubelb.find(expected), 0 if self.faults else PATIENCE):
            about = {key: expected[key] for key in ("tenant", "kind", "namespace", "name") if key in expected}
            self.fault(f"report: expected {json.dumps(expected)}\n"
                       f"           got {json.dumps(kubelb.find(about))}")

    def check_request(self, kubelb, request):
        address = kubelb.address(request["to"])
        if not address:
            self.fault(f"request to {request['to']}: the report gives it no such address")
            return
        authority = self.authority.certificate if self.authority else None
        answers = [ask(address, request, authority) for _ in range(request.get("count", 1))]
        if "share" in request:
            self.check_share(request, answers)
            return
        wrong = [answer for answer in answers if not self.as_expected(request["answer"], answer)]
        if wrong:
            self.fault(f"request {json.dumps(request)} at {address[0]}:{address[1]}\n"
                       f"        got {json.dumps(wrong[0])} ({len(wrong)} of {len(answers)})")

    @staticmethod
    def as_expected(expected, answer):
        if expected == "error":
            return "error" in answer
        return subset(expected, answer)

    def check_share(self, request, answers):
        count = collections.Counter(str(answer.get("backend", answer.get("status", "error"))) for answer in answers)
        for name in {*request["share"], *count}:
            expected, got = request["share"].get(name, 0), count[name] / len(answers)
            if abs(expected - got) > request.get("tolerance", 0):
                self.fault(f"request {json.dumps(request)}: {name} has {got:.3f} of all answers, expected {expected}")

    def run_shell(self, kubelb, script):
        """In the served folder. What it leaves in the background ends with the case."""
        environment = {**os.environ, "STATE": kubelb.state, "DIR": self.served, "PID": str(kubelb.process.pid),
                       "SCRATCH": self.scratch, "CASE": self.folder, "PYTHON": sys.executable}
        with open(os.path.join(self.scratch, "shell"), "w+", encoding="utf-8", errors="replace") as output:
            folder = self.served if os.path.isdir(self.served) else self.scratch
            shell = subprocess.Popen(["sh", "-eu", "-c", script], cwd=folder, env=environment,
                                     stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
            self.shells.append(shell.pid)
            try:
                status = shell.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                status = f"nothing after {PATIENCE} s"
            if status != 0:
                output.seek(0)
                self.fault(f"shell: {status} of\n{script}\n{output.read()[-2000:]}")

    def end_shells(self):
        """Ends what they left, and waits until it is gone: a killed Envoy takes its moment."""
        for group in self.shells:
            end = time.monotonic() + PATIENCE
            try:
                while time.monotonic() < end:
                    os.killpg(group, signal.SIGKILL)
                    time.sleep(0.05)
            except ProcessLookupError:
                pass

    def restart(self, kubelb):
        if kubelb.stop() != 0:
            self.fault("kubelb did not end in order")
        return self.start_kubelb()

    def check_lines(self, kubelb, mark, expected):
        """Every line since the mark, in order, but those that say pending."""
        def settled():
            return [line for line in kubelb.lines[mark:] if line.get("result") != "pending"]

        kubelb.wait(lambda: len(settled()) >= len(expected), PATIENCE)
        time.sleep(LATE)
        got = settled()
        if len(got) != len(expected) or not all(map(subset, expected, got)):
            self.fault("lines: expected " + "\n                ".join(map(json.dumps, expected)) +
                       "\n            got " + "\n                ".join(map(json.dumps, got)))

    def play(self, kubelb, number, step):
        mark = kubelb.mark() if number and not step.get("restart") else 0
        if "shell" in step:
            script = step["shell"]
            self.run_shell(kubelb, script if isinstance(script, str) else "\n".join(script))
        for path, source in step.get("write", {}).items():
            with open(os.path.join(self.folder, source), encoding="utf-8") as file:
                self.write(path, file.read())
        for path in step.get("remove", []):
            os.unlink(os.path.join(self.served, path))
        if step.get("ready", True) and not kubelb.wait_ready(mark, PATIENCE):
            self.fault(f"no 'ready' in {PATIENCE} s")
            return
        if "lines" in step:
            self.check_lines(kubelb, mark, step["lines"])
        for expected in step.get("report", []):
            self.check_report(kubelb, expected)
        for request in step.get("requests", []):
            self.check_request(kubelb, request)

    def check_end(self, kubelb, status):
        expected = self.text.get("exit", 0)
        if status != expected:
            self.fault(f"kubelb ended with {status}, expected {expected}")
        for process in kubelb.left_behind():
            self.fault(f"left behind: {process}")
        log = open(kubelb.log, encoding="utf-8", errors="replace").read()
        if SANITIZER.search(log):
            self.fault("the sanitizers complain, see stderr")
        for text in self.text.get("stderr", []):
            if text not in log:
                self.fault(f"stderr does not say '{text}'")

    def run_steps(self):
        kubelb = self.start_kubelb()
        try:
            for number, step in enumerate(self.text["steps"]):
                before = len(self.faults)
                if step.get("restart"):
                    kubelb = self.restart(kubelb)
                self.play(kubelb, number, step)
                if len(self.faults) > before:
                    self.fault(f"step {number + 1} of {len(self.text['steps'])}: {step.get('about', 'failed')}")
                    break
        finally:
            status = kubelb.stop()
            self.end_shells()
        return kubelb, status

    def run_once(self):
        kubelb = self.start_kubelb("--once")
        kubelb.wait(lambda: False, PATIENCE)
        status = kubelb.stop()
        for expected in self.text.get("report", []):
            if not kubelb.find(expected):
                self.fault(f"report: expected {json.dumps(expected)}")
        return kubelb, status

    def run(self):
        self.prepare()
        backends = self.start_backends()
        try:
            kubelb, status = self.run_steps() if "steps" in self.text else self.run_once()
        finally:
            if backends:
                backends.kill()
                backends.wait()
        self.check_end(kubelb, status)
        if self.faults:
            self.tell(kubelb)
        return not self.faults

    def tell(self, kubelb):
        for text in self.faults:
            print(text)
        print("--- the report")
        for line in kubelb.lines[-40:]:
            print(json.dumps(line))
        print("--- stderr")
        print("".join(open(kubelb.log, encoding="utf-8", errors="replace").readlines()[-60:]), end="")


def main():
    with tempfile.TemporaryDirectory(prefix="kubelb-e2e-") as scratch:
        return 0 if Case(sys.argv[1], scratch).run() else 1


if __name__ == "__main__":
    sys.exit(main())
