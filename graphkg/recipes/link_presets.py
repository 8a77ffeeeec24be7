"""Presets of link prediction, named ``<data>-<model>``."""

from __future__ import annotations

from typing import Any

PRESETS: dict[str, dict[str, Any]] = {}
