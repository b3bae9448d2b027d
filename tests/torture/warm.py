"""What the processes that are killed have imported and loaded before they are made."""

from tests.torture import victim

victim.segmenter()
