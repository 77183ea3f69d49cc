"""Many runs: sweeps and albums on any executor, the folder of a run, recorded runs, what seeds say."""
