"""Budget over customers: the aggregated dual by cutting planes, then integers, certified."""
