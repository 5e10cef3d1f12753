"""The emulated TRTC rooms: who is in, and what the service reports of it (cloud-facts 1.2)."""

from typing import TYPE_CHECKING, Any

from . import moment, usersig
from .tasks import DISMISSED, KICKED, NOBODY_LEFT

if TYPE_CHECKING:
    from .cloud import Cloud

CREATED, GONE, ENTERED, LEFT = 101, 102, 103, 104
NORMAL, REMOVED = 1, 3
ENTRY = {"Role": 20, "TerminalType": 2, "UserType": 2, "Reason": NORMAL}


class Rooms:
    def __init__(self, cloud: "Cloud") -> None:
        self._cloud, self._store, self._settings = cloud, cloud.store, cloud.settings

    def door(self) -> usersig.Door:
        app, secret = self._settings.trtc_sdk_app_id, self._settings.trtc_secret_key
        return usersig.Door(app, secret, moment.seconds())

    def enter(self, room: str, user: str, user_sig: str, map_key: str) -> list[str]:
        """Everybody inside afterwards. Raises usersig.Refused."""
        self.door().check_user_sig(user, user_sig)
        self.door().check_map_key(user, room, map_key)
        with self._store.transaction():
            members = self.members(room)
            if not members:
                self._report(room, CREATED, UserId=user)
            members = [*members, *([] if user in members else [user])]
            self._store.put("room", room, {"members": members})
            self._cloud.tasks.seen(room, user)
            self._report(room, ENTERED, UserId=user, **ENTRY)
        return members

    def leave(self, room: str, user: str, reason: int = NORMAL) -> bool:
        """Whether this user was inside. The last one out ends the room and what runs in it."""
        with self._store.transaction():
            if user not in self.members(room):
                return False
            self._take_out(room, [user], reason)
            return True

    def dismiss(self, room: str) -> bool:
        with self._store.transaction():
            members = self.members(room)
            if not members:
                return False
            self._take_out(room, members, REMOVED, DISMISSED)
            return True

    def remove(self, room: str, users: list[str]) -> None:
        """Robots can be removed too: their tasks end."""
        with self._store.transaction():
            for task in self._cloud.tasks.running(room):
                if task["user"] in users:
                    self._cloud.tasks.end(task, KICKED)
            inside = [user for user in users if user in self.members(room)]
            if inside:
                self._take_out(room, inside, REMOVED)

    def members(self, room: str) -> list[str]:
        return list((self._store.get("room", room) or {"members": []})["members"])

    def _take_out(
        self, room: str, users: list[str], reason: int, ended_by: int = NOBODY_LEFT
    ) -> None:
        left = [user for user in self.members(room) if user not in users]
        self._store.put("room", room, {"members": left})
        for user in users:
            self._report(room, LEFT, UserId=user, Role=20, Reason=reason)
        if not left:
            self._report(room, GONE)
            self._cloud.tasks.end_room(room, ended_by)

    def _report(self, room: str, kind: int, **info: Any) -> None:
        self._cloud.callbacks.send(1, kind, {"RoomId": room, **info})
