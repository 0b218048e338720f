"""What the assistant does: thin Rasa actions, and beside them plain packages that know nothing of Rasa."""
