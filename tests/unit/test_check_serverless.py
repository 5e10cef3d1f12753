"""`make check-serverless` passes what is deployed, and finds each thing that could be wrong in it."""

import json
import re
import subprocess
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from server import triggers
from tools import check_serverless, cloud_calls, deployment
from tools.package.closure import ROOT

Config = dict[str, Any]


def found_in(config: Config) -> list[str]:
    return [*check_serverless.problems(config), *check_serverless.unused_jobs(config)]


def deployed(config: Config, policies: Config, settings: Config) -> list[str]:
    return list(deployment.problems(config["inputs"], policies, settings))


def test_what_stands_there_holds() -> None:
    config = triggers.serverless()
    assert found_in(config) == []
    assert deployed(config, deployment.read("policies.yaml"), deployment.read("scf.yaml")) == []


def variable(inputs: Config, key: str) -> Config:
    return next(one for one in inputs["environments"] if one["key"] == key)


def trigger(inputs: Config, function: str, kind: str, name: str = "") -> Config:
    return next(
        one["parameters"]
        for one in inputs["triggers"]
        if (one["function"], one["type"]) == (function, kind)
        and name in one["parameters"].get("name", "")
    )


def put(place: Config, **values: Any) -> None:
    place.update(values)


def drop(inputs: Config, **where: str) -> None:
    inputs["triggers"] = [
        one
        for one in inputs["triggers"]
        if any(one[name] != value for name, value in where.items())
    ]


BREAKS: dict[str, tuple[Callable[[Config], Any], str]] = {
    "a runtime that SCF lacks": (lambda i: put(i, runtime="Python3.12"), "runtime"),
    "memory beyond the limit": (lambda i: put(i, memorySize=4096), "memory"),
    "a timeout beyond the limit": (lambda i: put(i, timeout=901), "timeout"),
    "no network": (lambda i: i.pop("vpcConfig"), "vpcConfig needs"),
    "a network that stands in the file": (
        lambda i: put(i["vpcConfig"], vpcId="vpc-1"),
        "vpcConfig needs",
    ),
    "no place for logs": (lambda i: i["cls"].pop("topicId"), "cls needs"),
    "a reserved variable": (
        lambda i: i["environments"].append({"key": "SCF_X", "value": "1"}),
        "reserved",
    ),
    "a variable that nobody reads": (
        lambda i: i["environments"].append({"key": "NO_SUCH", "value": "1"}),
        "no such setting",
    ),
    "a secret in the file": (lambda i: put(variable(i, "SESSION_KEY"), value="abc"), "secret"),
    "a database's password in the file": (
        lambda i: put(variable(i, "DATABASE_URL"), value="mysql://root:x@h/v"),
        "secret",
    ),
    "a secret that is not handed on": (
        lambda i: i["environments"].remove(variable(i, "METRICS_KEY")),
        "lacks METRICS_KEY",
    ),
    "too much of it": (lambda i: put(variable(i, "TZ"), value="x" * 5000), "4096"),
    "the code not told its stage": (
        lambda i: put(variable(i, "STAGE"), value="production"),
        "STAGE is not the stage",
    ),
    "one name for all stages": (
        lambda i: put(i["functions"]["booking"], name="visits-booking"),
        "lacks the stage",
    ),
    "a name that SCF refuses": (
        lambda i: put(i["functions"]["booking"], name="9-${stage}"),
        "not allowed",
    ),
    "a handler that is not there": (
        lambda i: put(i["functions"]["booking"], handler="functions/booking/handler.nothing"),
        "no such function",
    ),
    "a package that nobody makes": (
        lambda i: put(i["functions"]["booking"], src={"src": "dist/other"}),
        "make package",
    ),
    "more layers than SCF takes": (
        lambda i: put(i["functions"]["booking"], layers=[{"name": "x"}] * 6),
        "layers",
    ),
    "no address": (lambda i: drop(i, function="approve", type="http"), "no function URL"),
    "an address that is not public": (
        lambda i: put(trigger(i, "approve", "http"), netConfig={"enableExtranet": False}),
        "not public",
    ),
    "pages of families kept out": (
        lambda i: trigger(i, "booking", "http").pop("corsConfig"),
        "CORS is for",
    ),
    "officers' sessions open to other hosts": (
        lambda i: put(
            trigger(i, "approve", "http"),
            corsConfig=deepcopy(trigger(i, "booking", "http")["corsConfig"]),
        ),
        "CORS is for",
    ),
    "any host let in": (
        lambda i: put(trigger(i, "booking", "http")["corsConfig"], origins=["*"]),
        "named origins",
    ),
    "a header kept out": (
        lambda i: put(trigger(i, "booking", "http")["corsConfig"], headers=["authorization"]),
        "idempotency-key",
    ),
    "a timer that is off": (
        lambda i: put(trigger(i, "booking", "timer"), enable=False),
        "enable must be written",
    ),
    "a timer of five fields": (
        lambda i: put(trigger(i, "booking", "timer"), cronExpression="*/5 * * * *"),
        "7 fields",
    ),
    "a timer without a job": (
        lambda i: put(trigger(i, "booking", "timer", "expire-requests"), name="no-such-job"),
        "no job no-such-job",
    ),
    "a job in a group that is not there": (
        lambda i: put(trigger(i, "booking", "timer", "every-hour"), argument="forget-nonces x"),
        "no job x",
    ),
    "a job without a timer": (
        lambda i: put(trigger(i, "booking", "timer", "every-hour"), argument="forget-nonces"),
        "no timer runs the job revive-onsite",
    ),
    "more timers than SCF takes": (
        lambda i: i["triggers"].extend(
            [{**one} for one in i["triggers"] if one["function"] == "booking"]
        ),
        "SCF takes 10",
    ),
    "frames that start nothing": (
        lambda i: put(trigger(i, "monitor_hook", "cos"), filter={"prefix": "pictures/"}),
        "COS trigger watches",
    ),
    "a trigger of nobody": (
        lambda i: i["triggers"].append({"type": "cos", "function": "other", "parameters": {}}),
        "unknown function",
    ),
    "a trigger of a kind that is gone": (
        lambda i: i["triggers"].append({"type": "apigw", "function": "booking", "parameters": {}}),
        "unknown trigger type",
    ),
}


