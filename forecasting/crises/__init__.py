"""The chance that a crisis begins: computed and kept every night, put into words, with the weeks before and a later go-live."""
