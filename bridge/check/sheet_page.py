"""Sheet page: the go/no-go sheet as HTML that prints on A4 across, black on white.

Verdicts are words and a mark, for many printers have no colour; the head of the table is on every
page, and no row is torn.  It needs nothing from anywhere and runs no script.
"""

from __future__ import annotations

from html import escape
from typing import Final

from bridge.check import sheet_table
from bridge.check.sheet import CheckSheet, Row
from bridge.check.sheet_table import COLUMNS, Column
from bridge.check.wording import UNCHECKED, VERDICTS
from bridge.conference.check_words import Verdict
from bridge.minutes.wording import day_time, plain, planned

MARKS: Final = {Verdict.PASS: "✓", Verdict.WATCH: "!", Verdict.FAIL: "✗", None: "–"}
_ON_PAPER: Final = {
    "walked",  # the spreadsheet has it
    "took",
}
_STYLE: Final = """
@page { size: A4 landscape; margin: 9mm 8mm 11mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 281mm; padding: 4mm; color: #000; background: #fff;
  font: 7.5pt/1.25 "Noto Sans", "DejaVu Sans", Arial, sans-serif; }
h1 { font-size: 14pt; margin: 0; }
.of { font-size: 10pt; margin: 1mm 0 0; }
.sum { display: flex; flex-wrap: wrap; gap: 2mm 6mm; margin: 3mm 0; padding: 0; list-style: none;
  font-size: 10pt; }
.sum b { font-size: 13pt; }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 0.2mm solid #777; padding: 0.5mm 0.8mm; text-align: left; vertical-align: top; }
th { background: #eee; font-weight: 600; vertical-align: bottom; }
th small { display: block; color: #444; font-weight: 400; }
th { font-size: 6.5pt; }
.reasons { min-width: 23mm; }
.note, .before { min-width: 19mm; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.v { font-weight: 700; white-space: nowrap; }
tr.fail { background: #f6d5d5; }
tr.watch { background: #fbf1cf; }
tr.none td { color: #555; }
.ends { display: flex; justify-content: space-around; margin: 6mm 0 0; font-size: 10pt;
  text-align: center; break-inside: avoid; }
.ends div { height: 26mm; }
.foot { margin: 2mm 0 0; color: #444; }
@media print { body { padding: 0; max-width: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""


def page(sheet: CheckSheet) -> str:
    """The whole document."""
    columns = [column for column in COLUMNS if column.en not in _ON_PAPER]
    kind = " (tổng duyệt)" if sheet.rehearsal else ""
    starts = f" · Khai mạc: {planned(sheet.starts)}" if sheet.starts else ""
    until = day_time(sheet.until)
    walked = f" · Thử tiếng, thử hình: {_text(sheet.walked_by)}" if sheet.walked_by else ""
    return f"""<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Kiểm tra trước phiên: {_text(sheet.title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>KIỂM TRA TRƯỚC PHIÊN</h1>
<p class="of">{_text(sheet.title)}{kind}{starts}<br>
Tính đến {until:%H:%M} ngày {until:%d/%m/%Y}{walked} · Go/no-go sheet, {_text(sheet.conference)}</p>
<ul class="sum">{"".join(_count(sheet, v) for v in (*Verdict, None))}</ul>
<table>
<thead><tr>{"".join(map(_head, columns))}</tr></thead>
<tbody>
{"".join(_row(row, columns) for row in sheet.rows)}</tbody>
</table>
<div class="ends"><div>Kỹ thuật kiểm tra<br><small>(ký, ghi rõ họ tên)</small></div>
<div>Phụ trách kỹ thuật phòng 110<br><small>(ký, ghi rõ họ tên)</small></div></div>
<p class="foot">Mất gói tính trước khi sửa; tốc độ là mức đã đo được, có thể cao hơn. Loa: điểm cầu gõ
lại số mà loa của phòng đã đọc.</p>
</body>
</html>
"""


def _count(sheet: CheckSheet, verdict: Verdict | None) -> str:
    words = UNCHECKED if verdict is None else VERDICTS[verdict]
    return (
        f"<li>{MARKS[verdict]} {words.vi} <small>({words.en})</small>: "
        f"<b>{sheet.count(verdict)}</b>/{len(sheet.rows)}</li>"
    )


def _head(column: Column) -> str:
    return f"<th>{_text(column.vi)}<small>{_text(column.en)}</small></th>"


def _row(row: Row, columns: list[Column]) -> str:
    verdict = None if row.last is None else row.last.verdict
    cells = "".join(_cell(row, column, verdict) for column in columns)
    return f'<tr class="{verdict or "none"}">{cells}</tr>\n'


def _cell(row: Row, column: Column, verdict: Verdict | None) -> str:
    value = column.cell(row)
    if column.cell is sheet_table.verdict:
        return f'<td class="v">{MARKS[verdict]} {_text(str(value))}</td>'
    if column.en == "site":
        return f"<td>{_text(row.name)}</td>"  # the full title is five lines high
    text = "" if value is None else str(value)
    if column.is_number:
        return f'<td class="n">{text.replace(".", ",")}</td>'
    return f'<td class="{column.en}">{_text(text)}</td>'


def _text(text: str) -> str:
    return escape(plain(text))
