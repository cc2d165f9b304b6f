-- What the feed's index reads of every clip lies in the index itself, so that a start never touches the rows with the captions.
DROP INDEX clips_published;
CREATE INDEX clips_published ON clips (published, published_at_ms, id);
