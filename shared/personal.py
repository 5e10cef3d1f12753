"""Taking persons out of what people typed, before it stands in a report or in the knowledge base.

Three nets: the names that this system knows, whatever looks like a number of a person, and what the word splitter
takes for a name. The third one errs now and then, so a case is read by a person before others see it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared import words
from shared.models.officers import Officer
from shared.models.people import OnsiteVisitor, Relationship, Relative, Resident
from shared.models.phones import FamilyPhone

NAME, NUMBER = "〔姓名〕", "〔号码〕"
# Seven digits and more in a row, an ID number or a phone written with gaps, a landline. `\d` takes full-width ones too.
NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:\d{7,}[Xx]?|\d{6}[ -]\d{8}[ -]\d{3}[\dXx]|1\d{2}[ -]\d{4}[ -]\d{4}|0\d{2,3}[ -]\d{7,8})(?![0-9A-Za-z])"
)
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱林何郭罗梁宋郑谢韩唐冯董萧程曹袁邓傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范姚谭廖邹熊陆郝孔崔邱秦史顾侯邵孟龙段雷钱汤尹黎易武乔贺赖龚"
)
# Words of the trade that the splitter takes for names.
NO_NAMES = frozenset(
    {
        "卡顿",
        "高清",
        "金额",
        "安全",
        "明文",
        "巡检",
        "关闭",
        "于是",
        "和解",
        "宽带",
        "路由",
        "黑屏",
        "花屏",
        "钱工",
        "张嘴",
        "张贴",
        "张数",
        "易主",
    }
)
# The splitter makes one word of `为罗` or `经杜`; what stands behind these is looked at by itself.
BEFORE_A_NAME = re.compile(f"({NAME}|{NUMBER}|经|为|由|给|向|找|请|联系|家属|亲属|人员)")
# Behind `三` or `这` they count: three sheets, this stretch, each week.
MEASURES = frozenset("张段周")
# A word that the splitter made up itself ends within a name: what follows is the rest of it, unless it is one of these.
NOT_THE_REST = frozenset(
    "的了在和与说是已后前时等也就都又还把被对从到再请让打来去能会可未没有签约称报"
)
# What the splitter calls a name: of a person, of a place, of anything.
NAMELIKE = frozenset({"nr", "nrt", "nrfg", "ns", "nz", "nt"})


def known_names(session: Session, site_id: str) -> frozenset[str]:
    """Of everybody whom this site's records name."""
    tied = select(Relationship.relative_id).where(Relationship.site_id == site_id)
    queries: list[Select[Any]] = [
        select(Resident.name).where(Resident.site_id == site_id),
        select(Relative.name).where(Relative.id.in_(tied), Relative.name.is_not(None)),
        select(OnsiteVisitor.name).where(OnsiteVisitor.site_id == site_id),
        select(FamilyPhone.owner_name).where(FamilyPhone.site_id == site_id),
        select(Officer.name).where(Officer.site_id == site_id),
    ]
    return frozenset(name for query in queries for name in session.scalars(query) if name)


class Scrubber:
    def __init__(self, names: Iterable[str]) -> None:
        self._names = {_compact(one) for one in names if len(one) > 1}
        self._lengths = sorted({len(one) for one in self._names}, reverse=True)

    def clean(self, text: str) -> str:
        if not text:
            return text
        found = self._known(NUMBERS.sub(NUMBER, text))
        return "".join(_guessed(part) for part in BEFORE_A_NAME.split(found))

    def names_somebody(self, text: str) -> bool:
        """Whom the records know, or by a number; a guess of the splitter does not count."""
        return self._known(NUMBERS.sub(NUMBER, text)) != text

    def _known(self, text: str) -> str:
        """Also where somebody put blanks between the letters."""
        places = [n for n, one in enumerate(text) if not one.isspace()]
        compact = "".join(text[n] for n in places)
        kept, n, last = [], 0, 0
        while n < len(compact):
            size = next((s for s in self._lengths if compact[n : n + s] in self._names), 0)
            if size:
                kept += [text[last : places[n]], NAME]
                last = places[n + size - 1] + 1
            n += size or 1
        return "".join([*kept, text[last:]])


def _compact(name: str) -> str:
    return "".join(name.split())


def _guessed(text: str) -> str:
    if text in (NAME, NUMBER):
        return text
    tagged = words.tagged(text)
    parts = [word for word, _ in tagged]
    for n, (word, kind) in enumerate(tagged):
        after = parts[n + 1] if n + 1 < len(parts) else ""
        if word in NO_NAMES or not parts[n] or _measures(tagged, n):
            continue
        if kind in NAMELIKE and word[0] in SURNAMES and len(word) > 1:
            parts[n] = NAME
        elif word[0] in SURNAMES and len(word) in (2, 3) and not words.known(word):
            parts[n] = NAME
            if len(word) == 2 and len(after) == 1 and after.isalpha() and after not in NOT_THE_REST:
                parts[n + 1] = ""
        elif (
            word[-1] in SURNAMES
            and 0 < len(after) < 3
            and (len(word) == 1 or _is_name(tagged[n + 1]))
        ):
            parts[n], parts[n + 1] = word[:-1] + NAME, ""
    return "".join(parts)


def _measures(tagged: Sequence[tuple[str, str]], n: int) -> bool:
    return n > 0 and tagged[n][0][0] in MEASURES and tagged[n - 1][1] in ("m", "r")


def _is_name(word: tuple[str, str]) -> bool:
    return word[1].startswith("nr")
