"""What a message means: the safety gate, short replies, concepts and topics, in plain Python that imports no Rasa."""
