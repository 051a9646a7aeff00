"""Wording: what people read of line checks and of the walk, Vietnamese first, then English
(practice.md 16, 17 and B)."""

from __future__ import annotations

from typing import Final, NamedTuple

from bridge.conference.check_words import Reason, Verdict, WalkPicture, WalkSound


class Words(NamedTuple):
    vi: str
    en: str


VERDICTS: Final = {
    Verdict.PASS: Words("Đạt", "Pass"),
    Verdict.WATCH: Words("Cần theo dõi", "Watch"),
    Verdict.FAIL: Words("Không đạt", "Fail"),
}
UNCHECKED: Final = Words("Chưa kiểm tra", "Not checked")

REASONS: Final = {
    Reason.NO_MEDIA: Words("chưa có đường truyền hình, tiếng", "no media"),
    Reason.LOST_MEANWHILE: Words("mất kết nối khi đang kiểm tra", "lost while it was checked"),
    Reason.NO_ANSWER: Words("không đo được", "no answer"),
    Reason.BUSY: Words("đang có lượt kiểm tra khác", "another check was at it"),
    Reason.LOSS_UP: Words("mất gói chiều lên", "loss up"),
    Reason.LOSS_DOWN: Words("mất gói chiều xuống", "loss down"),
    Reason.DELAY: Words("trễ lớn", "long delay"),
    Reason.JITTER_UP: Words("trễ không đều chiều lên", "jitter up"),
    Reason.JITTER_DOWN: Words("trễ không đều chiều xuống", "jitter down"),
    Reason.SLOW_UP: Words("chiều lên chậm", "slow up"),
    Reason.SLOW_DOWN: Words("chiều xuống chậm", "slow down"),
    Reason.OVER_TCP: Words("đi đường TCP", "over TCP"),
    Reason.NO_PICTURE: Words("không có hình", "no picture"),
    Reason.SMALL_PICTURE: Words("hình nhỏ", "small picture"),
    Reason.FEW_FRAMES: Words("hình giật", "few frames"),
    Reason.NO_LEVEL: Words("không đo được mức tiếng", "no sound level"),
    Reason.SILENT: Words("mic chưa có tiếng", "microphone silent"),
    Reason.QUIET: Words("tiếng nhỏ", "quiet"),
    Reason.LOUD: Words("tiếng quá to", "too loud"),
    Reason.NOISE: Words("phòng ồn", "noisy room"),
    Reason.ECHO: Words("vọng tiếng", "echo"),
    Reason.CONFERENCE_OPEN: Words("đang họp, chỉ đo thụ động", "in session, only looked on"),
}

SOUNDS: Final = {
    WalkSound.GOOD: Words("tốt", "good"),
    WalkSound.QUIET: Words("nhỏ", "quiet"),
    WalkSound.BROKEN: Words("vỡ", "broken"),
    WalkSound.ECHO: Words("vọng", "echo"),
}
PICTURES: Final = {
    WalkPicture.GOOD: Words("tốt", "good"),
    WalkPicture.DARK: Words("tối", "dark"),
    WalkPicture.FROZEN: Words("đứng", "frozen"),
}
