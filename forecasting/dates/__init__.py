"""By when milestones are reached: what came of words on dates, computed every night, in words with what moves them."""
