# SPDX-License-Identifier: Apache-2.0
"""A folder of files that cannot be read."""
import os
import socket

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [" + ",".join([f"*a{i - 1}"] * 9) + "]\n" for i in range(1, 12))
FILES = {"huge.yaml": "a: " + "x" * (17 << 20), "deep.json": "[" * 100000, "bomb.yaml": BOMB}

os.mkdir("bad")
os.chdir("bad")
for name, text in FILES.items():
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
os.mkfifo("fifo.yaml")
socket.socket(socket.AF_UNIX).bind("socket.yaml")
os.symlink("/dev/zero", "device.yaml")
os.symlink("nowhere", "dangling.yaml")
os.symlink(".", "loop")
