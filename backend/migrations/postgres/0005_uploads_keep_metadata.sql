-- The tus protocol gives a client's Upload-Metadata back as it was sent.
ALTER TABLE uploads ADD COLUMN metadata TEXT NOT NULL DEFAULT '';
