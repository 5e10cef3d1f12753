"""What waits for an officer's decision, the most urgent first."""

from sqlalchemy.orm import Session

from functions.approve.queue.items import Item
from functions.approve.queue.kinds import MODULES
from shared import audit
from shared.actors import Actor
from shared.database import in_transaction


@in_transaction
def show_queue(session: Session, *, actor: Actor) -> list[Item]:
    items = [item for kind in MODULES for item in kind.waiting(session, actor)]
    for item in items:
        # The second approval is another person's: one's own stays in sight, but asks nothing.
        item["waits_for_other"] = item.get("first_approved_by") == actor.id
    items.sort(key=lambda item: (item["waits_for_other"], item["due_at"], item["id"]))
    audit.record(session, actor, "queue.read", "site", actor.site_id or "", count=len(items))
    return items
