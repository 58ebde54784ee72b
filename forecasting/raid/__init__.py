"""The chance that a RAID item escalates: what was known of open items, what came, computed every night, in words."""
