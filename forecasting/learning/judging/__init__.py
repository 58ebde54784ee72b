"""How good probabilities are, how sure differences are, and whether what was told comes true."""
