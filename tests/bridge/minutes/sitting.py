"""A sitting: a conference played through the real rules, with a record for every command."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from bridge.answers import Accepted, Answers
from bridge.batch import Batch
from bridge.conference.agenda import Draft
from bridge.conference.commands import (
    HOUSE,
    Actor,
    AgendaFinish,
    AgendaLoad,
    AgendaNext,
    AgendaSkip,
    ChairAssume,
    ChairCall,
    ChairDeny,
    ChairExtend,
    ChairGrant,
    ChairHandover,
    ChairPhase,
    Command,
    ConferenceDescribe,
    ConsoleCame,
    ConsoleWent,
    FloorRelease,
    FloorRequest,
    HelpAck,
    HelpClose,
    HelpRaise,
    LinkLost,
    LinkUp,
    MicLive,
    MinutesNote,
    Recover,
    RollcallAnswer,
    RollcallClose,
    RollcallMark,
    RollcallOpen,
    SiteCut,
    SiteProbe,
    SiteSwitch,
    StandbySeen,
    Tick,
)
from bridge.conference.decide import begin
from bridge.conference.events import Policy
from bridge.conference.evolve import begun
from bridge.conference.words import CENTRE, CONTENT, SPEECH, ItemKind, Mark, Phase, Via
from bridge.history import History
from bridge.inbox import Wish
from bridge.minutes.facts import Minutes, minutes_of
from bridge.records import Record
from tests.bridge.conference.scene import CHAIR, DEPUTY, SECRETARY, TECHNICIAN, province

NAMES = {
    "01": "Hà Nội",
    "11": "Điện Biên",
    "20": "Lạng Sơn",
    "48": "Đà Nẵng",
    "79": "TP. Hồ Chí Minh",
}
SITES = (*NAMES, CENTRE)
TITLES = (*(f"Sở Khoa học và Công nghệ {name}" for name in NAMES.values()), "Phòng 110")
BEGINS = datetime(2026, 2, 5, 7, 30, tzinfo=timezone(timedelta(hours=7)))


class Sitting:
    """Its clock is set by hand; nothing is refused, or the test fails."""

    def __init__(
        self, *, title: str = "Hội nghị giám đốc Sở", rehearsal: bool = False, **policy: Any
    ):
        first = begin(
            conference="20260205-0730-7f3a",
            title=title,
            rehearsal=rehearsal,
            sites=SITES,
            policy=Policy(**policy),
            titles=TITLES,
            names=(*NAMES.values(), "Phòng 110"),
        )
        self.now_s = 0.0
        self.stood_s = 0.0
        """How long the service stood still: of the wall, and not of the conference."""
        self.state = begun(first)
        self.records = [
            Record(
                rev=1,
                at_s=0.0,
                wall=self.wall,
                actor="room110",
                authority=None,
                command_id=None,
                command="conference.begin",
                events=(first,),
            )
        ]

    @property
    def wall(self) -> str:
        now = BEGINS + timedelta(seconds=self.now_s + self.stood_s)
        return now.isoformat(timespec="milliseconds")

    @property
    def minutes(self) -> Minutes:
        return minutes_of(self.records)

    def at(self, time: str) -> None:
        """It is that time of day, ``08:05`` or ``08:05:30``; what is due is done."""
        hour, minute, *second = map(int, time.split(":"))
        day = BEGINS.replace(hour=hour, minute=minute, second=second[0] if second else 0)
        self.now_s = (day - BEGINS).total_seconds() - self.stood_s
        self.do(Tick())

    def do(self, command: Command, actor: Actor | None = None) -> int:
        """The id the next request has, before it is done: most tests ask and then need it."""
        number = len(self.state.requests) + 1
        if actor is None:
            house = (
                Tick,
                LinkUp,
                LinkLost,
                MicLive,
                StandbySeen,
                ConsoleCame,
                ConsoleWent,
                Recover,
            )
            actor = HOUSE if isinstance(command, house) else CHAIR
        batch = Batch(
            state=self.state,
            rev=len(self.records),
            now_s=self.now_s,
            wall=self.wall,
            known=Answers(),
            history=History(rev=len(self.records)),
        )
        batch.decide([Wish(command=command, actor=actor)])
        (_, outcome), *_ = batch.outcomes
        assert isinstance(outcome, Accepted), outcome
        self.state = batch.state
        self.records += batch.records
        return number

    def come(self, *sites: str) -> None:
        for site in sites:
            self.do(LinkUp(site=site))

    def open(self, **policy: Any) -> None:
        self.do(ChairPhase(to=Phase.OPEN))

    def speak(self, site: str, since: str, until: str, **call: Any) -> int:
        """A speech on call, its clock from the first moment."""
        self.at(since)
        number = self.do(ChairCall(site=site, **call))
        self.do(MicLive(site=site))
        self.at(until)
        self.do(FloorRelease(request=number), province(site))
        return number


def opened(**policy: Any) -> Sitting:
    """Everybody connected, the session open since 08:00."""
    sitting = Sitting(**policy)
    sitting.come(*SITES)
    sitting.at("08:00")
    sitting.open()
    return sitting


AGENDA = (
    Draft(
        kind=ItemKind.CENTRE,
        title="Báo cáo trung tâm",
        minutes=10,
        speaker="Ông Bình",
        position="Chánh Văn phòng",
    ),
    Draft(kind=ItemKind.CLIP, title="Phim tư liệu", minutes=5),
    Draft(
        kind=ItemKind.SITE,
        title="Cơ chế tài chính",
        minutes=7,
        site="11",
        speaker="Bà Hoa",
        position="Giám đốc",
        group="Nhóm 1",
    ),
    Draft(kind=ItemKind.SITE, title="Tham luận của Lạng Sơn", minutes=7, site="20"),
    Draft(kind=ItemKind.DISCUSSION, title="Thảo luận", minutes=30),
)


def full() -> Sitting:
    """A morning with a little of everything."""
    s = Sitting(max_floor_users=2, grace_s=20.0)
    s.come("01", "11", "48", "79", CENTRE)
    s.do(ConsoleCame(user=CHAIR.user, roles=CHAIR.roles))
    s.do(ConsoleCame(user=DEPUTY.user, roles=DEPUTY.roles))
    s.do(
        ConferenceDescribe(
            place="Phòng 110, trụ sở Bộ",
            chair="Thứ trưởng Trần Văn Tùng",
            secretary="Nguyễn Thị Lan",
            organizer="Bộ Khoa học và Công nghệ",
            starts="2026-02-05T08:00:00+07:00",
        ),
        SECRETARY,
    )
    s.do(AgendaLoad(items=AGENDA), SECRETARY)
    trial = s.do(FloorRequest(), province("01"))
    assert trial == 1
    s.do(RollcallOpen(), SECRETARY)
    s.do(RollcallAnswer(head="Ông Sơn", title="Giám đốc", count=5), province("01"))
    s.do(RollcallAnswer(head="Bà Hoa", title="Giám đốc", count=4), province("11"))
    s.do(RollcallMark(site="20", mark=Mark.EXCUSED, reason="mưa lũ"), SECRETARY)
    s.do(HelpRaise(), province("48"))
    s.at("07:41")
    s.do(HelpAck(site="48"), TECHNICIAN)
    s.do(SiteProbe(site="48"), TECHNICIAN)
    s.at("07:42")
    s.do(HelpClose(site="48"), TECHNICIAN)
    s.at("08:02")
    s.open()
    s.do(RollcallClose(), SECRETARY)
    s.at("08:03")
    s.do(AgendaNext())
    s.at("08:05")
    s.do(MinutesNote(text="Báo cáo nêu 3 nhóm vấn đề."), SECRETARY)
    s.at("08:10")
    s.do(RollcallAnswer(head="Ông Nam", count=2), province("48"))
    s.at("08:13")
    s.do(AgendaNext())
    s.at("08:18")
    s.do(AgendaNext())
    speech = s.do(ChairCall(site="11", agenda_item=3)) - 1
    s.do(MicLive(site="11"))
    s.at("08:20")
    s.do(LinkLost(site="11"))
    s.at("08:20:20")
    s.do(Tick())
    s.at("08:22")
    s.come("11")
    s.do(ChairGrant(request=speech + 1))
    s.do(MicLive(site="11"))
    s.at("08:25")
    s.do(ChairExtend(request=speech + 1, add_s=60))
    s.do(AgendaSkip(item=4), SECRETARY)
    s.at("08:28")
    s.do(FloorRelease(request=speech + 1), province("11"))
    s.do(AgendaNext())
    s.at("08:30")
    hands = [
        s.do(FloorRequest(text="Quỹ phát triển", group="Nhóm 2"), province("79")),
        s.do(FloorRequest(floors=(SPEECH, CONTENT)), province("01")),
        s.do(FloorRequest(text="Nhân lực"), province("48")),
    ]
    s.at("08:31")
    s.do(ChairGrant(request=hands[0]))
    s.do(MicLive(site="79"))
    s.do(ChairGrant(request=hands[1]))
    s.do(MicLive(site="01"))
    s.at("08:32")
    s.do(SiteCut(site="01"), TECHNICIAN)
    s.at("08:32:30")
    s.do(SiteCut(site="01", on=False), TECHNICIAN)
    s.at("08:37")
    s.do(FloorRelease(request=hands[0]), province("79"))
    s.do(FloorRelease(request=hands[1]), province("01"))
    s.do(ChairDeny(request=hands[2], text="Xin hẹn lượt sau"))
    s.do(FloorRequest(), province("11"))
    s.do(FloorRelease(request=hands[2] + 1), province("11"))
    s.at("08:40")
    s.do(ChairPhase(to=Phase.RECESS))
    s.do(RollcallMark(site="01", mark=Mark.LEFT), SECRETARY)
    s.at("08:50")
    s.do(StandbySeen(site="79", on=True))
    s.do(SiteSwitch(site="79"), TECHNICIAN)
    s.stood_s = 60.0
    s.at("08:55")
    s.do(Recover(alive=frozenset({"01", "11", "48", CENTRE})))
    s.do(ConsoleCame(user=CHAIR.user, roles=CHAIR.roles))
    s.do(ConsoleCame(user=DEPUTY.user, roles=DEPUTY.roles))
    s.at("09:00")
    s.open()
    s.do(RollcallAnswer(head="Ông Sơn"), province("01"))
    s.do(ChairHandover(to=DEPUTY.user))
    s.at("09:01")
    phoned = s.do(ChairCall(site="79", via=Via.PHONE), DEPUTY)
    s.at("09:04")
    s.do(FloorRelease(request=phoned), province("79"))
    s.do(ChairAssume())
    s.at("09:10")
    s.do(FloorRequest(text="Kiến nghị"), province("48"))
    s.at("09:12")
    s.do(ConsoleWent(user=CHAIR.user))
    s.at("09:13")
    s.do(ConsoleCame(user=CHAIR.user, roles=CHAIR.roles))
    s.do(AgendaFinish())
    s.at("09:15")
    s.do(ChairPhase(to=Phase.CLOSED))
    return s
