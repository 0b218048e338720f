"""What a message means: the safety gate, short replies, concepts, topics. It imports no Rasa."""
