"""Training: what the shop's data allow, each model with its card. The command line calls this."""
