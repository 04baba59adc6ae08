# Reads an exposition with the parser of Prometheus' own Python client, and writes what it understood as JSON.
# Numbers are written as strings, exactly: JSON has no NaN and no infinities.
import json
import sys

from prometheus_client import parser
from prometheus_client.openmetrics.parser import text_string_to_metric_families as strict

parse = {"openmetrics": strict, "text": parser.text_string_to_metric_families}[sys.argv[1]]
exposition = sys.stdin.buffer.read().decode("utf-8")


def sample_of(sample):
    exemplar = sample.exemplar
    return {
        "name": sample.name,
        "labels": sample.labels,
        "value": repr(float(sample.value)),
        "exemplar": exemplar and {"labels": exemplar.labels, "value": repr(float(exemplar.value))},
    }


json.dump(
    [
        {
            "name": family.name,
            "type": family.type,
            "unit": family.unit,
            "help": family.documentation,
            "samples": [sample_of(sample) for sample in family.samples],
        }
        for family in parse(exposition)
    ],
    sys.stdout,
)
