"""For administrators, on a machine that reaches the database: first set-up, lists from other systems, keys, audit.

    python -m functions.approve.administration --help

What an officer may also do on the page is done in that officer's name (`--by`), with the page's own checks and audit.
First passwords and device keys are shown once, on the terminal, and stand nowhere else.
"""

import sys
from pathlib import Path
from typing import Any

import click

from functions.approve.administration import officers, places, residents, rights
from functions.approve.administration.acting import acting, terminal_named, ward_ids
from functions.approve.terminals.keys import issue_key
from shared import audit_chain, reseal
from shared.actors import Actor
from shared.command_line import explained, run
from shared.csv_rows import read_csv
from shared.errors import UseCaseError
from shared.models.officers import Role
from shared.rules.roles import NAMES

# Makes sites and gives the first administrators their accounts, when there is nobody yet.
COMMAND_LINE = Actor("system", "command_line")
by = click.option("--by", required=True, metavar="用户名", help="以哪位管理员的名义，记入审计")
why = click.option("--reason", required=True, help="理由，记入审计")


class Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UseCaseError as error:
            raise click.ClickException(explained(error)) from error


@click.group(cls=Commands, help="管理员命令行：建所、账号、终端、名单、密钥与审计。")
def main() -> None:
    pass


@main.command("add-site", help="新建戒毒所，及其第一位系统管理员和安全管理员（须为两人）。")
@click.argument("name", metavar="所名")
@click.option("--system", "system", nargs=2, required=True, metavar="用户名 姓名")
@click.option("--security", "security", nargs=2, required=True, metavar="用户名 姓名")
def add_site(name: str, system: tuple[str, str], security: tuple[str, str]) -> None:
    first = [officers.NewOfficer(name=full, username=user) for user, full in (system, security)]
    made = places.add_site(actor=COMMAND_LINE, name=name, administrators=first)
    click.echo(f"已新建“{name}”，编号 {made['id']}。")
    for one in made["officers"]:
        _show_password(one)


@main.command("add-ward", help="新建大队。")
@click.argument("name", metavar="大队名")
@by
def add_ward(name: str, by: str) -> None:
    places.add_ward(actor=acting(by, Role.SYSTEM_ADMINISTRATOR), name=name)
    click.echo(f"已新建“{name}”。")


@main.command("add-officer", help="新建账号；岗位另由安全管理员用 set-rights 授予。")
@click.argument("username", metavar="用户名")
@click.argument("name", metavar="姓名")
@click.option("--wecom", default=None, help="企业微信 userid")
@by
def add_officer(username: str, name: str, wecom: str | None, by: str) -> None:
    new = officers.NewOfficer(name=name, username=username, wecom_user_id=wecom)
    made = officers.add_officer(actor=acting(by, Role.SYSTEM_ADMINISTRATOR), new=new)
    click.echo(f"编号 {made['id']}")
    _show_password(made)


@main.command("set-rights", help="授予岗位和大队，代替原有的全部岗位和大队。")
@click.argument("officer_id", metavar="账号编号")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice([one.value for one in Role]),
    help="、".join(f"{one.value} {name}" for one, name in NAMES.items()),
)
@click.option("--ward", "wards", multiple=True, metavar="大队名", help="不填为全所")
@why
@by
def set_rights(
    officer_id: str, roles: tuple[str, ...], wards: tuple[str, ...], reason: str, by: str
) -> None:
    actor = acting(by, Role.SECURITY_ADMINISTRATOR)
    given = [Role(one) for one in roles]
    rights.set_rights(
        actor=actor,
        officer_id=officer_id,
        roles=given,
        ward_ids=ward_ids(actor=actor, names=wards),
        reason=reason,
    )
    click.echo("已授予。" if given else "已收回全部岗位。")


@main.command("add-terminal", help="新建会见终端，并签发设备密钥。")
@click.argument("name", metavar="终端名")
@by
def add_terminal(name: str, by: str) -> None:
    actor = acting(by, Role.SYSTEM_ADMINISTRATOR)
    made = places.add_terminal(actor=actor, name=name)
    _show_key(name, issue_key(actor=actor, terminal_id=made.id))


@main.command("issue-key", help="重新签发会见终端的设备密钥，旧密钥立即失效。")
@click.argument("name", metavar="终端名")
@by
def issue_terminal_key(name: str, by: str) -> None:
    actor = acting(by, Role.SYSTEM_ADMINISTRATOR)
    _show_key(name, issue_key(actor=actor, terminal_id=terminal_named(actor=actor, name=name)))


@main.command("import-residents", help="从 CSV（列：编号、姓名、大队）录入人员名单，可重复执行。")
@click.argument(
    "file", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@by
def import_residents(file: Path, by: str) -> None:
    actor = acting(by, Role.SYSTEM_ADMINISTRATOR)
    rows = read_csv(file.read_bytes(), residents.COLUMNS)
    with click.progressbar(length=len(rows), label="录入") as bar:
        report = residents.enter_residents(actor=actor, rows=rows, told=bar.update)
    click.echo("新增 {added}，更新 {changed}，未变 {unchanged}。".format(**report))
    for one in report["problems"]:
        texts = "；".join(reason.text for reason in one["reasons"])
        click.echo(f"第 {one['line']} 行未录入：{texts}", err=True)
    sys.exit(1 if report["problems"] else 0)


@main.command(
    "rotate-keys", help="把旧密钥加密的数据改用当前密钥（SEALING_KEY_ID）加密，可中断后继续。"
)
def rotate_keys() -> None:
    with click.progressbar(length=reseal.count_old(), label="重新加密") as bar:
        done = reseal.reseal_all(told=lambda name, count: bar.update(count))
    click.echo(f"已重新加密 {done} 项。全部实例都换用新密钥之后，才可删去旧密钥。")


@main.command("verify-audit", help="逐段核对审计记录与封存值。")
def verify_audit() -> None:
    with click.progressbar(length=audit_chain.count_sealed(), label="核对") as bar:
        verdict = audit_chain.verify_audit(told=bar.update)
    click.echo(f"{verdict.seals} 段、{verdict.rows} 条；最新封存值 {verdict.head}")
    if verdict.broken:
        numbers = "、".join(str(one) for one in verdict.broken)
        raise click.ClickException(f"与封存值不符的段：{numbers}。请保护现场，用备份比对。")
    click.echo("全部相符。请把最新封存值抄录到系统之外，下次核对时比较。")


def _show_password(made: dict[str, Any]) -> None:
    click.echo(f"{made['username']} 的首次密码（只显示这一次）：{made['password']}")


def _show_key(name: str, key: str) -> None:
    click.echo(f"“{name}”的设备密钥（只显示这一次）：{key}")


if __name__ == "__main__":
    run(main)
