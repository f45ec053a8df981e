/// What the third version of the schema added: media, and recommendations among the actions.
extension Schema {
    /// Media both ways, and the outbox copied once more, because its check of `kind` must let
    /// upgrades pass.
    static let mediaV3 = """
        DROP VIEW transcript;

        CREATE TABLE outbox_v3 (
            id INTEGER PRIMARY KEY,
            customer INTEGER NOT NULL REFERENCES customers,
            cause TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            kind TEXT NOT NULL
                CHECK (kind = 'send' OR kind = 'send_on_event' OR kind = 'transfer'
                    OR kind = 'call' OR kind = 'upgrade'),
            text TEXT NOT NULL,
            action TEXT,
            decided_at INTEGER NOT NULL,
            deadline INTEGER NOT NULL,
            expires INTEGER NOT NULL CHECK (expires IN (0, 1)),
            reason TEXT NOT NULL,
            uncertain INTEGER NOT NULL CHECK (uncertain IN (0, 1)),
            version TEXT,
            status TEXT NOT NULL DEFAULT 'pending'
                CHECK (status = 'pending' OR status = 'done' OR status = 'failed'
                    OR status = 'cancelled'),
            note TEXT NOT NULL DEFAULT '',
            settled_at INTEGER,
            UNIQUE (customer, cause, ordinal)
        ) STRICT;
        INSERT INTO outbox_v3 SELECT * FROM outbox;
        DROP TABLE outbox;
        ALTER TABLE outbox_v3 RENAME TO outbox;
        CREATE INDEX outbox_pending ON outbox (customer, kind) WHERE status = 'pending';

        -- What the platform called a file of ours when it was last uploaded.
        CREATE TABLE media_uploads (
            corp TEXT NOT NULL,
            hash TEXT NOT NULL,
            kind TEXT NOT NULL,
            media_id TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (corp, hash, kind)
        ) STRICT, WITHOUT ROWID;

        -- What the platform tells of a customer; nickname is NULL where it tells nothing.
        CREATE TABLE profiles (
            customer INTEGER PRIMARY KEY REFERENCES customers,
            nickname TEXT,
            gender INTEGER NOT NULL,
            scene TEXT,
            scene_parameter TEXT,
            fetched_at INTEGER NOT NULL
        ) STRICT;

        -- One a customer's message with a file. hash is NULL until it was fetched; next_try_at is
        -- NULL when it never will be again.
        CREATE TABLE inbound_media (
            inbox INTEGER PRIMARY KEY REFERENCES inbox,
            hash TEXT,
            filename TEXT,
            content_type TEXT,
            count INTEGER,
            fetched_at INTEGER,
            failures INTEGER NOT NULL,
            next_try_at INTEGER,
            problem TEXT
        ) STRICT;
        CREATE INDEX inbound_media_by_time ON inbound_media (fetched_at) WHERE hash IS NOT NULL;
        CREATE INDEX inbox_media ON inbox (sent_at)
        WHERE who = 'customer'
            AND (kind = 'image' OR kind = 'voice' OR kind = 'video' OR kind = 'file');
        """
}
