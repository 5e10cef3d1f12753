"""Timer: messages and deletions that other functions left in the outbox."""

from functions.ops_ticket import delete_objects
from shared import message_senders, outbox

DELETIONS = 15  # a tick; of many objects each, and some seconds of work


def deliver_outbox() -> int:
    """Messages first: somebody waits for them, and the deletions of a night would stand before them by time."""
    sent = outbox.deliver(message_senders.SENDERS)
    return sent + outbox.deliver(delete_objects.SENDERS, limit=DELETIONS)
