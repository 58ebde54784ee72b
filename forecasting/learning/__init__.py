"""Learning code: plain functions over tables, without Django, the web or the other apps."""
