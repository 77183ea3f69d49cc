"""Image files: reading, writing, colour profiles, and the label of generated colour."""
