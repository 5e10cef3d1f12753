"""A closed incident becomes a draft without persons; a person shows it; the next incident like it finds it."""

from typing import Any

import pytest

from local.sample_people import GUO, SON
from shared.models.reports import CaseStatus, KnowledgeCase
from tests.integration.problems import assert_problem
from tests.integration.test_tickets import act, report, walk
from tests.integration.world import World

TOLD = {"cause": "交换机端口老化", "method": "更换交换机端口后画面恢复", "loss": "无损失"}


def close(world: World, closer: str = "qian", **told: str) -> str:
    """An incident from report to end; gives the ticket's id."""
    said = {**TOLD, **told}
    ticket_id = report(world, "incident")
    walk(
        world, ticket_id, ("acknowledge", "qian", {}), ("resolve", "qian", {"method": said["method"]}),
        ("confirm", "sun", {}), ("submit_report", "qian", said), ("approve_report", "li", {}),
    )  # fmt: skip
    closing = {"cause": said["cause"], "method": said["method"], "prevention": "每季度检查端口误码"}
    walk(world, ticket_id, ("close", closer, closing))
    return ticket_id


def review(
    world: World, case: KnowledgeCase, status: str = "shown", who: str = "he", **texts: str
) -> Any:
    body = {
        name: getattr(case, name) for name in ("title", "symptom", "cause", "method", "prevention")
    }
    return world.post(
        f"/ops/v1/cases/{case.id}", {**body, **texts, "status": status}, token=world.officer(who)
    )


def titles(world: World, path: str) -> list[str]:
    return [one["title"] for one in world.get(path, token=world.officer("qian")).json["cases"]]


def test_an_incident_teaches_the_next_one(world: World) -> None:
    close(world)
    case = world.one(KnowledgeCase)
    assert case.status is CaseStatus.DRAFT
    assert titles(world, "/ops/v1/cases?text=交换机") == []
    assert review(world, case, title="交换机端口老化致画面卡顿").status == 200
    others = (
        ("短信发送失败", "短信套餐余额用尽", "续订套餐"),
        ("录像未生成", "存储桶权限被改", "恢复权限"),
    )
    for title, cause, method in others:
        close(world)
        draft = next(one for one in world.rows(KnowledgeCase) if one.status is CaseStatus.DRAFT)
        shown = review(world, draft, title=title, symptom=title, cause=cause, method=method)
        assert shown.status == 200
    again = report(world, "incident")  # the picture stutters again
    assert titles(world, f"/ops/v1/tickets/{again}/cases")[0] == "交换机端口老化致画面卡顿"
    assert titles(world, "/ops/v1/cases?text=短信余额")[0] == "短信发送失败"
    assert titles(world, "/ops/v1/cases?text=乌有之事") == []
    case = next(one for one in world.rows(KnowledgeCase) if "短信" in one.title)
    assert review(world, case, "dropped").status == 200
    assert titles(world, "/ops/v1/cases?text=短信余额") == []


@pytest.mark.parametrize("status", ["shown", "dropped"])
def test_nobody_reviews_a_case_of_his_own_words(world: World, status: str) -> None:
    close(world, closer="he")  # the report is qian's
    case = world.one(KnowledgeCase)
    for who in ("qian", "he"):
        assert_problem(review(world, case, status, who), 422, "ticket_own_work")
    assert world.one(KnowledgeCase).status is CaseStatus.DRAFT
    assert review(world, case, status, "li").status == 200


def test_a_draft_names_nobody_and_neither_may_the_reviewer(world: World) -> None:
    close(
        world,
        cause=f"家属 {GUO.name} 手机（{GUO.phone}）过旧，身份证 {GUO.id_number}",
        method=f"告知{SON.name}家属更换",
    )
    case = world.one(KnowledgeCase)
    said = f"{case.cause}{case.method}"
    assert "手机" in said
    assert "更换" in said
    assert not any(one in said for one in (GUO.name, GUO.phone, GUO.id_number, SON.name))
    again = review(world, case, method=f"请{GUO.name}更换手机")
    assert_problem(again, 422, "case_names_somebody")
    assert world.one(KnowledgeCase).status is CaseStatus.DRAFT
    assert act(world, case.ticket_id, "comment", "qian", text="已办结").status == 409
