"""Learning whether RAID items escalate; invented items; whether their words would tell more."""
