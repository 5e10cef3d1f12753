"""Hold serverless.yml to the code: `make check-serverless`.

No maintained validator exists (cloud-facts 7.5), so these are SCF's documented rules, checked here.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from server import triggers
from shared import scf
from shared.room_commands import FRAMES
from shared.settings import Settings
from tools import deployment, make_jobs
from tools.make_spec import specification
from tools.package.__main__ import DIST
from tools.package.closure import ROOT

RUNTIMES = {"Python2.7", "Python3.6", "Python3.7", "Python3.9", "Python3.10"}
NAME = re.compile(r"^[A-Za-z][\w-]{0,58}[A-Za-z0-9]$")
RESERVED = ("SCF_", "QCLOUD_", "TENCENTCLOUD_")
ENVIRONMENT_BYTES = 4096
# What stands for one ${env:…} value: long enough for a key ring or a database address.
PLACEHOLDER_BYTES = 80
# Whose pages may stand under another host; officers' pages stand under the functions' own.
CORS = {"booking", "verify_face", "phone_realname"}
SECRET = re.compile(r"_(KEY|KEYS|SECRET)$|^DATABASE_URL$")
TRIGGERS = 10  # of one type
LAYERS = 5
MEMORY_MB, TIMEOUT_S = range(64, 3073), range(1, 901)


def problems(config: dict[str, Any]) -> Iterator[str]:
    inputs = config["inputs"]
    if inputs["runtime"] not in RUNTIMES:
        yield f"runtime {inputs['runtime']} is not one of SCF's"
    yield from _stage(config)
    yield from _network(inputs)
    yield from _environment(inputs["environments"])
    for key, function in inputs["functions"].items():
        yield from _function(key, {**inputs, **function})
    for trigger in inputs["triggers"]:
        yield from _trigger(trigger, inputs["functions"])
    yield from _many_timers(inputs["triggers"])
    urls = {one["function"] for one in inputs["triggers"] if one["type"] == "http"}
    yield from (f"{key}: no function URL" for key in inputs["functions"] if key not in urls)


def _stage(config: dict[str, Any]) -> Iterator[str]:
    """One file for all stages: what tells them apart comes from outside, and the code is told which it is."""
    if "${env:STAGE" not in str(config.get("stage")):
        yield "stage is not taken from the environment"
    told = {one["key"]: one["value"] for one in config["inputs"]["environments"]}
    if told.get("STAGE") != config.get("stage"):
        yield "environment STAGE is not the stage that is deployed"
    yield from (
        f"{key}: staging and production would be one function, its name lacks the stage"
        for key, one in config["inputs"]["functions"].items()
        if "${stage}" not in one["name"]
    )


def _network(inputs: dict[str, Any]) -> Iterator[str]:
    for part, keys in (("vpcConfig", ("vpcId", "subnetId")), ("cls", ("logsetId", "topicId"))):
        given = inputs.get(part) or {}
        if not all("${env:" in str(given.get(key)) for key in keys):
            yield f"{part} needs {' and '.join(keys)}, from the environment"


def _many_timers(all_triggers: list[dict[str, Any]]) -> Iterator[str]:
    counted = Counter((one["function"], one["type"]) for one in all_triggers)
    for (function, kind), number in counted.items():
        if number > TRIGGERS:
            yield f"{function}: {number} {kind} triggers, SCF takes {TRIGGERS}"


def _environment(variables: list[dict[str, str]]) -> Iterator[str]:
    size = 0
    for one in variables:
        value = re.sub(r"\$\{env:[^}]*\}", "x" * PLACEHOLDER_BYTES, one["value"])
        size += len(one["key"]) + len(value) + 2
        if one["key"].startswith(RESERVED):
            yield f"environment {one['key']}: reserved prefix"
        if one["key"].lower() not in Settings.model_fields and one["key"] != "TZ":
            yield f"environment {one['key']}: no such setting"
        if SECRET.search(one["key"]) and "${env:" not in one["value"]:
            yield f"environment {one['key']}: a secret stands in the file"
    for name in Settings.model_fields:
        if SECRET.search(name.upper()) and name.upper() not in {one["key"] for one in variables}:
            yield f"environment lacks {name.upper()}, without which no function starts"
    if size >= ENVIRONMENT_BYTES:
        yield f"environment has about {size} bytes, SCF takes {ENVIRONMENT_BYTES}"


def _function(key: str, function: dict[str, Any]) -> Iterator[str]:
    if not NAME.match(function["name"].replace("${stage}", "production")):
        yield f"{key}: name {function['name']} is not allowed"
    if function["memorySize"] not in MEMORY_MB or function["timeout"] not in TIMEOUT_S:
        yield f"{key}: memory or timeout out of range"
    if len(function.get("layers", [])) > LAYERS:
        yield f"{key}: more than {LAYERS} layers"
    if "image" in function:
        # An image holds all of them; which one it is, is said when it is built.
        function = {**function, "handler": f"functions/{key}/handler.main"}
    elif function["src"]["src"] != f"{DIST.relative_to(ROOT)}/{key}":
        yield f"{key}: `make package` does not write {function['src']['src']}"
    module, _, entry = function["handler"].replace("/", ".").rpartition(".")
    try:
        if not callable(getattr(import_module(module), entry, None)):
            yield f"{key}: {function['handler']} has no such function"
    except ImportError as error:
        yield f"{key}: {function['handler']} does not import: {error}"


def _trigger(trigger: dict[str, Any], functions: dict[str, Any]) -> Iterator[str]:
    kind, owner, parameters = trigger["type"], trigger["function"], trigger["parameters"]
    if owner not in functions:
        yield f"{kind} trigger of an unknown function {owner}"
        return
    if kind == "timer":
        yield from _timer(owner, parameters)
    elif kind == "cos":
        yield from _cos(owner, parameters)
    elif kind == "http":
        yield from _url(owner, parameters)
    else:
        yield f"{owner}: unknown trigger type {kind}"


def _timer(owner: str, parameters: dict[str, Any]) -> Iterator[str]:
    name = parameters["name"]
    if parameters.get("enable") is not True:
        yield f"{owner}.{name}: enable must be written as true"
    try:
        triggers.TimerTrigger(owner, name, parameters["cronExpression"]).schedule()
    except ValueError as error:
        yield f"{owner}: {error}"
    jobs = getattr(import_module(f"functions.{owner}.handler"), "JOBS", {})
    for job in triggers.jobs_of(parameters):
        if job not in jobs:
            yield f"{owner}: the handler has no job {job}"
        elif not callable(scf.load(jobs[job])):
            yield f"{owner}: {jobs[job]} is no function"


def _url(owner: str, parameters: dict[str, Any]) -> Iterator[str]:
    if not parameters["netConfig"].get("enableExtranet"):
        yield f"{owner}: the function URL is not public without enableExtranet"
    cors = parameters.get("corsConfig")
    if (cors is not None) is not (owner in CORS):
        yield f"{owner}: CORS is for {sorted(CORS)} alone"
    if cors is None:
        return
    if cors["enable"] is not True or "*" in cors["origins"] or cors["credentials"]:
        yield f"{owner}: CORS must be enabled for named origins, without credentials"
    lacking = _asked_for(owner) - {*cors["methods"], *cors["headers"]}
    if lacking:
        yield f"{owner}: CORS does not let through {sorted(lacking)}"


def _asked_for(function: str) -> set[str]:
    """Methods and headers that families' pages send."""
    asked = {"authorization", "content-type"}
    for operations in specification()["paths"].values():
        for method, operation in operations.items():
            if function in operation["tags"] and {"relative": []} in operation["security"]:
                headers = [one for one in operation.get("parameters", []) if one["in"] == "header"]
                asked |= {
                    method.upper(),
                    *(one["name"].lower().replace("_", "-") for one in headers),
                }
    return asked


