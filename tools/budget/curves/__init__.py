"""Budget over response curves: how much to spend on each channel, concave or S-shaped, with a proven bound."""