@pytest.mark.parametrize("what", BREAKS)
def test_it_finds(what: str) -> None:
    config = deepcopy(triggers.serverless())
    change, said = BREAKS[what]
    change(config["inputs"])
    assert any(said in problem for problem in found_in(config)), found_in(config)


def test_it_finds_a_stage_that_is_fixed() -> None:
    config = {**deepcopy(triggers.serverless()), "stage": "production"}
    assert "stage is not taken from the environment" in found_in(config)


DEPLOYMENT_BREAKS: dict[str, tuple[Callable[[Config, Config, Config], Any], str]] = {
    "a role that may do more": (
        lambda _, policies, __: policies["booking"]["cos"].append("DeleteObject"),
        "booking calls",
    ),
    "a role that may not do enough": (
        lambda _, policies, __: policies["monitor_hook"]["trtc"].remove("CreateCloudRecording"),
        "monitor_hook calls",
    ),
    "a role that two share": (
        lambda config, *_: put(config["inputs"]["functions"]["booking"], role="everybody"),
        "no role of its own",
    ),
    "no instances kept": (
        lambda *given: given[2]["instances"].pop("approve"),
        "no reserved concurrency",
    ),
    "more tries than SCF makes": (lambda *given: put(given[2], retries=9), "0 to 2"),
    "a day in the queue": (lambda *given: put(given[2], queue_seconds=86_400), "21,600"),
    "nowhere for what failed": (lambda *given: given[2].pop("dead_letter_topic"), "no place"),
}


@pytest.mark.parametrize("what", DEPLOYMENT_BREAKS)
def test_it_finds_in_what_is_deployed_beside_it(what: str) -> None:
    given = (
        deepcopy(triggers.serverless()),
        deployment.read("policies.yaml"),
        deployment.read("scf.yaml"),
    )
    change, said = DEPLOYMENT_BREAKS[what]
    change(*given)
    assert any(said in problem for problem in deployed(*given)), deployed(*given)


def test_a_role_names_actions_and_the_one_bucket() -> None:
    statements = deployment.role("booking")["statement"]
    assert [one["effect"] for one in statements] == ["allow"]
    assert statements[0]["action"] == [
        "name/cos:GetBucket",
        "name/cos:GetObject",
        "name/cos:PutObject",
    ]
    assert statements[0]["resource"] == [deployment.BUCKET]


def test_calls_are_read_from_the_code() -> None:
    assert "sms" not in cloud_calls.actions("booking")  # it writes messages, and sends none
    assert cloud_calls.actions("phone_realname")["faceid"] == ["PhoneVerification"]
    assert "DismissRoomByStrRoomId" in cloud_calls.actions("monitor_hook")["trtc"]


def test_the_sample_of_settings_names_what_the_framework_s_file_asks_for() -> None:
    asked = re.findall(r"\$\{env:(\w+)", (ROOT / "serverless.yml").read_text("utf-8"))
    given = re.findall(
        r"^(\w+)=", (ROOT / "deploy" / "settings.env").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(given) == sorted(set(asked))


def test_calls_for_after_the_deploy_cover_every_function() -> None:
    calls = list(deployment.settings())
    assert len(calls) == 3 * len(triggers.serverless()["inputs"]["functions"])
    assert any("--ReservedConcurrencyMem 20480" in one for one in calls)  # 20 instances of 1 GB


def test_one_host_leads_to_every_function_by_its_path() -> None:
    call = f'tccli() {{ printf "%s\\n" "$@"; }}; {deployment.domain()}'
    settings = {"stage": "staging", "HOST": "visits.example.cn", "CERTIFICATE_ID": "c1"}
    done = subprocess.run(
        ["bash", "-c", call], env=settings, capture_output=True, text=True, check=True
    )
    words = done.stdout.splitlines()
    assert words[words.index("--Domain") + 1] == "visits.example.cn"
    routes = json.loads(words[words.index("--EndpointsConfig") + 1])
    assert {one["PathMatch"]: one["FunctionName"] for one in routes}["/verify-face/*"] == (
        "visits-staging-verify-face"
    )
    assert {one["Qualifier"] for one in routes} == {"$DEFAULT"} and len(routes) == 6
