"""Our models for inspect: `briefsmith/NAME` wherever inspect takes a model, its own command line too."""
