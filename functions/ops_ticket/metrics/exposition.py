"""Prometheus's text form, version 0.0.4."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True)
class Sample:
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    suffix: Literal["", "_sum", "_count"] = ""


@dataclass(frozen=True)
class Metric:
    name: str
    kind: Literal["gauge", "counter", "summary"]
    help: str
    samples: Iterable[Sample]


def text(metrics: Iterable[Metric]) -> str:
    return "".join(f"{line}\n" for metric in metrics for line in _lines(metric))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}"
    yield f"# TYPE {metric.name} {metric.kind}"
    for one in metric.samples:
        labels = ",".join(
            f'{name}="{value.translate(ESCAPED)}"' for name, value in one.labels.items()
        )
        yield f"{metric.name}{one.suffix}{{{labels}}} {one.value:.15g}"
