"""``python -m monitoring.dashboards``: write deploy/grafana/dashboards anew."""

from monitoring.dashboards.written import main

if __name__ == "__main__":
    main()
