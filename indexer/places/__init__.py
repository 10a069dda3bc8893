"""Places of China: provinces, prefectures and counties, with the names and the superiors they had in a given year."""

from indexer.places.resolve import resolve
from indexer.places.table import NATION, Place, level_of, places_called, present_path

__all__ = ["NATION", "Place", "level_of", "places_called", "present_path", "resolve"]
