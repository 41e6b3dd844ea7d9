# SPDX-License-Identifier: Apache-2.0
"""A strict reader of Prometheus' text format 0.0.4."""
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\+Inf|-?[0-9]+(?:\.[0-9]+)?(?:e[+-][0-9]+)?)")
SUFFIXES = {"counter": [""], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}


def unescape(text):
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def labels_of(text):
    pairs = [label.split("=", 1) for label in re.findall(LABEL, text or "")]
    assert len({name for name, _ in pairs}) == len(pairs), f"a label twice: {text}"
    return frozenset((name, unescape(value[1:-1])) for name, value in pairs)


def check_histogram(name, samples):
    series = {}
    for (sample, labels), value in samples.items():
        if sample.startswith(name + "_"):
            others = frozenset(label for label in labels if label[0] != "le")
            series.setdefault(others, {})[sample.removeprefix(name), dict(labels).get("le")] = value
    for values in series.values():
        buckets = [(float(le), value) for (kind, le), value in values.items() if kind == "_bucket"]
        assert buckets == sorted(buckets), f"{name}: buckets in order"
        assert all(a[1] <= b[1] for a, b in zip(buckets, buckets[1:])), f"{name}: buckets that grow"
        assert buckets[-1] == (float("inf"), values["_count", None]), f"{name}: +Inf is the count"
        assert ("_sum", None) in values, f"{name}: a sum"


def read(text):
    """{(name, frozenset of labels): value}; refuses whatever is not exactly the format."""
    assert text.endswith("\n")
    types, samples, family = {}, {}, None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            assert re.fullmatch(NAME, family) and family not in types, f"a family once: {line}"
            types[family] = None
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == family and types[name] is None and kind in SUFFIXES, line
            types[name] = kind
            assert kind != "counter" or name.endswith("_total"), f"a counter is a total: {name}"
        else:
            found = SAMPLE.fullmatch(line)
            assert found, f"no sample: {line}"
            assert found[1] in [family + suffix for suffix in SUFFIXES[types[family]]], f"of another family: {line}"
            key = found[1], labels_of(found[2])
            assert key not in samples, f"twice: {line}"
            samples[key] = float(found[3])
    for name, kind in types.items():
        if kind == "histogram":
            check_histogram(name, samples)
    return samples


class Metrics:
    def __init__(self, text):
        self.samples = read(text)

    def sum(self, name, **labels):
        """Of all samples of a name that have these labels."""
        return sum(value for (sample, has), value in self.samples.items()
                   if sample == name and set(labels.items()) <= has)

    def values(self, name, label):
        return {dict(has).get(label) for sample, has in self.samples if sample == name}
