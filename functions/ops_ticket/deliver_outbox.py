"""Timer: messages and deletions that other functions left in the outbox."""

from functions.ops_ticket import delete_objects
from shared import message_senders, outbox


def deliver_outbox() -> int:
    return outbox.deliver({**message_senders.SENDERS, **delete_objects.SENDERS})
