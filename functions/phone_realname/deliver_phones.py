"""Timer: what other changes want of family phones: pushes to the phone system, phones to be looked at again."""

from functions.phone_realname import phone_feed, review_phones
from shared import outbox, phone_reviews
from shared.phone_feed import PHONE_PUSH

HANDLERS: dict[str, outbox.Handler] = {
    PHONE_PUSH: phone_feed.push,
    phone_reviews.REVIEW_PHONES: review_phones.review,
}


def deliver_phones() -> int:
    return outbox.deliver(HANDLERS, limit=10)
