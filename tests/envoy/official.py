# SPDX-License-Identifier: Apache-2.0
"""The official Envoy API: its classes from the Python packages xds-protos and protobuf.

KUBELB_XDS_PROTOS names the folder into which both are unpacked. Without it a test is skipped,
loudly; it fails where CI=true."""
import importlib
import os
import pathlib
import sys

SKIPPED = 77


def load():
    """Imports every v3 module, so that the default pool knows every message. Returns the pool."""
    folder = os.environ.get("KUBELB_XDS_PROTOS")
    if not folder or not os.path.isdir(folder):
        print("SKIPPED: KUBELB_XDS_PROTOS does not name a folder with xds-protos", file=sys.stderr)
        sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)
    sys.path.insert(0, folder)
    from google.protobuf import descriptor_pool, duration_pb2, struct_pb2, wrappers_pb2  # noqa: F401

    root = pathlib.Path(folder)
    for top in ("envoy/config", "envoy/extensions", "envoy/type", "xds"):
        for path in sorted((root / top).rglob("v3/*_pb2.py")):
            importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))
    return descriptor_pool.Default()


def source():
    """The root of the source tree; automake's tests run in the build tree."""
    return pathlib.Path(os.environ.get("srcdir", pathlib.Path(__file__).parents[2]))
