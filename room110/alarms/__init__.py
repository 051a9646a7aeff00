"""Alarms: the rules of deploy/prometheus against a real service whose lines are broken on purpose.

``scaled`` makes the rules quicker, ``prometheus`` runs Debian's Prometheus with them, ``rooms`` are
synthetic sites whose lines can be broken, ``demo`` puts them together for whoever wants to see it
(``make monitoring-demo``); tests/monitoring/proof does the same and judges.
"""
