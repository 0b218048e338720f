"""The pre-screening as a conversation: which question comes next, how an answer is taken, what is said at the end.

Plain Python that knows no Rasa. The questions are trial/questions.yml, their texts trial/<language>/questions.yml
and prescreen.yml; the rules are actions.prescreen, the reading of answers actions.reading.
"""
