-- A question belongs to its author and can be asked at moments of several clips, or of none. Answers keep their question
-- when a clip goes. A card is what one learner remembers of one question: it can be made again from the answers.
-- Children first, so that no cascade takes a row on the way.

CREATE TABLE new_questions (
    id TEXT PRIMARY KEY NOT NULL,
    author_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    -- Plain words, for lists and search.
    stem TEXT NOT NULL,
    -- What is searched: name and stem in small letters.
    words TEXT NOT NULL,
    category TEXT NOT NULL DEFAULT '',
    content TEXT NOT NULL,
    -- Of a question brought in from elsewhere: the hash of what it was then, so that it comes in once.
    origin TEXT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
);
INSERT INTO new_questions (id, author_id, kind, stem, words, content, created_at_ms, updated_at_ms)
SELECT q.id, c.author_id, json_extract(q.key, '$.kind'), q.stem, LOWER(q.stem),
    json_object('stem', q.stem, 'key', json(q.key), 'reason', q.reason), q.created_at_ms, q.updated_at_ms
FROM questions q JOIN clips c ON c.id = q.clip_id;

CREATE TABLE clip_questions (
    clip_id TEXT NOT NULL REFERENCES clips (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL REFERENCES new_questions (id) ON DELETE CASCADE,
    moment_ms BIGINT NOT NULL,
    PRIMARY KEY (clip_id, question_id)
);
INSERT INTO clip_questions (clip_id, question_id, moment_ms) SELECT clip_id, id, moment_ms FROM questions;
CREATE INDEX clip_questions_question ON clip_questions (question_id);

CREATE TABLE new_answers (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL REFERENCES new_questions (id) ON DELETE CASCADE,
    clip_id TEXT REFERENCES clips (id) ON DELETE SET NULL,
    response TEXT NOT NULL,
    choice_id TEXT,
    certainty TEXT,
    is_right BOOLEAN NOT NULL,
    -- Ten-millionths of full credit.
    credit BIGINT NOT NULL,
    -- From 1: which try of the same asking it was, and whether the right answer was shown after it.
    attempt BIGINT NOT NULL DEFAULT 1,
    is_final BOOLEAN NOT NULL DEFAULT TRUE,
    is_first BOOLEAN NOT NULL,
    xp BIGINT NOT NULL,
    right_choice_id TEXT,
    right_text TEXT NOT NULL,
    reason TEXT NOT NULL,
    choice_reason TEXT NOT NULL,
    answered_at_ms BIGINT NOT NULL,
    kept_at_ms BIGINT NOT NULL
);
INSERT INTO new_answers (id, person_id, question_id, clip_id, response, choice_id, certainty, is_right, credit, is_first, xp,
    right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms)
SELECT id, person_id, question_id, clip_id, response, choice_id, certainty, is_right,
    CASE WHEN is_right = TRUE THEN 10000000 ELSE 0 END, is_first, xp,
    right_choice_id, right_text, reason, choice_reason, answered_at_ms, kept_at_ms
FROM answers;
DROP TABLE answers;
DROP TABLE questions;
ALTER TABLE new_questions RENAME TO questions;
ALTER TABLE new_answers RENAME TO answers;

CREATE INDEX questions_author ON questions (author_id, created_at_ms, id);
CREATE UNIQUE INDEX questions_origin ON questions (author_id, origin);
CREATE INDEX answers_person ON answers (person_id, answered_at_ms);
CREATE INDEX answers_question_first ON answers (question_id, is_first);
-- Points come once a question, whatever two nodes do at the same moment.
CREATE UNIQUE INDEX answers_first ON answers (person_id, question_id, (CASE WHEN is_first THEN '' ELSE id END));

CREATE TABLE question_tags (
    question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (question_id, tag)
);
CREATE INDEX question_tags_tag ON question_tags (tag);

-- Pictures of questions in the media store.
CREATE TABLE question_pictures (
    question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    media_key TEXT NOT NULL,
    PRIMARY KEY (question_id, media_key)
);
CREATE INDEX question_pictures_key ON question_pictures (media_key);

CREATE TABLE cards (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    -- Days, and 1 to 10: FSRS.
    stability DOUBLE PRECISION NOT NULL,
    difficulty DOUBLE PRECISION NOT NULL,
    last_review_ms BIGINT NOT NULL,
    last_rating BIGINT NOT NULL,
    was_sure BOOLEAN NOT NULL,
    reviews BIGINT NOT NULL,
    lapses BIGINT NOT NULL,
    last_answer_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    PRIMARY KEY (person_id, question_id)
);
-- Due lists are read from the index alone.
CREATE INDEX cards_due ON cards (person_id, due_ms, last_review_ms, stability, question_id);

-- Cards that do not hold their newest answer yet: written with the answer, taken away when the card is made again.
CREATE TABLE stale_cards (
    person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, question_id)
);
INSERT INTO stale_cards (person_id, question_id) SELECT DISTINCT person_id, question_id FROM answers;

-- Weights fitted to a learner's own reviews; without a row the weights of the average learner hold.
CREATE TABLE memory_models (
    person_id TEXT PRIMARY KEY NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    weights TEXT NOT NULL,
    fitted_reviews BIGINT NOT NULL,
    fitted_at_ms BIGINT NOT NULL
);
