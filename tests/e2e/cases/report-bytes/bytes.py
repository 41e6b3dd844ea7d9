# SPDX-License-Identifier: Apache-2.0
"""Files of odd names and contents."""
import os

GOOD = open("blue/first.yaml", "rb").read()


def write(name, content):
    with open(os.path.join(b"blue", name), "wb") as file:
        file.write(content)


os.makedirs(b"bl\xffue")
os.makedirs(b"blue/cut\xe2\x82")
write(b"name\xff\n\x1b[31m.yaml", GOOD.replace(b"first", b"named"))
write(b"cut\xe2\x82/x.yaml", b"a: [\n")
write(b"twin\xc3.yaml", GOOD)
write(b"control.yaml", GOOD.replace(b"first", b'"a\\nready"'))
write(b"umlaut.yaml", GOOD.replace(b"first", "ä".encode()))
write(b"long.yaml", GOOD + b"  " + "ä".encode() * 900 + b": 1\n")
write(b"value.yaml", GOOD + b'  x: "\xff\xc3"\n')
write(b"utf16.yaml", "a: b\n".encode("utf-16"))
write(b"binary.yaml", bytes(range(256)))
write(b"nul.yaml", b'a: "\\0"\n')
write(b"surrogate.json", b'{"a": "\\ud800x"}')
