"""Whether units will be ready before a go-live: computed every night, in words with what adds up to it."""
