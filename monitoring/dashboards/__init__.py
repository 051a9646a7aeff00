"""Dashboards: what Grafana shows, written as code; ``make docs`` writes deploy/grafana/dashboards.

Nothing that runs knows this package: it needs grafana-foundation-sdk, which only who changes it has.
Every number on them is one of :mod:`monitoring.catalogue`, Prometheus' own or recorded by
deploy/prometheus/rules; every expression is run by the tests (:mod:`monitoring.dashboards.expressions`).
Titles are Vietnamese and words are those of the board, for who looks at them sits in the hall.
"""
