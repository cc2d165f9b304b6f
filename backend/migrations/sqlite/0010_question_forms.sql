-- Forms of a question ask for the same thing in other words: a family. `form_of` is the family's root, NULL of the root
-- itself. What a learner remembers belongs to the family: cards and stale cards bear the root's id.
ALTER TABLE questions ADD COLUMN form_of TEXT REFERENCES questions (id) ON DELETE SET NULL;
CREATE INDEX questions_form_of ON questions (form_of);
-- All cards of a question, when its family changes or it goes.
CREATE INDEX cards_question ON cards (question_id);
