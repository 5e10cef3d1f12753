"""Register a system of the centre and make its key, which is shown this once.

    python -m shared.connect_system --site 所名或编号 --kind onsite --name 系统名称 \
        [--push-url https://…] [--pull-url https://…] [--algorithm HMAC-SHA256]
"""

import argparse
import secrets
import sys

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import SYSTEM
from shared.clients import limits
from shared.command_line import run
from shared.database import in_transaction
from shared.models.places import Site
from shared.models.systems import ConnectedSystem, SystemKind
from shared.rules.signatures import HASHES


@in_transaction
def connect_system(
    session: Session,
    *,
    site: str,
    kind: SystemKind,
    name: str,
    push_url: str | None,
    pull_url: str | None,
    algorithm: str,
) -> ConnectedSystem | None:
    """None: no such site."""
    site_id = session.scalar(select(Site.id).where(or_(Site.id == site, Site.name == site)))
    if site_id is None:
        return None
    system = ConnectedSystem(
        site_id=site_id,
        kind=kind,
        name=name,
        key=secrets.token_hex(32),
        push_url=push_url,
        pull_url=pull_url,
        algorithm=algorithm,
    )
    session.add(system)
    session.flush()
    audit.record(
        session, SYSTEM, "system.connected", "connected_system", system.id, site_id=site_id,
        system_kind=kind.value,
    )  # fmt: skip
    return system


KINDS = "onsite 普通会见系统，phone 亲情电话系统，antivirus 病毒防护"


def _url(text: str) -> str:
    if not (text.startswith("https://") or limits.is_loopback(text)):
        raise argparse.ArgumentTypeError("地址须以 https:// 开头")
    return text


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m shared.connect_system",
        description="登记所里的一个系统，生成它的密钥（只显示这一次）。",
    )
    kinds = [one.value for one in SystemKind]
    parser.add_argument("--site", required=True, metavar="所名", help="所名或编号")
    parser.add_argument("--kind", required=True, choices=kinds, help=KINDS)
    parser.add_argument("--name", required=True, metavar="系统名称")
    parser.add_argument("--push-url", type=_url, help="我们推送到的地址")
    parser.add_argument("--pull-url", type=_url, help="我们拉取的地址")
    parser.add_argument("--algorithm", choices=list(HASHES), default="HMAC-SM3", help="签名算法")
    given = vars(parser.parse_args())
    system = connect_system(**{**given, "kind": SystemKind(given["kind"])})
    if system is None:
        print(f"没有找到“{given['site']}”，请核对所名。", file=sys.stderr)  # noqa: T201
        return 2
    print(f"系统编号 {system.id}\n密钥     {system.key}")  # noqa: T201
    return 0


if __name__ == "__main__":
    run(main)
