"""Prometheus: Debian's program as a child of ours, with our rules, and what it says when asked.

It is given a folder, rules and targets, listens on loopback only, and keeps nothing: whoever started
it leaves, and the folder may go.  It dies with us, however we end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from room110.alarms import scaled
from room110.children import die_with_parent, end
from room110.cli.exits import Exit, Failure
from room110.sockets import free_port

START_S: Final = 30.0
ASK_S: Final = 10.0
LOOK_S: Final = 0.1
TELLS: Final = ("site", "reason", "direction", "media", "process", "missing", "slot")
"""Labels that tell one alert from another of the same name."""
DOWN: Final = "Room110Down"
"""What is said of a target that was not yet asked, too."""


@dataclass(frozen=True, slots=True, order=True)
class Alarm:
    """An alert that fires, or fired."""

    name: str
    about: str = ""
    """Values of the labels in ``TELLS``, in their order."""

    def __str__(self) -> str:
        return f"{self.name} {self.about}".strip()


def alarm(labels: Mapping[str, str]) -> Alarm:
    """Of the labels of one series of ``ALERTS``."""
    about = " ".join(labels[name] for name in TELLS if labels.get(name))
    return Alarm(labels["alertname"], about)


class Asked(Exception):
    """Prometheus did not answer a question, with its reason."""


class Prometheus:
    """Made by :func:`prometheus`."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self._http = http

    async def now(self, expression: str) -> list[dict[str, Any]]:
        """The answer as of now, of an expression that gives series.  Raises Asked."""
        result: list[dict[str, Any]] = (await self._ask("query", query=expression))["result"]
        return result

    async def since(
        self, expression: str, *, begin_s: float, end_s: float, step_s: float = 1.0
    ) -> list[dict[str, Any]]:
        """Series of the answer at every step from *begin_s* to *end_s*, Unix time.  Raises Asked."""
        answer = await self._ask(
            "query_range", query=expression, start=begin_s, end=end_s, step=step_s
        )
        series: list[dict[str, Any]] = answer["result"]
        return series

    async def firing(self) -> set[Alarm]:
        """Alerts that fire now."""
        return {alarm(one["metric"]) for one in await self.now('ALERTS{alertstate="firing"}')}

    async def fired(self, *, begin_s: float, end_s: float) -> set[Alarm]:
        """Alerts that fired at any time between the two."""
        # Steps that end at the end: one that has just begun to ring is there too.
        begin_s = end_s - int(end_s - begin_s)
        series = await self.since('ALERTS{alertstate="firing"}', begin_s=begin_s, end_s=end_s)
        return {alarm(one["metric"]) for one in series}

    async def _ask(self, path: str, **words: str | float) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=ASK_S)
        async with self._http.post(
            f"{self.url}/api/v1/{path}", data=words, timeout=timeout
        ) as response:
            answer = await response.json(content_type=None)
        if answer["status"] != "success":
            raise Asked(f"{answer.get('error')}: {words}")
        data: dict[str, Any] = answer["data"]
        return data


@asynccontextmanager
async def prometheus(
    folder: Path, *, targets: Mapping[str, str], divisor: float, port: int = 0
) -> AsyncIterator[Prometheus]:
    """It scrapes *targets* (job -> address) and judges by the rules, *divisor* times as quick.

    It has scraped each of them once when this returns, which takes it five seconds after its start.
    Raises Failure when it is not installed or does not come.
    """
    program = shutil.which("prometheus")
    if program is None:
        raise Failure(
            Exit.CONFIGURATION,
            "there is no prometheus here: make debian-packages installs Debian's",
        )
    if not scaled.RULES.is_file():
        raise Failure(Exit.CONFIGURATION, f"there is no {scaled.RULES}: run it from a checkout")
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    config = _written(folder, targets, divisor)
    with (folder / "prometheus.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program,
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--storage.tsdb.retention.time=1d",
            "--log.level=warn",
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
            process_group=0,
        )
    try:
        async with aiohttp.ClientSession() as http:
            made = Prometheus(url, http)
            await _ready(made, process, folder, targets=len(targets))
            yield made
    finally:
        await end(process)


def _written(folder: Path, targets: Mapping[str, str], divisor: float) -> Path:
    """Configuration and rules, in JSON, which is YAML."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = folder / "room110.rules.yml"
    rules.write_text(json.dumps(scaled.scaled(scaled.read(), divisor)), encoding="utf-8")
    every = scaled.duration(scaled.scrape_s(divisor))
    config = folder / "prometheus.yml"
    config.write_text(
        json.dumps(
            {
                "global": {
                    "scrape_interval": every,
                    "scrape_timeout": every,
                    "evaluation_interval": every,
                },
                "rule_files": [rules.name],
                "scrape_configs": [
                    {"job_name": job, "static_configs": [{"targets": [address]}]}
                    for job, address in targets.items()
                ],
            }
        ),
        encoding="utf-8",
    )
    return config


async def _ready(
    made: Prometheus,
    process: asyncio.subprocess.Process,
    folder: Path,
    *,
    targets: int,
) -> None:
    """Until it has scraped all, and forgotten that it once had nothing."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_S):
            while process.returncode is None:
                with contextlib.suppress(aiohttp.ClientError, ValueError, Asked):
                    up = len(await made.now("up == 1"))
                    if up == targets and not await made.now(f'ALERTS{{alertname="{DOWN}"}}'):
                        return
                await asyncio.sleep(LOOK_S)
    said = (folder / "prometheus.log").read_text(encoding="utf-8", errors="replace")
    raise Failure(
        Exit.FAILED, f"prometheus did not come, or its targets did not answer: {said[-500:]}"
    )
