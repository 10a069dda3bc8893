"""What each reading process would load by itself, loaded once by importing this into the one they are forked from."""

from indexer.places import places_called
from indexer.text import Segmenter

SEGMENTER = Segmenter()
"""Named, since a dictionary that nobody holds is given back."""
places_called("北京市")
