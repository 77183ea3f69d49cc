"""Image files: reading, writing, colour profiles, and the label of generated colour."""

#: The names of the photographs that ``sample_image`` gives.
SAMPLES = ("astronaut", "camera", "chelsea", "coffee")
