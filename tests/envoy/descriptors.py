#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares each message, field and enum of src/envoy/proto with the official Envoy API."""
import os
import subprocess
import sys
import tempfile

import official

SCALAR = ("number", "type", "is_repeated", "json_name", "has_presence")


def our_pool():
    """Our files, compiled into a pool of their own."""
    from google.protobuf import descriptor_pb2, descriptor_pool

    root = official.source() / "src"
    files = sorted(str(path) for path in (root / "envoy/proto").glob("*.proto"))
    with tempfile.NamedTemporaryFile() as out:
        command = [os.environ.get("PROTOC_C", "protoc-c"), f"-I{root}", f"--descriptor_set_out={out.name}"]
        subprocess.run(command + files, check=True)
        parsed = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    pool = descriptor_pool.DescriptorPool()
    waiting = {file.name: file for file in parsed.file}

    def add(name):
        file = waiting.pop(name, None)
        if file:
            for needed in file.dependency:
                add(needed)
            pool.Add(file) if hasattr(pool, "Add") else pool.AddSerializedFile(file.SerializeToString())

    for file in parsed.file:
        add(file.name)
    return pool, [file.name for file in parsed.file]


def type_name(field):
    kind = field.message_type or field.enum_type
    return kind.full_name if kind else None


def oneof_name(field):
    return field.containing_oneof.name if field.containing_oneof else None


def field_faults(ours, theirs):
    for attribute in SCALAR:
        if getattr(ours, attribute) != getattr(theirs, attribute):
            yield f"{attribute} is {getattr(ours, attribute)}, officially {getattr(theirs, attribute)}"
    for question in (type_name, oneof_name):
        if question(ours) != question(theirs):
            yield f"{question.__name__} is {question(ours)}, officially {question(theirs)}"


def enum_faults(ours, official_pool):
    theirs = official_pool.FindEnumTypeByName(ours.full_name)
    for value in ours.values:
        official_value = theirs.values_by_name.get(value.name)
        if official_value is None or official_value.number != value.number:
            yield f"{ours.full_name}.{value.name} = {value.number} is not official"


def message_faults(ours, official_pool):
    try:
        theirs = official_pool.FindMessageTypeByName(ours.full_name)
    except KeyError:
        yield f"{ours.full_name} is no official message"
        return
    for field in ours.fields:
        official_field = theirs.fields_by_name.get(field.name)
        if official_field is None:
            yield f"{field.full_name} is no official field"
            continue
        for fault in field_faults(field, official_field):
            yield f"{field.full_name}: {fault}"
    for enum in ours.enum_types:
        yield from enum_faults(enum, official_pool)
    for nested in ours.nested_types:
        yield from message_faults(nested, official_pool)


def main():
    official_pool = official.load()
    pool, files = our_pool()
    faults, messages = [], 0
    for name in files:
        file = pool.FindFileByName(name)
        for message in file.message_types_by_name.values():
            messages += 1
            faults += message_faults(message, official_pool)
        for enum in file.enum_types_by_name.values():
            faults += enum_faults(enum, official_pool)
    print(f"{messages} messages of {len(files)} files compared")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults or not messages else 0


if __name__ == "__main__":
    sys.exit(main())
