"""The steps of a plan: each reads the workspace, calls one tool of `tools/`, puts a part of the campaign in its place,
and returns a short summary of identifiers, counts and bounded numbers, which is all that a planner sees."""
