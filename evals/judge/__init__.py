"""A model as judge: what its answer says, and how far it may be believed."""
