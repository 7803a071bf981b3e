"""Risk from past incidents: a surface over cells and hours of the week, and the places chosen from it."""

from instances.risk.estimate import Weighed, risk_surface, weigh
from instances.risk.files import cells_geojson, demand_csv, demand_geojson, hotspots_csv, hotspots_geojson
from instances.risk.metric_grid import MetricGrid
from instances.risk.places import DemandRow, HotspotRow, choose_hotspots, demand_points, spaced
from instances.risk.streets import street_risk
from instances.risk.surface import RiskReport, RiskSurface, Slot

__all__ = [
    "DemandRow",
    "HotspotRow",
    "MetricGrid",
    "RiskReport",
    "RiskSurface",
    "Slot",
    "Weighed",
    "cells_geojson",
    "choose_hotspots",
    "demand_csv",
    "demand_geojson",
    "demand_points",
    "hotspots_csv",
    "hotspots_geojson",
    "risk_surface",
    "spaced",
    "street_risk",
    "weigh",
]
