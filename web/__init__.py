"""The patient's page: a Rasa channel that serves the chat, its widget and its pictures from one origin."""
