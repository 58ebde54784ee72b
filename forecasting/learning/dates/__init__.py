"""How late milestones become: curves by kind, and what adds up to a date and to a chance."""
