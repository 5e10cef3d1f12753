"""The ordinary visit system of a test: it has a key, makes records and signs what it sends."""

import json
from datetime import timedelta
from typing import Any

from local.sample_people import GUO, SON, SampleRelative, SampleResident
from shared.clients.deliveries import signed_headers
from shared.models.people import Consent, ConsentPurpose, Relative
from shared.models.places import Site
from shared.models.systems import ConnectedSystem, SystemKind
from shared.rules import signatures
from shared.rules.consents import VERSIONS
from tests.integration.world import Answer, World

KEY = "onsite-system-key-of-the-tests-000"


def connect(world: World, **more: Any) -> ConnectedSystem:
    system = ConnectedSystem(
        site_id=world.one(Site).id, kind=SystemKind.ONSITE, name="普通会见系统", key=KEY, **more
    )
    world.add(system)
    return system


class OnsiteSystem:
    def __init__(self, world: World, **more: Any) -> None:
        self.world, self.row = world, connect(world, **more)
        self._delivered = 0

    def visitor(
        self,
        record_id: str = "V1",
        *,
        person: SampleRelative = GUO,
        resident: SampleResident = SON,
        minutes: float = 0,
        **changed: Any,
    ) -> dict[str, Any]:
        """Changed `minutes` ago or (negative) ahead of the first version."""
        at = self.world.clock.now().replace(microsecond=0) - timedelta(hours=1)
        return {
            "record_id": record_id,
            "status": "active",
            "name": person.name,
            "id_number": person.id_number,
            "kinship": "母亲",
            "resident_number": resident.number,
            "checked_at": at.isoformat(),
            "checked_by": "窗口 03",
            "changed_at": (at + timedelta(minutes=minutes)).isoformat(),
            **changed,
        }

    def visit(self, visit_id: str = "H1", *, days_ago: float = 0, **changed: Any) -> dict[str, Any]:
        at = self.world.clock.now().replace(microsecond=0) - timedelta(days=days_ago, hours=1)
        return {
            "visit_id": visit_id,
            "status": "completed",
            "resident_number": SON.number,
            "visitor_ids": ["V1"],
            "started_at": at.isoformat(),
            "ended_at": (at + timedelta(minutes=30)).isoformat(),
            "changed_at": (at + timedelta(minutes=31)).isoformat(),
            **changed,
        }

    def delivery(
        self, *visitors: dict[str, Any], visits: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        self._delivered += 1
        return {
            "delivery_id": f"D{self._delivered}",
            "count": len(visitors) + len(visits or []),
            "visitors": list(visitors),
            "visits": visits or [],
        }

    def send(self, *visitors: dict[str, Any], visits: list[dict[str, Any]] | None = None) -> Answer:
        return self.post(self.delivery(*visitors, visits=visits))

    def post(self, body: dict[str, Any], **headers: str) -> Answer:
        raw = json.dumps(body, ensure_ascii=False).encode()
        path = "/booking/v1/onsite/deliveries"
        return self.world.call(
            "POST", path, raw=raw, headers={**self.sign("POST", path, raw), **headers}
        )

    def feed(self, after: int = 0, limit: int = 100) -> dict[str, Any]:
        path, query = "/booking/v1/onsite/feed", {"after": str(after), "limit": str(limit)}
        signed = self.sign("GET", signatures.target(path, query))
        answer = self.world.get(f"{path}?after={after}&limit={limit}", headers=signed)
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def sign(self, method: str, target: str, body: bytes = b"") -> dict[str, str]:
        return signed_headers(
            method=method, target=target, body=body, system_id=self.row.id, key=KEY
        )


def add_relative(
    world: World,
    person: SampleRelative,
    *,
    phone_checked: bool = True,
    face_checked: bool = False,
) -> Relative:
    """Somebody with a proven phone and every consent, and no tie."""
    moment = world.clock.now()
    relative = Relative(
        openid=person.openid,
        name=person.name,
        id_number=person.id_number,
        phone=person.phone,
        phone_checked_at=moment if phone_checked else None,
        face_checked_at=moment if face_checked else None,
    )
    world.add(relative)
    for purpose in ConsentPurpose:
        world.add(
            Consent(
                relative_id=relative.id,
                purpose=purpose,
                version=VERSIONS[purpose],
                given_at=moment,
            )
        )
    return relative
