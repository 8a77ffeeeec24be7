"""What the settings of JAKET's tasks on texts share."""

from __future__ import annotations

from abc import abstractmethod

from .jaket import JAKETTaskSettings


class TextTaskSettings(JAKETTaskSettings):
    """Settings of a task in which entities are added to the texts that mention them.

    With ``kg=off``, as with ``start=encoder``, nothing is added.

    Attributes:
        fan_outs: neighbours a hop in training (paper: 10 and 10); scores come of all neighbours.
    """

    fan_outs: tuple[int, ...] = (10, 10)

    @property
    @abstractmethod
    def chooses(self) -> bool:
        """Whether something is held back to choose the best epoch."""

    @property
    def reads_graph(self) -> bool:
        """Whether entities are added to the texts."""
        return self.start != "encoder" and self.kg != "off"
