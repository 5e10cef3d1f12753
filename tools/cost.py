"""What a month takes, by arithmetic from deploy/usage.yaml, serverless.yml and the timers' periods.

python -m tools.cost                                # quantities
python -m tools.cost --prices deploy/prices.yaml    # with the sum, where prices are filled in
python -m tools.cost --needs                        # what each function needs
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from server import triggers
from shared.rules.job_periods import EVERY_S
from shared.settings import Settings
from tools.deployment import read
from tools.package.closure import file_of, reach

DAY_S = 86_400
ATTRIBUTE = re.compile(r"\.(\w+)")
SECRET = re.compile(r"_(key|keys|secret)$|^database_url$")


@dataclass(frozen=True)
class Month:
    """`invocations` and `gb_seconds` by function; everything that a price list names by its unit."""

    invocations: Mapping[str, float]
    gb_seconds: Mapping[str, float]
    units: Mapping[str, float]


def month(usage: Mapping[str, Any], scale: Mapping[str, float]) -> Month:
    calls = {
        function: _calls(usage, scale, function)
        for function in triggers.serverless()["inputs"]["functions"]
    }
    invocations = {function: sum(kinds.values()) for function, kinds in calls.items()}
    gb_seconds = {
        function: memory_mb(function)
        / 1024
        * sum(number * usage["seconds"][kind] for kind, number in kinds.items())
        for function, kinds in calls.items()
    }
    units = {
        "scf_invocations": sum(invocations.values()),
        "scf_gb_seconds": sum(gb_seconds.values()),
        **_services(usage, scale, calls),
    }
    return Month(invocations, gb_seconds, units)


def memory_mb(function: str) -> int:
    inputs = triggers.serverless()["inputs"]
    return int(inputs["functions"][function].get("memorySize", inputs["memorySize"]))


def _calls(
    usage: Mapping[str, Any], scale: Mapping[str, float], function: str
) -> Mapping[str, float]:
    """How often a month the function is called, by what for."""
    days, visits = usage["days"], scale["visits_a_day"] * usage["days"]
    polls = sum(
        one["hours_a_day"] * 3600 / one["every_s"] * scale["sites"] * one["a_site"]
        for one in usage["pages"]
        if one["function"] == function
    )
    found = Counter(
        {
            "request": visits * usage["requests_a_visit"].get(function, 0) + polls * days,
            "timer": _timer_runs(function) * days,
        }
    )
    if function == "booking":  # the mini-program asks for the room's state
        found["request"] += visits * usage["minutes"] * 60 / usage["room_every_s"]
    if function == "monitor_hook":
        found["frame"] = visits * frames(usage)
    if function == "verify_face":
        found["face_check"] = visits * usage["face_checks_a_visit"]
    return found


def _timer_runs(function: str) -> float:
    """A day."""
    return sum(
        runs_a_day(one["parameters"])
        for one in triggers.serverless()["inputs"]["triggers"]
        if one["type"] == "timer" and one["function"] == function
    )


def runs_a_day(timer: Mapping[str, Any]) -> float:
    """Of a trigger, whatever number of jobs it has."""
    return DAY_S / EVERY_S[triggers.jobs_of(timer)[0]]


def frames(usage: Mapping[str, Any]) -> float:
    """A visit's, of both sides: TRTC stores all of them, and each is an event."""
    return float(2 * usage["minutes"] * 60 / usage["frame_seconds"])


