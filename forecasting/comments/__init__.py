"""What people write: reading it in a job, tags and words by people, and the sentences about it."""
