"""Whatever the vendor of the phone system reads in the integration document works as it is written."""

import json
import re
from pathlib import Path
from typing import Any

from functions.phone_realname import call_rows, phone_feed
from local.sample_people import made_up_id_number
from shared.models.places import Site
from tests.integration.phones.phone_system import PhoneSystem
from tests.integration.problems import assert_problem
from tests.integration.world import Answer, World

FILE = Path(__file__).parents[3] / "docs" / "zh" / "对接说明-亲情电话.md"
BLOCK = re.compile(r"<!-- (?P<mark>[^>]+?) -->\n(?:```\w+\n(?P<text>.*?)\n```)?", re.DOTALL)
OWNER_ID = made_up_id_number("19550505", 122)


class Vendor:
    """Reads the document from top to bottom and does what it says."""

    def __init__(self, world: World, system: PhoneSystem) -> None:
        self.world, self.system = world, system
        self.answer: Answer | None = None
        self.names = {"{机主证件号码}": OWNER_ID, "{本所编号}": world.one(Site).id}
        self.done: list[str] = []

    def follow(self, mark: str, text: str) -> None:
        for name, value in self.names.items():
            text = text.replace(name, value)
        kind, *rest = mark.split()
        if kind == "应答":
            self._compare(text, *rest)
        elif kind == "推送":
            self._push(text)
        elif rest[0] in ("GET", "POST"):
            self._call(text, *rest)
        else:
            assert text == ",".join(HEADERS[rest[0]])
        self.done.append(kind)

    def _call(self, text: str, method: str, target: str) -> None:
        if method == "POST":
            self.answer = self.system.send(target, json.loads(text))
        else:
            path, _, query = target.partition("?")
            self.answer = self.system.fetch(
                path, **dict(one.split("=") for one in query.split("&"))
            )

    def _compare(self, text: str, status: str, code: str | None = None) -> None:
        assert self.answer is not None
        if code is not None:
            assert_problem(self.answer, int(status), code)
        else:
            assert (self.answer.status, self.answer.json) == (int(status), json.loads(text))

    def _push(self, text: str) -> None:
        """What came of the list: the number is checked and, as it matches, allowed."""
        self.world.timer("phone_realname", "run-phone-checks")
        self.world.timer("phone_realname", "deliver-phones")
        pushed: dict[str, Any] = self.system.bodies[-1]
        item = pushed["phones"][0]
        self.names |= {"{phone_id}": item["phone_id"], "{变更时间}": item["changed_at"]}
        for name, value in self.names.items():
            text = text.replace(name, value)
        assert pushed == json.loads(text)


HEADERS = {"号码表头": phone_feed.COLUMNS, "话单表头": tuple(call_rows.COLUMNS)}


def test_the_document_holds_from_top_to_bottom(world: World, phone_system: PhoneSystem) -> None:
    owner = {"name": "郭素英", "id_number": OWNER_ID, "phone": "13900000033"}
    world.emulator.ask("/local/people", owner)
    vendor = Vendor(world, phone_system)
    for block in BLOCK.finditer(FILE.read_text()):
        vendor.follow(block["mark"], block["text"] or "")
    assert (vendor.done.count("执行"), vendor.done.count("应答")) == (7, 5)


def test_every_field_of_a_call_is_explained() -> None:
    text = FILE.read_text()
    assert all(f"`{name}`" in text for name in call_rows.COLUMNS.values())
    codes = [
        one.value for kind in (call_rows.DIRECTIONS, call_rows.RESULTS) for one in kind.values()
    ]
    assert all(f"`{code}`" in text for code in codes)