def _cos(owner: str, parameters: dict[str, Any]) -> Iterator[str]:
    if parameters.get("enable") is not True:
        yield f"{owner}: the COS trigger's enable must be written as true"
    if parameters["filter"]["prefix"] != f"{FRAMES}/":
        yield f"{owner}: the COS trigger watches {parameters['filter']['prefix']}, not {FRAMES}/"


def unused_jobs(config: dict[str, Any]) -> Iterator[str]:
    named = {
        (one["function"], job)
        for one in config["inputs"]["triggers"]
        if one["type"] == "timer"
        for job in triggers.jobs_of(one["parameters"])
    }
    for key in config["inputs"]["functions"]:
        for job in getattr(import_module(f"functions.{key}.handler"), "JOBS", {}):
            if (key, job) not in named:
                yield f"{key}: no timer runs the job {job}"


def _stale_periods() -> Iterator[str]:
    if make_jobs.TARGET.read_text(encoding="utf-8") != make_jobs.text():
        yield "shared/rules/job_periods.py is old: make spec"


def main() -> int:
    config = triggers.serverless()
    deployed = deployment.problems(
        config["inputs"], deployment.read("policies.yaml"), deployment.read("scf.yaml")
    )
    found = [*problems(config), *unused_jobs(config), *deployed, *_stale_periods()]
    print("\n".join(found) or "serverless.yml: 6 functions, all triggers hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
