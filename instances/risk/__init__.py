"""Risk from past incidents: a surface over cells and hours of the week, and the places chosen from it."""

from instances.risk.estimate import risk_surface
from instances.risk.files import cells_geojson, demand_csv, demand_geojson, hotspots_csv, hotspots_geojson
from instances.risk.metric_grid import MetricGrid
from instances.risk.places import DemandRow, HotspotRow, choose_hotspots, demand_points
from instances.risk.surface import RiskReport, RiskSurface, Slot

__all__ = [
    "DemandRow",
    "HotspotRow",
    "MetricGrid",
    "RiskReport",
    "RiskSurface",
    "Slot",
    "cells_geojson",
    "choose_hotspots",
    "demand_csv",
    "demand_geojson",
    "demand_points",
    "hotspots_csv",
    "hotspots_geojson",
    "risk_surface",
]
