"""Who works with the console: its users, and what each role may do."""
