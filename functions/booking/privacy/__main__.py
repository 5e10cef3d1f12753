"""For an administrator, when somebody asks at the window: a person's data as a file, or their erasure.

    python -m functions.booking.privacy export --officer sun --reason 本人窗口申请 --out copy.json
    python -m functions.booking.privacy erase --officer sun --reason 本人窗口申请 --confirm
    python -m functions.booking.privacy erase-again --officer sun --reason 从备份恢复

The last is for a database restored from a backup: whoever was erased since then is erased in it as well, and what was
withdrawn since then is withdrawn, with the pictures and numbers that go with it.
Name and ID number are asked for, not taken as arguments: those stand in the shell's history and in the list of processes.
"""

import argparse
import getpass
import hmac
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.privacy import schemas
from functions.booking.privacy.erase_data import erase_data
from functions.booking.privacy.export_data import export_data
from functions.booking.withdraw_consent import withdraw_again
from shared import erasure
from shared.actors import Actor
from shared.batches import all_of, each
from shared.command_actor import officer_named
from shared.command_line import explained, run
from shared.database import in_transaction
from shared.errors import Conflict, NotFound, UseCaseError
from shared.models.officers import Role
from shared.models.people import ConsentPurpose, Relative
from shared.rules import id_number
from shared.sealing import blind_index

ACTIONS = {
    "export": "本人要副本：把存有的个人信息写入文件",
    "erase": "本人要注销：删除个人信息，列出依规定去标识保存的记录",
    "erase-again": "从备份恢复之后：把备份以后的注销和撤回同意重新执行",
}
MAY = {Role.SYSTEM_ADMINISTRATOR, Role.SUPERVISOR}


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = _parser().parse_args(arguments)
    try:
        actor = officer_named(username=wanted.officer, may=MAY)
        if wanted.action == "erase-again":
            return _erase_again(actor, wanted.reason)
        relative_id = _relative(name=input("姓名："), number=getpass.getpass("身份证号码："))
        if wanted.action == "export":
            return _export(actor, relative_id, wanted.reason, wanted.out)
        return _erase(actor, relative_id, wanted.reason, wanted.confirm)
    except UseCaseError as error:
        sys.stderr.write(f"{explained(error)}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m functions.booking.privacy",
        description="窗口办理个人信息副本和注销；姓名和身份证号码由命令询问，不写在命令里。",
    )
    actions = parser.add_subparsers(dest="action", required=True)
    for action, what in ACTIONS.items():
        one = actions.add_parser(action, help=what, description=what)
        one.add_argument("--officer", required=True, help="用户名，记入审计")
        one.add_argument("--reason", required=True, help="理由，记入审计")
    actions.choices["export"].add_argument("--out", required=True, type=Path, help="写入的文件")
    actions.choices["erase"].add_argument("--confirm", action="store_true", help="确认删除")
    return parser


@in_transaction
def _relative(session: Session, *, name: str, number: str) -> str:
    """Raises NotFound unless both belong to one person."""
    index = blind_index(id_number.normalise(number), context="id_number")
    found = session.scalar(select(Relative).where(Relative.id_number_index == index))
    same = found is not None and hmac.compare_digest((found.name or "").encode(), name.encode())
    if found is None or not same:
        raise NotFound.of("not_found")
    return found.id


def _export(actor: Actor, relative_id: str, reason: str, out: Path) -> int:
    found = schemas.Export.of(export_data(actor=actor, relative_id=relative_id, reason=reason))
    # Nobody else on this machine reads it, and no older file is overwritten.
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        json.dump(found, file, ensure_ascii=False, indent=1)
    say(f"已写入 {out}。其中的照片地址 10 分钟内有效，请交给本人后删除文件。")
    return 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _erase(actor: Actor, relative_id: str, reason: str, confirmed: bool) -> int:
    erased = erase_data(actor=actor, relative_id=relative_id, reason=reason, confirmed=confirmed)
    say("已删除。以下记录依规定去除标识后保存：")
    for one in erased["kept"]:
        say(f"- {one['what']}：{one['why']}")
    return 0


def _erase_again(actor: Actor, reason: str) -> int:
    """One that fails keeps no other; what it failed of is raised after the last."""
    done: Counter[str] = Counter()

    def erase(relative_id: str) -> None:
        try:
            erase_data(actor=actor, relative_id=relative_id, reason=reason, confirmed=True)
            done["erased"] += 1
        except NotFound:  # erased before the backup, or never in it
            return
        except Conflict:
            done["busy"] += 1

    def withdraw(one: tuple[str, ConsentPurpose, datetime]) -> None:
        who, purpose, at = one
        done["withdrawn"] += withdraw_again(
            actor=actor, relative_id=who, purpose=purpose, withdrawn_at=at
        )

    try:
        all_of(
            lambda: each(erasure.erased_persons(), erase),
            lambda: each(erasure.withdrawals(), withdraw),
        )
    finally:
        say(f"已重新注销 {done['erased']} 人，重新撤回 {done['withdrawn']} 项同意。")
    if done["busy"]:
        sys.stderr.write(f"另有 {done['busy']} 人的会见还在进行，结束后请再执行一次。\n")
    return 1 if done["busy"] else 0


if __name__ == "__main__":
    run(main)
