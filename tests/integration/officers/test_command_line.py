"""The administrators' command line: a centre from nothing, a list with bad rows, key rotation, and the audit's seals."""

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from functions.approve.administration.__main__ import main
from functions.ops_ticket.seal_audit import verify_audit as verify_at_night
from shared import audit_chain, reseal
from shared.database import engine
from shared.ids import new_id
from shared.models.people import Relative, Resident
from shared.models.places import Site, Terminal
from shared.models.plumbing import AuditEvent, AuditSeal
from shared.models.tickets import Ticket
from shared.settings import settings
from tests.integration.officers.browser import Browser
from tests.integration.world import World

NEW_SITE = (
    "add-site", "第二戒毒所", "--system", "er-xitong", "钱系统", "--security", "er-anquan", "孙安全",
)  # fmt: skip


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words, catch_exceptions=False)


def done(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.output


def change(statement: object) -> None:
    with Session(engine()) as session, session.begin():
        session.execute(statement)  # type: ignore[call-overload]


def seal_everything() -> int:
    time.sleep(0.002)  # ids tell milliseconds
    return audit_chain.seal_audit(until=datetime.now(timezone.utc))


def test_a_centre_from_nothing(world: World, tmp_path: Path) -> None:
    passwords = dict(re.findall(r"(\S+) 的首次密码（只显示这一次）：(\S+)", done(*NEW_SITE)))
    assert set(passwords) == {"er-xitong", "er-anquan"}
    done("add-ward", "一大队", "--by", "er-xitong")
    officer = re.search(r"编号 (\S+)", done("add-officer", "er-wu", "吴警官", "--by", "er-xitong"))
    assert officer is not None
    done(
        "set-rights", officer[1], "--role", "visit_officer", "--ward", "一大队",
        "--reason", "新到岗", "--by", "er-anquan",
    )  # fmt: skip
    assert re.search(
        r"设备密钥（只显示这一次）：\S{40,}", done("add-terminal", "会见位 1", "--by", "er-xitong")
    )
    residents = tmp_path / "名单.csv"
    residents.write_text(
        "编号,姓名,大队\nB001,甲某,一大队\nB002,,一大队\nB003,丙某,九大队\n", "gb18030"
    )
    imported = run("import-residents", str(residents), "--by", "er-xitong")
    assert imported.exit_code == 1 and "新增 1，更新 0，未变 0" in imported.output
    assert "第 3 行未录入" in imported.output and "没有这个大队" in imported.output
    site = world.one(Site, name="第二戒毒所")
    assert world.one(Resident, site_id=site.id).name == "甲某"
    assert world.one(Terminal, site_id=site.id).name == "会见位 1"
    assert Browser(world).sign_in("er-xitong", passwords["er-xitong"]).codes == [
        "password_change_needed",
        "totp_setup",
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((*NEW_SITE[:-2], "er-xitong", "钱系统"), "两"),
        (("add-ward", "一大队", "--by", "nobody"), "没有这个用户名"),
        (("add-ward", "一大队", "--by", "anquan"), "没有这项权限"),
        (("issue-key", "没有的终端", "--by", "xitong"), "没有找到"),
    ],
)
def test_refusals_are_told_in_plain_words(world: World, words: tuple[str, ...], told: str) -> None:
    before = len(world.rows(AuditEvent))
    result = run(*words)
    assert result.exit_code == 1 and told in result.output, result.output
    assert len(world.rows(AuditEvent)) == before


def test_keys_rotate_and_nothing_is_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [one.name for one in world.rows(Resident)]
    newer = {**settings().sealing_keys, "k2": "f0" * 16}
    monkeypatch.setenv("SEALING_KEYS", json.dumps(newer))
    monkeypatch.setenv("SEALING_KEY_ID", "k2")
    settings.cache_clear()
    old = reseal.count_old()
    assert old > len(names)
    assert f"已重新加密 {old} 项" in done("rotate-keys")
    assert "已重新加密 0 项" in done("rotate-keys")
    monkeypatch.setenv("SEALING_KEYS", '{"k2": "%s"}' % ("f0" * 16))
    settings.cache_clear()
    assert [one.name for one in world.rows(Resident)] == names
    assert all(one.openid for one in world.rows(Relative))


def test_seals_cover_every_row_whoever_seals(world: World) -> None:
    done(*NEW_SITE)
    with ThreadPoolExecutor(4) as many:
        made = list(many.map(lambda _: seal_everything(), range(4)))
    assert sum(made) == len(world.rows(AuditSeal)) == 1
    done("add-ward", "九大队", "--by", "xitong")
    assert seal_everything() == 1 and seal_everything() == 0
    assert audit_chain.count_sealed() == len(world.rows(AuditEvent))
    assert "全部相符" in done("verify-audit")


TAMPERED: dict[str, Callable[[str], object]] = {
    "changed": lambda row: update(AuditEvent).where(AuditEvent.id == row).values(reason="别的理由"),
    "moved to another": lambda row: update(AuditEvent).where(AuditEvent.id == row).values(actor_id=new_id()),
    "taken out": lambda row: delete(AuditEvent).where(AuditEvent.id == row),
    "added": lambda row: insert(AuditEvent).values(
        id=row[:20] + "zzzzzz", actor_kind="system", action="x", subject_kind="site", subject_id="1", details={}
    ),
    "the seal too": lambda row: update(AuditSeal).where(AuditSeal.number == 1).values(digest="0" * 64),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
def test_what_is_done_to_the_audit_breaks_a_seal(world: World, how: str) -> None:
    done(*NEW_SITE)
    seal_everything()
    done("add-ward", "九大队", "--by", "xitong")
    seal_everything()
    row = world.one(AuditEvent, action="site.added")
    change(TAMPERED[how](row.id))
    told = run("verify-audit")
    assert told.exit_code == 1 and "与封存值不符的段：1" in told.output
    on_the_page = world.post("/approve/v1/audit/verify", token=world.officer("shenji"))
    assert on_the_page.json["broken"][0] == 1
    assert world.one(AuditEvent, action="audit.verified").details["broken"][0] == 1
    assert verify_at_night() >= 1 and verify_at_night() >= 1
    assert len([one for one in world.rows(Ticket) if one.title.startswith("审计记录")]) == 1
