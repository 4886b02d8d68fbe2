"""From a due row to a message, through a real local Slack."""

from bot.practice.person import texts
from tests.delivery.conftest import House
from tests.factories import NINE


def test_a_due_row_becomes_one_message_with_its_button(house: House) -> None:
    item_id = house.owe()

    house.engine.run_until(NINE)

    [post] = house.posts("ASHA")
    said = " ".join(texts({"blocks": post.blocks}))
    assert "By today" in said and "My time" in said
    buttons = [e for b in post.blocks or [] if b["type"] == "actions" for e in b["elements"] if e["type"] == "button"]
    assert buttons[0]["value"] == f"due:{item_id}:1"
    assert [d.status for d in house.deliveries()] == ["sent"]


def test_a_second_tick_and_a_second_drain_say_nothing_twice(house: House) -> None:
    house.owe()

    for _ in range(3):
        house.engine.run_until(NINE)

    assert len(house.posts()) == 1


def test_the_message_carries_only_an_opaque_id(house: House) -> None:
    house.owe()

    house.engine.run_until(NINE)

    [post], [row] = house.posts(), house.deliveries()
    assert post.metadata == {"event_type": "handrail_message", "event_payload": {"delivery_id": row.opaque}}
    assert str(row.id) not in str(post.metadata)
