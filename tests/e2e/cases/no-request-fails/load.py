# SPDX-License-Identifier: Apache-2.0
"""Asks without a pause while the files change; every answer has to be 200."""
import http.client
import json
import os
import sys
import threading
import time

CHANGES = 30

with open(os.path.join(sys.argv[1], "state.json"), encoding="utf-8") as file:
    GIVEN = json.load(file)["addresses"]
TARGETS = [(next(ip for owner, ip in GIVEN.items() if owner.startswith(kind)), port)
           for kind, port in (("ingresses", 80), ("load-balancer", 7000))]
done = threading.Event()
failed = []
backends = set()


def ask(target, keep):
    connection = None
    while not done.is_set():
        connection = connection or http.client.HTTPConnection(*target, timeout=10)
        try:
            connection.request("GET", "/", headers={"host": "shop.test"})
            response = connection.getresponse()
            body = response.read()
            if response.status != 200:
                failed.append((target, response.status, body))
            else:
                backends.add(json.loads(body)["backend"])
            if keep and not response.will_close:
                continue
        except (OSError, http.client.HTTPException) as error:
            failed.append((target, keep, repr(error)))
        connection.close()
        connection = None


def replace(path, change):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open("blue/.new", "w", encoding="utf-8") as file:
        file.write(change(text))
    os.rename("blue/.new", path)


threads = [threading.Thread(target=ask, args=(target, keep))
           for target, keep in ((TARGETS[0], True), (TARGETS[0], False), (TARGETS[1], False))]
for thread in threads:
    thread.start()
for i in range(CHANGES):
    for path in ("blue/service.yaml", "blue/echo.yaml"):
        replace(path, lambda text: text.replace(f"3101{i % 3}", f"3101{(i + 1) % 3}"))
    if i % 2:
        with open("blue/shop.yaml", encoding="utf-8") as file:
            more = file.read().replace("shop", f"more{i}")
        with open("blue/more.yaml", "w", encoding="utf-8") as file:
            file.write(more)
    time.sleep(0.2)
done.set()
for thread in threads:
    thread.join()
assert not failed, (len(failed), failed[:3])
assert len(backends) == 3, backends
