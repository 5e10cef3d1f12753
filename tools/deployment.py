"""What stands in deploy/: roles and what the deploy CLI cannot set; printed for who deploys, held to the code.

python -m tools.deployment roles       # a CAM policy for each function's role
python -m tools.deployment settings    # tccli calls for after `scf deploy`
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import yaml

from server import triggers
from tools.package.closure import ROOT, file_of, reach

DEPLOY = ROOT / "deploy"
PRODUCTS = {
    "trtc": "shared.clients.trtc",
    "faceid": "shared.clients.faceid",
    "sms": "shared.clients.sms",
    "cos": "shared.clients.storage",
}
CALLED = re.compile(r'_call\(\s*"([A-Z]\w+)"')


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text())
    return found


def problems() -> Iterator[str]:
    inputs = triggers.serverless()["inputs"]
    policies, settings = read("policies.yaml"), read("scf.yaml")
    for function, about in inputs["functions"].items():
        modules, _ = reach(f"functions.{function}.handler")
        wanted = sorted(name for name, module in PRODUCTS.items() if module in modules)
        if policies["functions"].get(function) != wanted:
            yield f"deploy/policies.yaml: {function} calls {wanted}"
        if about.get("role") != about["name"]:
            yield f"{function}: no role of its own"
        if not settings["instances"].get(function):
            yield f"deploy/scf.yaml: {function} has no reserved concurrency"
    for product in ("trtc", "faceid"):
        file = file_of(PRODUCTS[product])
        assert file is not None
        if sorted(set(CALLED.findall(file.read_text()))) != policies["products"][product]:
            yield f"deploy/policies.yaml: {product} is called otherwise"


def role(function: str) -> dict[str, Any]:
    policies = read("policies.yaml")
    actions = {name: policies["products"][name] for name in policies["functions"][function]}
    return {
        "version": "2.0",
        "statement": [
            {
                "effect": "allow",
                "action": [
                    f"name/{product}:{one}" if product == "cos" else f"{product}:{one}"
                    for one in names
                ],
                "resource": ["${COS_BUCKET}/*" if product == "cos" else "*"],
            }
            for product, names in actions.items()
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


def main() -> int:
    if sys.argv[1:] == ["roles"]:
        functions = triggers.serverless()["inputs"]["functions"]
        print(json.dumps({one: role(one) for one in functions}, indent=1))
    elif sys.argv[1:] == ["settings"]:
        print("\n".join(settings()))
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
