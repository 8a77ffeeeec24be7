"""What is drawn from a graph or a data set: neighbours, walks, corrupted triples, episodes."""

from .episodes import Episodes, EpisodeSampler
from .negatives import Negatives, corrupt
from .neighbors import NeighborSampler
from .walks import RandomWalks

__all__ = [
    "EpisodeSampler",
    "Episodes",
    "Negatives",
    "NeighborSampler",
    "RandomWalks",
    "corrupt",
]
