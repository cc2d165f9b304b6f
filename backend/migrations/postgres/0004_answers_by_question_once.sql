-- One index where there were two: it finds a learner's answers to a question, and keeps that only one of them is the first,
-- whatever two nodes do at the same moment. Every answer is written to each index of its table.
DROP INDEX IF EXISTS answers_person_question;
DROP INDEX IF EXISTS answers_first;
CREATE UNIQUE INDEX answers_first ON answers (person_id, question_id, (CASE WHEN is_first THEN '' ELSE id END));