def _services(
    usage: Mapping[str, Any],
    scale: Mapping[str, float],
    calls: Mapping[str, Mapping[str, float]],
) -> dict[str, float]:
    visits = scale["visits_a_day"] * usage["days"]
    minutes, mb, checks = usage["minutes"], usage["mb"], usage["face_checks_a_visit"]
    recording_mb = minutes * mb["recorded_minute"]
    frame_mb = frames(usage) * mb["frame"]
    requests = sum(kinds["request"] for kinds in calls.values())
    kept_days = usage["kept_days"]
    stored_mb = scale["visits_a_day"] * (
        recording_mb * kept_days["recording"]
        + frame_mb * kept_days["frame"]
        + checks * mb["face_clip"] * kept_days["face_clip"]
    )
    kept_rows = 365 * usage["years_kept"] * mb["rows"]
    kept_frames = kept_days["frame"] * frames(usage) * mb["frame_row"]
    watched = usage["recordings_watched"]
    return {
        "outbound_gb": (requests * mb["answer"] + visits * watched * recording_mb) / 1024,
        "cos_gb_months": stored_mb / 1024,
        "cos_requests": visits
        * (usage["cos_requests"]["a_frame"] * frames(usage) + usage["cos_requests"]["a_visit"]),
        "mysql_instances": 1,
        "mysql_gb": scale["visits_a_day"] * (kept_rows + kept_frames) / 1024,
        "trtc_video_minutes": visits * minutes * usage["people_in_a_room"],
        "trtc_recording_minutes": visits * minutes,
        "trtc_slicing_minutes": visits * minutes,
        "faceid_calls": visits * checks if usage["face_engine"] == "tencent" else 0,
        "phone_checks": visits * usage["phone_checks_a_visit"],
        "sms": visits * usage["sms_a_visit"],
    }


def price(units: Mapping[str, float], prices: Mapping[str, Mapping[str, float | None]]) -> float:
    """Of what has a price."""
    return sum(
        units[name] / (one["per"] or 1) * (one["price"] or 0)
        for name, one in prices.items()
        if name in units
    )


def table(usage: Mapping[str, Any], prices: Mapping[str, Any]) -> Iterator[str]:
    months = {name: month(usage, scale) for name, scale in usage["scales"].items()}
    yield f"| a month | {' | '.join(months)} |"
    yield f"| --- |{' ---: |' * len(months)}"
    for function in triggers.serverless()["inputs"]["functions"]:
        shown = [
            f"{rounded(one.invocations[function])} calls, {rounded(one.gb_seconds[function])} GB-s"
            for one in months.values()
        ]
        yield f"| `{function}` | {' | '.join(shown)} |"
    for unit in prices:
        yield f"| {unit} | {' | '.join(rounded(one.units[unit]) for one in months.values())} |"
    if any(one["price"] is not None for one in prices.values()):
        sums = [f"{price(one.units, prices):,.2f}" for one in months.values()]
        yield f"| **sum of what has a price** | {' | '.join(sums)} |"


def rounded(number: float) -> str:
    """To three digits: no figure here is known better."""
    return f"{float(f'{number:.3g}'):,.10g}"


def needs() -> Iterator[str]:
    """What stands in serverless.yml, deploy/ and the code, function by function."""
    inputs = triggers.serverless()["inputs"]
    settings, policies = read("scf.yaml"), read("policies.yaml")
    common = set.intersection(*(secrets(one) for one in inputs["functions"]))
    yield "| function | package | MB | s | at once | role may call (actions) | secrets beside the common ones |"
    yield "| --- | --- | ---: | ---: | ---: | --- | --- |"
    for function, about in inputs["functions"].items():
        kind = "image" if "image" in about else "zip"
        limit = about.get("timeout", inputs["timeout"])
        own = ", ".join(f"`{one.upper()}`" for one in sorted(secrets(function) - common)) or "none"
        calls = ", ".join(f"{one} ({len(names)})" for one, names in policies[function].items())
        at_once = settings["instances"][function]
        yield (
            f"| `{function}` | {kind} | {memory_mb(function)} | {limit} | {at_once} | {calls} | {own} |"
        )
    yield ""
    yield f"Common secrets: {', '.join(f'`{one.upper()}`' for one in sorted(common))}."


def secrets(function: str) -> set[str]:
    """Which of the secret settings the code that the function can reach asks for."""
    modules, _ = reach(f"functions.{function}.handler")
    files = [file_of(module) for module in modules]
    named = {name for file in files if file for name in ATTRIBUTE.findall(file.read_text())}
    return {name for name in named & set(Settings.model_fields) if SECRET.search(name)}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prices", type=Path, help="a file like deploy/prices.yaml")
    parser.add_argument("--needs", action="store_true", help="what each function needs")
    given = parser.parse_args(arguments)
    prices = yaml.safe_load(given.prices.read_text()) if given.prices else read("prices.yaml")
    lines = needs() if given.needs else table(read("usage.yaml"), prices)
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
