"""CSV files as people have them: every bad row named, the good ones in."""

import base64
import csv
import io
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from functions.booking.onsite.import_visitors import COLUMNS, import_visitors
from local.sample_people import BROTHER, LIN, SITE, SON, made_up_id_number
from shared import clock
from shared.actors import SYSTEM
from shared.clients import storage
from shared.clock import in_shanghai
from shared.models.people import OnsiteVisitor, Relationship
from shared.models.places import Site
from tests.integration.onsite.system import add_relative
from tests.integration.problems import assert_problem
from tests.integration.world import World

ROOT = Path(__file__).parents[3]
GOOD = {
    "登记编号": "V1",
    "状态": "有效",
    "姓名": LIN.name,
    "身份证号码": LIN.id_number,
    "与戒毒人员关系": "母亲",
    "戒毒人员编号": SON.number,
    "核验时间": "2026-11-30 09:30:00",
    "核验人": "窗口 03",
    "变更时间": "2026/11/30 9:30",
}


def csv_of(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(COLUMNS))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def send(world: World, data: bytes) -> Any:
    body = {"csv_base64": base64.b64encode(data).decode()}
    return world.post("/booking/v1/onsite/imports", body, token=world.officer("wang"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_every_encoding_people_use(world: World, encoding: str) -> None:
    relative = add_relative(world, LIN)
    answer = send(world, csv_of(GOOD).encode(encoding))
    assert (answer.status, answer.json["created"]) == (200, 1), answer.text
    assert world.one(Relationship, relative_id=relative.id).kinship == "母亲"
    assert send(world, csv_of(GOOD).encode()).json["unchanged"] == 1


def test_each_bad_row_is_named_with_all_its_reasons(world: World) -> None:
    rows = [
        GOOD,
        {**GOOD, "登记编号": "V2", "身份证号码": LIN.id_number[:-1] + "9", "姓名": "1"},
        {**GOOD, "登记编号": "V3", "身份证号码": "9.9E+17"},
        {**GOOD, "登记编号": "V4", "状态": "", "变更时间": "昨天"},
        {**GOOD, "登记编号": "V5", "戒毒人员编号": "20269999"},
        {**GOOD, "登记编号": "V6", "核验人": ""},
        {**GOOD, "登记编号": "V7", "核验时间": "", "核验人": ""},
        {**GOOD, "登记编号": LIN.id_number},
        {**GOOD, "与戒毒人员关系": "姐妹"},
    ]
    report = send(world, csv_of(*rows).encode()).json
    counts = {name: report[name] for name in ("rows", "created", "waiting", "refused")}
    assert counts == {"rows": 9, "created": 3, "waiting": 1, "refused": 6}
    named = {one["line"]: [each["code"] for each in one["reasons"]] for one in report["problems"]}
    assert named == {
        3: ["name_invalid", "id_number_invalid"],
        4: ["csv_scientific"],
        5: ["csv_status_invalid", "csv_time_invalid"],
        6: ["resident_waiting"],
        7: ["checked_by_missing"],
        9: ["record_id_personal"],
        10: ["changed_at_same"],
    }
    assert [one["taken"] for one in report["problems"]].count(True) == 1
    assert LIN.id_number not in str(report)
    assert {one.external_id for one in world.rows(OnsiteVisitor)} == {"V1", "V5", "V7"}


def test_an_uploaded_file_is_taken_and_then_deleted(world: World) -> None:
    token = world.officer("sun")
    place = world.post("/booking/v1/onsite/imports/place", token=token).json
    world.upload(place, csv_of(GOOD).encode("gbk"))
    answer = world.post("/booking/v1/onsite/imports", {"key": place["key"]}, token=token)
    assert answer.json["created"] == 1, answer.text
    world.deliver_messages()
    assert storage.head(place["key"]) is None
    again = world.post("/booking/v1/onsite/imports", {"key": place["key"]}, token=token)
    assert_problem(again, 422, "import_missing")
    of_another = world.post(
        "/booking/v1/onsite/imports", {"key": place["key"]}, token=world.officer("wang")
    )
    assert_problem(of_another, 422, "import_missing")


def test_files_that_are_none(world: World) -> None:
    assert_problem(send(world, b"\xff\xfe\x00"), 422, "csv_encoding")
    assert_problem(send(world, "姓名\n林".encode()), 422, "csv_columns")
    assert_problem(send(world, csv_of().encode()), 422, "csv_empty")
    both = world.post("/booking/v1/onsite/imports", {}, token=world.officer("wang"))
    assert_problem(both, 422, "import_source")
    body = {"csv_base64": base64.b64encode(csv_of(GOOD).encode()).decode()}
    nobody = world.post("/booking/v1/onsite/imports", body, token=world.officer("qian"))
    assert_problem(nobody, 403, "not_allowed")


def many(count: int, *, bad_every: int, at: datetime) -> bytes:
    moment = f"{in_shanghai(at):%Y-%m-%d %H:%M:%S}"

    def row(number: int) -> dict[str, str]:
        good = made_up_id_number(f"19{50 + number % 50}0{1 + number % 9}15", number % 1000)
        wrong = number % bad_every == 0
        return {
            **GOOD,
            "登记编号": f"V{number:06d}",
            "身份证号码": good[:-1] + ("1" if good[-1] != "1" else "2") if wrong else good,
            "戒毒人员编号": (SON, BROTHER)[number % 2].number,
            "核验时间": moment,
            "变更时间": moment,
        }

    return csv_of(*(row(number) for number in range(1, count + 1))).encode("gbk")


def test_ten_thousand_rows_in_ten_seconds(world: World) -> None:
    shown: list[tuple[int, int]] = []
    data = many(10_000, bad_every=100, at=world.clock.now())
    began = time.monotonic()
    report = import_visitors(
        actor=SYSTEM,
        site_id=world.one(Site).id,
        data=data,
        progress=lambda done, total: shown.append((done, total)),
    )
    took = time.monotonic() - began
    assert (report["created"], report["refused"]) == (9_900, 100)
    assert [one["line"] for one in report["problems"]] == [1 + 100 * n for n in range(1, 101)]
    assert shown[-1] == (10_000, 10_000)
    assert took <= 10, f"{took:.1f} s"


def test_the_command_shows_progress_and_names_bad_rows(world: World, tmp_path: Path) -> None:
    file = tmp_path / "登记.csv"
    file.write_bytes(many(1_000, bad_every=500, at=clock.system_time()))
    command = [sys.executable, "-m", "functions.booking.onsite.import_visitors", str(file)]
    done = subprocess.run([*command, "--site", SITE], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "500/1000 行" in done.stderr
    assert "1000/1000 行" in done.stderr
    assert "第 501 行（V000500）：〔身份证号码〕身份证号码有误" in done.stdout
    assert "新增 998" in done.stdout
    elsewhere = subprocess.run(
        [*command, "--site", "无此所"], cwd=ROOT, capture_output=True, text=True
    )
    assert (elsewhere.returncode, elsewhere.stdout) == (2, "")
