"""The parts of what is told of dates and of readiness, by name. No numpy in here: pages name them too."""

from __future__ import annotations

# All milestones, how far ahead the date lies, how the programme runs, own milestones, still open (`slip_steps`).
ALL, AHEAD, SCHEDULE, OWN, OPEN = "all", "ahead", "schedule", "own", "open"
STEPS = (ALL, AHEAD, SCHEDULE, OWN, OPEN)
# What moves the chance to miss a baseline: where the forecast lies against it, and then the same classes (`slip_parts`).
ROOM = "room"
MISS_PARTS = (ROOM, AHEAD, SCHEDULE, OWN, OPEN)

# How many are trained, at which pace they were, how engaged people are, and how surely surveys say so (`shortfall_parts`).
TRAINING, PACE, ENGAGEMENT, SURENESS = "training", "pace", "engagement", "sureness"
PARTS = (TRAINING, PACE, ENGAGEMENT, SURENESS)
