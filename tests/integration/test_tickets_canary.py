"""A thousand made names and ID numbers go through tickets from report to case and report: none comes out anywhere."""

import io
import json
import random
import re
import zipfile
from typing import Any

import pytest
import requests

from local.sample_people import made_up_id_number
from shared.models.people import Resident
from shared.models.places import Site, Ward
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.reports import KnowledgeCase, OpsReport
from tests.integration.test_knowledge import review
from tests.integration.test_nothing_personal import Lines, lines, raw_data
from tests.integration.test_tickets import report_as, walk
from tests.integration.world import World

__all__ = ["lines"]  # the fixture
TICKETS, EACH = 10, 100
GIVEN = "若云小舟志远建国伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉梅文华浩宇轩梓涵欣怡子墨雨泽嘉怀瑾思齐"
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯董萧程曹袁邓傅沈曾彭吕苏卢蒋蔡"
DAYS = [f"{year}{month:02d}15" for year in range(1950, 1990) for month in range(1, 13)]


def made_people() -> list[tuple[str, str]]:
    rng, found = random.Random(7), {}
    while len(found) < TICKETS * EACH:
        name = rng.choice(FAMILY) + "".join(rng.sample(GIVEN, 2))
        found[name] = made_up_id_number(rng.choice(DAYS), len(found))
    return list(found.items())


def told(people: list[tuple[str, str]]) -> str:
    """As somebody writes it who thinks of no rule: with and without blanks, the number near or far."""
    shapes = ("家属{}，身份证{}；", "{}（{}）说画面卡顿；", "号码{1}是{0}的；", "请联系{}核实{}；")
    return "".join(shapes[n % 4].format(*one) for n, one in enumerate(people))


@pytest.mark.slow
def test_a_thousand_names_and_numbers_come_out_nowhere(
    world: World, lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    people = made_people()
    site, ward = world.one(Site), world.rows(Ward)[0]
    known = [
        Resident(site_id=site.id, ward_id=ward.id, number=f"R{n:06d}", name=name)
        for n, (name, _) in enumerate(people)
    ]
    world.add(*known)
    for first in range(0, len(people), EACH):
        close(world, [told(people[first + n : first + n + 20]) for n in range(0, EACH, 20)])
    world.clock.forward(hours=30)
    world.timer("ops_ticket", "fire-deadlines")
    for case in world.rows(KnowledgeCase):
        assert review(world, case).status == 200
    for _ in range(3):
        world.timer("ops_ticket", "make-reports")
    world.post(
        "/ops/v1/reports", {"kind": "monthly", "subject": "2026-12"}, token=world.officer("li")
    )
    world.deliver_messages()

    places = {
        "messages": [row.body for row in world.rows(Outbox)] + [json.dumps(one, ensure_ascii=False) for one in world.emulator.sent("wecom")],
        "cases": [f"{one.title}{one.symptom}{one.cause}{one.method}{one.prevention}" for one in world.rows(KnowledgeCase)],
        "reports": written(world),
        "logs": [*lines.text, *capfd.readouterr()],
        "audit": [json.dumps(one.details, ensure_ascii=False) + str(one.reason) for one in world.rows(AuditEvent)],
        "database": [one.decode("utf-8", "replace") for one in raw_data()],
    }  # fmt: skip
    assert len(places["cases"]) == TICKETS
    assert len(places["reports"]) > TICKETS * 10
    secrets = [value for one in people for value in one]
    for place, texts in places.items():
        everything = re.sub(r"\s", "", "\n".join(texts))
        assert len(everything) > 500, place
        assert [one for one in secrets if one in everything] == [], place


def close(world: World, said: list[str]) -> None:
    ticket_id = report_as(world, "incident", title=said[0][:90], text=said[0])
    final = {"cause": said[2], "method": said[3], "prevention": said[4]}
    walk(
        world, ticket_id, ("acknowledge", "qian", {}), ("comment", "qian", {"text": said[1]}),
        ("resolve", "qian", {"method": said[3]}), ("confirm", "sun", {}),
        ("submit_report", "qian", {"cause": said[2], "method": said[3], "loss": said[4]}),
        ("approve_report", "li", {}), ("close", "qian", final),
    )  # fmt: skip


def written(world: World) -> list[str]:
    """Every part of every file of every report."""
    parts = []
    for one in world.rows(OpsReport):
        links: Any = world.post(f"/ops/v1/reports/{one.id}/links", token=world.officer("sun")).json
        for name in ("docx_url", "xlsx_url"):
            if links[name]:
                with zipfile.ZipFile(
                    io.BytesIO(requests.get(links[name], timeout=30).content)
                ) as file:
                    parts += [
                        re.sub("<[^>]+>", "", file.read(part).decode("utf-8", "replace"))
                        for part in file.namelist()
                    ]
    return parts
