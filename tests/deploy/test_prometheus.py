"""Prometheus, Alertmanager and Grafana's provisioning: taken by their own checkers, whole, and true."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from ruamel.yaml import YAML

from bridge.line import LineWord
from tests.architecture.house import ROOT
from tests.support.promql import run, strange, tool

PROMETHEUS = ROOT / "deploy/prometheus"
RULES = PROMETHEUS / "rules/room110.rules.yml"
TESTS = PROMETHEUS / "rules/room110.tests.yml"
ALERTMANAGER = ROOT / "deploy/alertmanager/alertmanager.yml"
RUNBOOK = ROOT / "docs/runbook"
SECTIONS = ("What it means for the rooms", "How to see it", "The first minute", "What not to do")


def load(path):
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


RULE_LIST = [rule for group in load(RULES)["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in RULE_LIST if "alert" in rule]
NAMES = sorted({rule["alert"] for rule in ALERTS})
RECORDED = {rule["record"] for rule in RULE_LIST if "record" in rule}
CASES = [case for test in load(TESTS)["tests"] for case in test.get("alert_rule_test", ())]


def test_promtool_takes_the_configuration(tmp_path):
    # With a token in the place where the machine has one.
    shutil.copytree(PROMETHEUS, tmp_path / "prometheus")
    config = tmp_path / "prometheus/prometheus.yml"
    text = config.read_text()
    token = tmp_path / "token"
    token.write_text("made up")
    assert text.count("/run/secrets/metrics-token") == 1
    config.write_text(text.replace("/run/secrets/metrics-token", str(token)))

    said = run("promtool", "check", "config", str(config))

    # The unit tests lie in the same folder and are no rules.
    assert f"{len(RULE_LIST)} rules found" in said and "tests.yml" not in said


def test_promtool_takes_the_rules():
    run("promtool", "check", "rules", "--lint=all", "--lint-fatal", str(RULES))


def test_the_rules_pass_their_unit_tests():
    run("promtool", "test", "rules", TESTS.name, cwd=TESTS.parent)


@pytest.mark.parametrize("rule", RULE_LIST, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_names_only_what_somebody_writes(rule):
    assert strange(rule["expr"], RECORDED) == []


def test_a_misspelt_metric_label_or_word_is_found():
    expr = 'room110_site_upp + sum by (color) (room110_site_up{sight="1"}) + room110_site_mic{mic=~"on|loud"}'

    assert strange(expr, set()) == [
        *("by color", "room110_site_upp", "room110_site_up{sight}", "room110_site_mic{mic=loud}")
    ]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_where_to_read(rule):
    assert rule["alert"].startswith("Room110")
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    notes = rule["annotations"]
    assert notes["summary"] and notes["description"]
    assert notes["runbook_url"].endswith(f"/runbook/{rule['alert']}.md")


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_has_its_page_in_the_runbook(name):
    text = (RUNBOOK / f"{name}.md").read_text(encoding="utf-8")
    severity = next(rule["labels"]["severity"] for rule in ALERTS if rule["alert"] == name)

    assert text.startswith(f"# {name}\n\n*{severity}*\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == list(SECTIONS)
    assert f"[{name}]({name}.md) | {severity} |" in (RUNBOOK / "README.md").read_text()


def test_the_runbook_has_no_other_page_and_no_dead_link():
    pages = {path.stem for path in RUNBOOK.glob("*.md")} - {"README"}
    links = {
        link
        for path in RUNBOOK.glob("*.md")
        for link in re.findall(r"\]\((\w+)\.md\)", path.read_text(encoding="utf-8"))
    }

    assert pages == set(NAMES) and links <= pages


ALWAYS_FIRES = {"Room110Watchdog"}


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_is_tested_both_ways(name):
    cases = [case for case in CASES if case["alertname"] == name]

    assert any(case["exp_alerts"] for case in cases)
    assert name in ALWAYS_FIRES or any(not case["exp_alerts"] for case in cases)


@pytest.mark.parametrize(
    "reason", ["mic_off", "no_packets", "silent", "nobody_hears", "says_silent"]
)
def test_every_reason_of_a_silent_speaker_is_tested(reason):
    fired = [
        alert["exp_labels"].get("reason")
        for case in CASES
        if case["alertname"] == "Room110FloorHolderSilent"
        for alert in case["exp_alerts"]
    ]

    assert reason in fired


def test_the_numbers_of_lines_are_in_the_order_of_the_words():
    rule = next(r for r in RULE_LIST if r.get("record") == "site:room110_site_line:code")

    coded = re.findall(r'(\d) \* room110_site_line\{line="(\w+)"\}', rule["expr"])

    assert coded == [(str(code), word.value) for code, word in enumerate(LineWord)]


def test_the_configuration_scrapes_what_the_service_serves():
    jobs = {job["job_name"]: job for job in load(PROMETHEUS / "prometheus.yml")["scrape_configs"]}

    assert jobs["room110"]["static_configs"] == [{"targets": ["127.0.0.1:8110"]}]
    assert jobs["room110-media"]["static_configs"] == [{"targets": ["127.0.0.1:8112"]}]
    for job in ("room110-canary", "room110-remote"):
        for file in jobs[job]["file_sd_configs"][0]["files"]:
            assert load(PROMETHEUS / file) == []


def test_amtool_takes_the_configuration():
    assert "SUCCESS" in run("amtool", "check-config", str(ALERTMANAGER))


@pytest.mark.parametrize(
    ("name", "severity", "receiver"),
    [
        ("Room110Down", "critical", "room"),
        ("Room110SiteDown", "warning", "technicians"),
        ("Room110AgendaLate", "info", "screen"),
        ("Room110Watchdog", "info", "watchdog"),
    ],
)
def test_an_alert_goes_where_its_severity_says(name, severity, receiver):
    words = [f"--config.file={ALERTMANAGER}", f"alertname={name}", f"severity={severity}"]
    done = subprocess.run(
        [tool("amtool"), "config", "routes", "test", *words],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == receiver


def inhibited(source, target):
    """Does a firing *source* silence *target* (of the same site)?"""
    for rule in load(ALERTMANAGER)["inhibit_rules"]:
        if all(_matches(m, source) for m in rule["source_matchers"]) and all(
            _matches(m, target) for m in rule["target_matchers"]
        ):
            return True
    return False


def _matches(matcher, name):
    label, how, value = re.fullmatch(r'(\w+)(=~|!~|!=|=)"(.*)"', matcher).groups()
    assert label == "alertname"
    same = re.fullmatch(value, name) is not None if "~" in how else value == name
    return same is how.startswith("=")


def test_what_says_it_all_silences_the_rest():
    rest = set(NAMES) - {"Room110Down", "Room110Watchdog", "Room110MediaDown"}

    assert {name for name in NAMES if inhibited("Room110Down", name)} == rest
    assert {name for name in NAMES if inhibited("Room110ManySitesDown", name)} == {
        *("Room110SiteDown", "Room110SiteFlapping")
    }
    assert inhibited("Room110EventLoopLag", "Room110SiteHighJitter")
    assert inhibited("Room110SiteDown", "Room110SiteNoMedia")
    assert not inhibited("Room110SiteDown", "Room110SiteDown")


def test_an_inhibition_names_alerts_that_exist():
    for rule in load(ALERTMANAGER)["inhibit_rules"]:
        for matchers in (rule["source_matchers"], rule["target_matchers"]):
            assert any(all(_matches(m, name) for m in matchers) for name in NAMES), matchers


def test_grafana_is_given_the_data_source_that_the_dashboards_ask():
    provisioning = ROOT / "deploy/grafana/provisioning"
    (source,) = load(provisioning / "datasources/prometheus.yml")["datasources"]
    (provider,) = load(provisioning / "dashboards/room110.yml")["providers"]
    scrape = load(PROMETHEUS / "prometheus.yml")["global"]["scrape_interval"]

    assert source["uid"] == "room110-prometheus" and source["editable"] is False
    assert source["jsonData"]["timeInterval"] == scrape
    assert provider["allowUiUpdates"] is False and provider["disableDeletion"] is True
