"""Budget over cells: who of a segment gets which channel and offer, exact in integers."""
