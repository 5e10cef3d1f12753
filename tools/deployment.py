"""What stands in deploy/: roles and what the deploy CLI cannot set; printed for who deploys, held to the code.

python -m tools.deployment roles       # a CAM policy for each function's role
python -m tools.deployment settings    # tccli calls for after `scf deploy`; run them with stage=production or =staging set
python -m tools.deployment domain      # the call that puts all six under one host; with HOST and CERTIFICATE_ID set besides
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from server import triggers
from server.functions import PREFIXES
from tools import cloud_calls
from tools.package.closure import ROOT

DEPLOY = ROOT / "deploy"
# SCF's limits (cloud-facts 7.4).
RETRIES, QUEUE_SECONDS = range(3), range(60, 21_601)
BUCKET = "qcs::cos:${REGION}:uid/${COS_APPID}:${COS_BUCKET}/*"


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text())
    return found


def problems(
    inputs: Mapping[str, Any], policies: Mapping[str, Any], settings: Mapping[str, Any]
) -> Iterator[str]:
    """What deploy/policies.yaml and deploy/scf.yaml say, held to the code and to SCF's limits."""
    for function, about in inputs["functions"].items():
        wanted = cloud_calls.actions(function)
        if policies.get(function) != wanted:
            yield f"deploy/policies.yaml: {function} calls {json.dumps(wanted)}"
        if about.get("role") != about["name"]:
            yield f"{function}: no role of its own"
        if not settings["instances"].get(function):
            yield f"deploy/scf.yaml: {function} has no reserved concurrency"
    if settings.get("retries") not in RETRIES:
        yield "deploy/scf.yaml: a failed timer or COS event is tried again 0 to 2 times"
    if settings.get("queue_seconds") not in QUEUE_SECONDS:
        yield "deploy/scf.yaml: an event waits 60 to 21,600 seconds"
    if not settings.get("dead_letter_topic"):
        yield "deploy/scf.yaml: no place for what failed for the last time"


def role(function: str) -> dict[str, Any]:
    allowed: dict[str, list[str]] = read("policies.yaml")[function]
    return {
        "version": "2.0",
        "statement": [
            {
                "effect": "allow",
                "action": [
                    f"name/cos:{one}" if product == "cos" else f"{product}:{one}" for one in actions
                ],
                "resource": [BUCKET if product == "cos" else "*"],
            }
            for product, actions in allowed.items()
        ],
    }


def settings() -> Iterator[str]:
    inputs, wanted = triggers.serverless()["inputs"], read("scf.yaml")
    retries = json.dumps(
        {"RetryConfig": [{"RetryNum": wanted["retries"]}], "MsgTTL": wanted["queue_seconds"]}
    )
    letters = json.dumps({"Type": "topic", "Name": wanted["dead_letter_topic"]})
    for function, about in inputs["functions"].items():
        name, memory = about["name"], about.get("memorySize", inputs["memorySize"])
        reserved = wanted["instances"][function] * memory
        yield f"tccli scf PutReservedConcurrencyConfig --FunctionName {name} --ReservedConcurrencyMem {reserved}"
        yield f"tccli scf UpdateFunctionEventInvokeConfig --FunctionName {name} --AsyncTriggerConfig '{retries}'"
        yield f"tccli scf UpdateFunctionConfiguration --FunctionName {name} --DeadLetterConfig '{letters}'"


def domain() -> str:
    """One host, its paths given to the functions as they come. https://cloud.tencent.com/document/api/583/111926"""
    functions = triggers.serverless()["inputs"]["functions"]
    routes = [
        {
            "Namespace": "default",
            "FunctionName": functions[function]["name"],
            "Qualifier": "$DEFAULT",
            "PathMatch": f"{prefix}*",
        }
        for prefix, function in PREFIXES.items()
    ]
    certificate = _for_the_shell({"CertificateId": "${CERTIFICATE_ID}"})
    return (
        "tccli scf CreateCustomDomain --Domain ${HOST} --Protocol HTTPS "
        f"--CertConfig {certificate} --EndpointsConfig {_for_the_shell(routes)}"
    )


def _for_the_shell(value: object) -> str:
    """As one word, in which the shell still puts the values of `${...}`."""
    escaped = json.dumps(value).replace('"', '\\"').replace("$DEFAULT", "\\$DEFAULT")
    return f'"{escaped}"'


def main() -> int:
    if sys.argv[1:] == ["roles"]:
        functions = triggers.serverless()["inputs"]["functions"]
        print(json.dumps({one: role(one) for one in functions}, indent=1))
    elif sys.argv[1:] == ["settings"]:
        print("\n".join(settings()))
    elif sys.argv[1:] == ["domain"]:
        print(domain())
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
