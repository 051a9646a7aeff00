"""The plan comes first, and what is as it was is not said again."""

from __future__ import annotations

from bridge.conference.commands import ChairCall, HelpRaise
from bridge.media.plane import LayerDemand
from bridge.outgoing import MediaWant
from tests.bridge.conference.scene import province
from tests.bridge.test_service import OPEN, house_in
from tests.support.autojump import virtual_time


@virtual_time
async def test_the_plane_hears_of_a_plan_before_anybody_and_only_when_it_is_another(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("01", "110")
        await house.do(OPEN)
        with house.noted() as told:
            await house.do(ChairCall(site="01"))
        assert told[0][0] == "plan"
        with house.noted() as told:
            await house.bridge.submit(HelpRaise(), province("01"), None)
        assert "plan" not in [entry[0] for entry in told]


@virtual_time
async def test_what_a_subscriber_needs_is_asked_of_who_is_watched(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        await house.do(OPEN, ChairCall(site="01"))
        house.plane.say(LayerDemand(site="01", layers=frozenset({"h"})))
        assert device.last(MediaWant) == MediaWant(layers=["f", "h", "q"])
        house.plane.say(LayerDemand(site="01", layers=frozenset()))
        assert device.last(MediaWant) == MediaWant(layers=["f", "q"])


@virtual_time
async def test_a_site_whose_line_is_tried_is_asked_for_all_it_has_though_nobody_watches(tmp_path):
    async with house_in(tmp_path) as house:
        devices = await house.connected("01", "02")
        assert devices["01"].last(MediaWant) == MediaWant(layers=[])
        house.bridge._staging.light({"01"})
        assert devices["01"].last(MediaWant) == MediaWant(layers=["f", "h", "q"])
        assert devices["02"].last(MediaWant) == MediaWant(layers=[])
        house.bridge._staging.light(())
        assert devices["01"].last(MediaWant) == MediaWant(layers=[])
