import GRDB

/// The tables, as named steps that are never changed once released: a correction is a new step.
///
/// `fixtures/schema/` holds a dump of every version, and a test opens each. What is kept where,
/// and why so, is told in `docs/decisions/0002-store-layout.md`.
enum Schema {
    /// Marks a database as ours (`PRAGMA application_id`): "SwBd".
    static let applicationID: Int32 = 0x5377_4264

    /// All steps, oldest first.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: conversationsV1)
            try db.execute(sql: ruleSetsV1)
            try db.execute(sql: transcriptV1)
        }
        migrator.registerMigration("v2", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: conversationsV2)
            try db.execute(sql: ruleSetsV2)
            try db.execute(sql: operationsV2)
            try db.execute(sql: transcriptV1)
        }
        migrator.registerMigration("v3", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: mediaV3)
            try db.execute(sql: transcriptV1)
        }
        migrator.registerMigration("v4") { db in try db.execute(sql: mediaV4) }
        return migrator
    }

    /// Positions, inbox, conversations, outbox, timers, journal.
    ///
    /// Times are milliseconds since the Unix epoch. Accounts and customers are numbered once, and
    /// numbers stand for them everywhere else: with their names in every index a step writes four
    /// times as many pages. Checks are spelled with OR, since `IN` of three values costs a
    /// temporary table for every row.
    private static let conversationsV1 = """
        -- cursor and committed_at are NULL until the first page is committed.
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY,
            account TEXT NOT NULL UNIQUE,
            cursor TEXT,
            token TEXT,
            committed_at INTEGER
        ) STRICT;

        CREATE TABLE customers (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES accounts,
            customer TEXT NOT NULL,
            UNIQUE (account, customer)
        ) STRICT;

        CREATE TABLE inbox (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES accounts,
            msgid TEXT NOT NULL,
            customer INTEGER REFERENCES customers,
            who TEXT NOT NULL
                CHECK (who = 'customer' OR who = 'servicer' OR who = 'event'),
            kind TEXT NOT NULL,
            text TEXT NOT NULL,
            menu_item TEXT,
            sent_at INTEGER NOT NULL,
            reason TEXT NOT NULL,
            score REAL,
            version TEXT,
            decided_at INTEGER NOT NULL,
            raw TEXT NOT NULL,
            UNIQUE (account, msgid)
        ) STRICT;
        CREATE INDEX inbox_by_customer ON inbox (customer);

        -- codes and memory (what has no column) are JSON, NULL while there is nothing in them.
        CREATE TABLE conversations (
            customer INTEGER PRIMARY KEY REFERENCES customers,
            state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
            servicer TEXT,
            started_at INTEGER,
            changed_at INTEGER,
            window_opened_at INTEGER,
            window_ordered INTEGER NOT NULL,
            window_ordered_at INTEGER,
            rejects INTEGER NOT NULL CHECK (rejects IN (0, 1)),
            misses INTEGER NOT NULL,
            scene TEXT,
            last_rule TEXT,
            codes TEXT,
            memory TEXT,
            updated_at INTEGER NOT NULL
        ) STRICT;

        -- id is the order. text holds the words for the transcript; action the JSON of what to
        -- do, NULL for the common case: send text as a text message. A cause belongs to one
        -- customer, so the unique key finds an action as well as a conversation's actions.
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            customer INTEGER NOT NULL REFERENCES customers,
            cause TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            kind TEXT NOT NULL
                CHECK (kind = 'send' OR kind = 'send_on_event' OR kind = 'transfer'),
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
        CREATE INDEX outbox_pending ON outbox (customer, kind) WHERE status = 'pending';

        CREATE TABLE timers (
            customer INTEGER NOT NULL REFERENCES customers,
            kind TEXT NOT NULL,
            due INTEGER NOT NULL,
            PRIMARY KEY (customer, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX timers_by_due ON timers (due);

        CREATE TABLE journal (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES accounts,
            customer INTEGER REFERENCES customers,
            at INTEGER NOT NULL,
            what TEXT NOT NULL,
            decided_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX journal_by_customer ON journal (customer);
        """

    /// Rule-set versions: what is published is never changed.
    ///
    /// The active version is the one of the last activation.
    private static let ruleSetsV1 = """
        CREATE TABLE rule_set_versions (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            author TEXT NOT NULL,
            note TEXT NOT NULL,
            published_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE activations (
            id INTEGER PRIMARY KEY,
            version INTEGER NOT NULL REFERENCES rule_set_versions,
            author TEXT NOT NULL,
            note TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX activations_by_version ON activations (version);

        CREATE TABLE version_sources (
            version INTEGER NOT NULL REFERENCES rule_set_versions,
            path TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (version, path)
        ) STRICT;

        CREATE TABLE bundles (
            version INTEGER NOT NULL REFERENCES rule_set_versions,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (version, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE bundle_accounts (
            version INTEGER NOT NULL,
            bundle INTEGER NOT NULL,
            position INTEGER NOT NULL,
            alias TEXT NOT NULL,
            PRIMARY KEY (version, bundle, position),
            FOREIGN KEY (version, bundle) REFERENCES bundles
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE menus (
            version INTEGER NOT NULL,
            bundle INTEGER NOT NULL,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            head TEXT,
            tail TEXT,
            PRIMARY KEY (version, bundle, position),
            FOREIGN KEY (version, bundle) REFERENCES bundles
        ) STRICT, WITHOUT ROWID;

        -- target: the wire id of a click, the URL of a view, the app of a mini program.
        CREATE TABLE menu_items (
            version INTEGER NOT NULL,
            bundle INTEGER NOT NULL,
            menu INTEGER NOT NULL,
            position INTEGER NOT NULL,
            key TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('click', 'view', 'miniprogram', 'text')),
            label TEXT NOT NULL,
            target TEXT,
            page_path TEXT,
            no_newline INTEGER,
            PRIMARY KEY (version, bundle, menu, position),
            FOREIGN KEY (version, bundle, menu) REFERENCES menus
        ) STRICT, WITHOUT ROWID;

        -- conditions, exceptions, handoff and ending are JSON, NULL while there are none.
        CREATE TABLE rules (
            version INTEGER NOT NULL,
            bundle INTEGER NOT NULL,
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            priority TEXT NOT NULL,
            file TEXT NOT NULL,
            line INTEGER NOT NULL,
            "column" INTEGER NOT NULL,
            conditions TEXT,
            exceptions TEXT,
            handoff TEXT,
            ending TEXT,
            PRIMARY KEY (version, bundle, position),
            FOREIGN KEY (version, bundle) REFERENCES bundles
        ) STRICT, WITHOUT ROWID;

        -- menu and item for clicks only, whose pattern is the wire id.
        CREATE TABLE rule_triggers (
            version INTEGER NOT NULL,
            bundle INTEGER NOT NULL,
            rule INTEGER NOT NULL,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('says', 'says_exactly', 'starts_with', 'matches',
                'clicks', 'sends', 'event', 'no_match')),
            pattern TEXT NOT NULL,
            menu TEXT,
            item TEXT,
            PRIMARY KEY (version, bundle, rule, position),
            FOREIGN KEY (version, bundle, rule) REFERENCES rules
        ) STRICT, WITHOUT ROWID;

        -- content: the words of a text, the name of a menu, the JSON of any other body.
        CREATE TABLE rule_replies (
            version INTEGER NOT NULL,
            bundle INTEGER NOT NULL,
            rule INTEGER NOT NULL,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('text', 'menu', 'body')),
            content TEXT NOT NULL,
            PRIMARY KEY (version, bundle, rule, position),
            FOREIGN KEY (version, bundle, rule) REFERENCES rules
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE rule_examples (
            version INTEGER NOT NULL,
            bundle INTEGER NOT NULL,
            rule INTEGER NOT NULL,
            wins INTEGER NOT NULL CHECK (wins IN (0, 1)),
            position INTEGER NOT NULL,
            sentence TEXT NOT NULL,
            PRIMARY KEY (version, bundle, rule, wins, position),
            FOREIGN KEY (version, bundle, rule) REFERENCES rules
        ) STRICT, WITHOUT ROWID;
        """

    /// One line of a transcript each; oldest first by `decided_at`, `rank`, `id`: by when we
    /// learned of it, since the platform's clock and ours may differ.
    private static let transcriptV1 = """
        CREATE VIEW transcript AS
        SELECT accounts.account, customers.customer, decided_at, 0 AS rank, inbox.id,
            sent_at AS at, who, kind, text, reason, score, version
        FROM inbox JOIN customers ON customers.id = inbox.customer
            JOIN accounts ON accounts.id = customers.account
        UNION ALL
        SELECT accounts.account, customers.customer, decided_at, 1, journal.id, at, 'note', 'note',
            '', what, NULL, NULL
        FROM journal JOIN customers ON customers.id = journal.customer
            JOIN accounts ON accounts.id = customers.account
        UNION ALL
        SELECT accounts.account, customers.customer, decided_at, 2, outbox.id, decided_at, 'bot',
            kind, text, reason || ', ' || status || iif(note = '', '', ': ' || note), NULL, version
        FROM outbox JOIN customers ON customers.id = outbox.customer
            JOIN accounts ON accounts.id = customers.account;
        """
}
