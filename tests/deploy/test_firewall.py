"""The firewall page of docs/deploy.md names the ports that there are, and the rules open those and no others."""

from __future__ import annotations

import re

import pytest
import typer

from config.settings import Settings
from room110.cli.program import app
from tests.architecture.house import ROOT

PAGE = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
PAGE = PAGE[PAGE.index("## The firewall") : PAGE.index("## Monitoring")]
TURN = (ROOT / "deploy/coturn/turnserver.conf").read_text(encoding="utf-8")
ROWS = {
    ports: (who, why)
    for ports, who, why in re.findall(
        r"^\| ([^|]*\d[^|]*) \| (.*?) \| (.*) \|$", PAGE, re.MULTILINE
    )
}
DEFAULTS = Settings()


def rules() -> set[str]:
    """What the nftables rules open, as the table writes it."""
    return {
        f"{port}/{transport}"
        for transport, ports in re.findall(r"(tcp|udp) dport \{? ?([\d, ]+)", PAGE)
        for port in re.split(r"[, ]+", ports.strip())
    }


def test_what_the_rules_open_is_what_everybody_may_reach():
    everywhere = {
        ports for ports, (who, _) in ROWS.items() if who == "everywhere" and "TURN" not in ports
    }
    assert rules() - {"22/tcp"} == everywhere
    assert f"{DEFAULTS.media_port}/udp" in everywhere
    assert f"{DEFAULTS.media_tcp_port}/tcp" in everywhere
    assert "policy drop" in PAGE


def test_what_listens_on_loopback_is_for_nobody_else():
    here = f"{DEFAULTS.http_port}/tcp, {DEFAULTS.media_metrics_port}/tcp"
    assert ROWS[here][0] == "nobody: loopback"
    assert not {f"{DEFAULTS.http_port}/tcp", f"{DEFAULTS.media_metrics_port}/tcp"} & rules()


def test_the_canary_is_where_its_command_puts_it():
    command = typer.main.get_command(app).commands["canary"]
    (port,) = (option.default for option in command.params if option.name == "port")
    assert f"{port}/tcp on the canary's machine" in ROWS


@pytest.mark.parametrize("key", ["min-port", "max-port", "listening-port", "tls-listening-port"])
def test_the_turn_server_has_the_ports_of_its_configuration(key):
    (port,) = re.findall(rf"^{key}=(\d+)$", TURN, re.MULTILINE)
    assert any(port in ports and "TURN" in ports for ports in ROWS)


@pytest.mark.parametrize("last", ["255.255.255.255", "ffff:" * 7 + "ffff"], ids=["IPv4", "IPv6"])
def test_the_turn_server_leads_nowhere_but_to_the_bridge(last):
    first = "0.0.0.0" if "." in last else "::"
    assert f"\ndenied-peer-ip={first}-{last}\n" in TURN
    assert re.findall(r"^allowed-peer-ip=(.*)$", TURN, re.MULTILINE) == ["<address of the bridge>"]
    assert "\nno-tcp-relay\n" in TURN
