"""The coordinators' console: shared pre-screenings, read, noted on and handed on."""
