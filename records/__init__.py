"""Pre-screenings that people agreed to share: kept, counted, watched over, and erased. Knows nothing of Rasa."""
