"""Hand-made mutants of the library: small faults, each of which some test must notice."""
