"""What people call a place: the name of the street it lies at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from instances.roads.network import RoadNetwork
from instances.roads.snapping import nearest_streets


def street_names(network: RoadNetwork, points: NDArray[np.float64], *, limit: float = 100.0) -> list[str]:
    """Return the name of the nearest street that has one, for points (N, 2), latitude first.

    Parameters
    ----------
    network : RoadNetwork
    points : float64 array of shape (N, 2)
        WGS-84 degrees.
    limit : float
        Metres beyond which a point has no street; its name is then empty.
    """
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    named = np.flatnonzero(network.street_name > 0)
    street, _, _, metres = nearest_streets(network, named, points[:, ::-1])
    return [
        network.names[network.street_name[s]] if m <= limit else ""
        for s, m in zip(street.tolist(), metres.tolist(), strict=True)
    ]
