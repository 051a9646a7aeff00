from __future__ import annotations

from aiohttp import WSCloseCode

from bridge.outgoing import Bye, Stage
from signaling.encoding import Encoder
from signaling.outbox import Ending, SessionOutbox


class Ends:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def outbox(max_waiting: int = 256) -> tuple[SessionOutbox, Ends]:
    ends = Ends()
    return SessionOutbox(Encoder(), on_ending=ends, max_waiting=max_waiting), ends


async def drained(box: SessionOutbox) -> list[str | Ending]:
    items: list[str | Ending] = []
    while not (items and isinstance(items[-1], Ending)):
        items.append(await box.next())
    return items


async def test_what_was_put_comes_in_order_and_the_greeting_first() -> None:
    box, ends = outbox()
    box.put(Stage(rev=1, slots={}))
    box.say("two")
    box.greet("hello")
    box.put(Bye(reason="replaced"))
    assert await drained(box) == [
        "hello",
        '{"type":"stage","rev":1,"slots":{}}',
        "two",
        '{"type":"bye","reason":"replaced"}',
        Ending(code=WSCloseCode.POLICY_VIOLATION),
    ]
    assert ends.count == 1


async def test_nothing_is_sent_after_an_ending() -> None:
    box, ends = outbox()
    box.put(Bye(reason="conference_over"))
    box.put(Bye(reason="shutdown"))
    box.put(Stage(rev=1, slots={}))
    box.say("late")
    box.close()
    assert await drained(box) == [
        '{"type":"bye","reason":"conference_over"}',
        Ending(code=WSCloseCode.OK),
    ]
    assert ends.count == 1


async def test_who_said_goodbye_is_not_answered() -> None:
    box, _ = outbox()
    box.close()
    assert await drained(box) == [Ending(code=WSCloseCode.OK)]


async def test_as_many_wait_as_allowed_and_one_more_ends_it() -> None:
    box, ends = outbox(max_waiting=2)
    box.say("one")
    box.say("two")
    assert not box.ended
    box.say("three")
    assert box.ended
    assert await drained(box) == [
        '{"type":"bye","reason":"too_slow"}',
        Ending(code=WSCloseCode.POLICY_VIOLATION),
    ]
    assert ends.count == 1
