"""Wall: 64 sites on one screen."""

from __future__ import annotations

from monitoring.dashboards import wall


def test_it_shows_all_sites_without_scrolling():
    panels = wall.dashboard().build().panels
    timeline = next(panel for panel in panels if panel.type_val == "state-timeline")

    assert timeline.options.per_page == wall.SITES == 64
    # At 1080p Grafana shows some 30 rows of the grid.
    assert max(panel.grid_pos.y + panel.grid_pos.h for panel in panels) <= 30


def test_a_tile_leads_to_its_site():
    tiles = next(p for p in wall.dashboard().build().panels if p.field_config.defaults.links)

    assert "/d/room110-site?var-site=" in tiles.field_config.defaults.links[0].url
