"""The rule before go-lives: levels from few engaged people and a near day, in words, with the rows behind each cause."""
