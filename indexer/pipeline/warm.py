"""What each reading process would load by itself, loaded once by importing this into the one they are forked from."""

from indexer.places import places_called
from indexer.text import Segmenter

Segmenter()
places_called("北京市")
