"""Where running conversations are kept, and how they are forgotten."""
