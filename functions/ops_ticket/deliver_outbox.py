"""Timer: messages and deletions that other functions left in the outbox."""

from functions.ops_ticket import delete_objects
from shared import message_senders, outbox

DELETIONS = 15  # a tick; of many objects each, and some seconds of work


def deliver_outbox() -> int:
    """Messages first: somebody waits for them, and the deletions of a night would stand before them by time."""
    sent = message_senders.deliver()
    return sent + outbox.deliver(delete_objects.SENDERS, limit=DELETIONS, one_provider_a_kind=True)
