/// What the second version of the schema added: the whole rule language and what is run by it.
///
/// `docs/decisions/0011-store-version-2.md` tells why each thing is where it is.
extension Schema {
    /// What steps and decisions remember.
    ///
    /// Columns are added where that is enough, since an inbox may be large; the outbox is copied,
    /// because its check of `kind` must let calls pass.
    static let conversationsV2 = """
        DROP VIEW transcript;

        -- servicer: who wrote, or whom an event is about. detail: what of the row has no column,
        -- as JSON. facts_*: what the decision looked at; facts the rest of it as JSON; all NULL
        -- where no rule was asked. The time is decided_at, unless facts says otherwise.
        ALTER TABLE inbox ADD COLUMN servicer TEXT;
        ALTER TABLE inbox ADD COLUMN detail TEXT;
        ALTER TABLE inbox ADD COLUMN facts_state INTEGER;
        ALTER TABLE inbox ADD COLUMN facts_misses INTEGER;
        ALTER TABLE inbox ADD COLUMN facts_returning INTEGER;
        ALTER TABLE inbox ADD COLUMN facts_scene TEXT;
        ALTER TABLE inbox ADD COLUMN facts_account TEXT;
        ALTER TABLE inbox ADD COLUMN facts_language TEXT;
        ALTER TABLE inbox ADD COLUMN facts TEXT;

        -- pins: the versions the conversation refers to by name, one a line; NULL for none.
        ALTER TABLE conversations ADD COLUMN sessions INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE conversations ADD COLUMN language TEXT;
        ALTER TABLE conversations ADD COLUMN numbered_menu TEXT;
        ALTER TABLE conversations ADD COLUMN served_by TEXT;
        ALTER TABLE conversations ADD COLUMN served_until INTEGER;
        ALTER TABLE conversations ADD COLUMN pins TEXT;
        CREATE INDEX conversations_pinned ON conversations (pins) WHERE pins IS NOT NULL;

        -- As before, but for calls among the kinds.
        CREATE TABLE outbox_v2 (
            id INTEGER PRIMARY KEY,
            customer INTEGER NOT NULL REFERENCES customers,
            cause TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            kind TEXT NOT NULL
                CHECK (kind = 'send' OR kind = 'send_on_event' OR kind = 'transfer'
                    OR kind = 'call'),
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
        INSERT INTO outbox_v2 SELECT * FROM outbox;
        DROP TABLE outbox;
        ALTER TABLE outbox_v2 RENAME TO outbox;
        CREATE INDEX outbox_pending ON outbox (customer, kind) WHERE status = 'pending';

        -- receiving is NULL until the platform has told.
        CREATE TABLE roster (
            account INTEGER NOT NULL REFERENCES accounts,
            servicer TEXT NOT NULL,
            receiving INTEGER CHECK (receiving IN (0, 1)),
            load INTEGER NOT NULL,
            assigned_at INTEGER,
            PRIMARY KEY (account, servicer)
        ) STRICT, WITHOUT ROWID;

        -- One a session asked about: a second answer replaces the first.
        CREATE TABLE survey_answers (
            customer INTEGER NOT NULL REFERENCES customers,
            survey TEXT NOT NULL,
            ended_at INTEGER NOT NULL,
            mark TEXT NOT NULL,
            servicer TEXT,
            rule TEXT,
            at INTEGER NOT NULL,
            PRIMARY KEY (customer, survey, ended_at)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX survey_answers_by_time ON survey_answers (at);
        """

    /// Rule-set versions: what bundles, menus and rules hold beyond their first columns.
    ///
    /// A text column holds a template as people read it; where that doesn't say all, the template
    /// itself is in a JSON column beside it. Hand-offs and goodbyes of the first version held bare
    /// texts where templates are now.
    static let ruleSetsV2 = """
        -- JSON, NULL while there is nothing in it; each row is one bundle of one version.
        ALTER TABLE bundles ADD COLUMN owner TEXT;
        ALTER TABLE bundles ADD COLUMN valid TEXT;
        ALTER TABLE bundles ADD COLUMN defaults TEXT;
        ALTER TABLE bundles ADD COLUMN schedules TEXT;
        ALTER TABLE bundles ADD COLUMN slots TEXT;
        ALTER TABLE bundles ADD COLUMN notices TEXT;
        ALTER TABLE bundles ADD COLUMN flows TEXT;
        ALTER TABLE bundles ADD COLUMN policies TEXT;
        ALTER TABLE bundles ADD COLUMN surveys TEXT;

        ALTER TABLE menus ADD COLUMN has_numbers INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE menus ADD COLUMN rest TEXT;
        ALTER TABLE menu_items ADD COLUMN rest TEXT;

        ALTER TABLE rules ADD COLUMN starts TEXT;
        ALTER TABLE rules ADD COLUMN owner TEXT;
        ALTER TABLE rules ADD COLUMN metric_id TEXT;
        ALTER TABLE rules ADD COLUMN candidate_id TEXT;
        ALTER TABLE rules ADD COLUMN rest TEXT;

        UPDATE rules SET handoff = json_set(handoff, '$.pick', 'least_busy')
            WHERE handoff IS NOT NULL;
        UPDATE rules SET handoff = json_set(handoff, '$.waitingText', json_object('variants',
                json_array(json_object('parts', json_array(json_object('literal',
                    json_object('_0', handoff ->> '$.waitingText')))))))
            WHERE handoff ->> '$.waitingText' IS NOT NULL;
        UPDATE rules SET handoff = json_set(handoff, '$.ended.text._0', json_object('variants',
                json_array(json_object('parts', json_array(json_object('literal',
                    json_object('_0', handoff ->> '$.ended.text._0')))))))
            WHERE handoff ->> '$.ended.text._0' IS NOT NULL;
        UPDATE rules SET ending = json_set(ending, '$.goodbye.text._0', json_object('variants',
                json_array(json_object('parts', json_array(json_object('literal',
                    json_object('_0', ending ->> '$.goodbye.text._0')))))))
            WHERE ending ->> '$.goodbye.text._0' IS NOT NULL;

        -- pattern: a JSON list for says_all, the wire id for clicks.
        CREATE TABLE rule_triggers_v2 (
            version INTEGER NOT NULL,
            bundle INTEGER NOT NULL,
            rule INTEGER NOT NULL,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('says', 'says_exactly', 'starts_with', 'ends_with',
                'says_all', 'asks_like', 'matches', 'clicks', 'sends', 'event', 'no_match')),
            pattern TEXT NOT NULL,
            menu TEXT,
            item TEXT,
            PRIMARY KEY (version, bundle, rule, position),
            FOREIGN KEY (version, bundle, rule) REFERENCES rules
        ) STRICT, WITHOUT ROWID;
        INSERT INTO rule_triggers_v2 SELECT * FROM rule_triggers;
        DROP TABLE rule_triggers;
        ALTER TABLE rule_triggers_v2 RENAME TO rule_triggers;

        -- content: the words of a text, the name of a menu or a survey, the JSON of a template or
        -- of any other body.
        CREATE TABLE rule_replies_v2 (
            version INTEGER NOT NULL,
            bundle INTEGER NOT NULL,
            rule INTEGER NOT NULL,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('text', 'template', 'menu', 'survey', 'body')),
            content TEXT NOT NULL,
            PRIMARY KEY (version, bundle, rule, position),
            FOREIGN KEY (version, bundle, rule) REFERENCES rules
        ) STRICT, WITHOUT ROWID;
        INSERT INTO rule_replies_v2 SELECT * FROM rule_replies;
        DROP TABLE rule_replies;
        ALTER TABLE rule_replies_v2 RENAME TO rule_replies;

        -- Every id an item ever had in a published version.
        CREATE TABLE wire_ids (
            bundle TEXT NOT NULL,
            menu TEXT NOT NULL,
            item TEXT NOT NULL,
            id TEXT NOT NULL,
            PRIMARY KEY (bundle, menu, item, id)
        ) STRICT, WITHOUT ROWID;
        INSERT OR IGNORE INTO wire_ids
        SELECT bundles.name, menus.name, menu_items.key, menu_items.target FROM menu_items
            JOIN menus ON menus.version = menu_items.version
                AND menus.bundle = menu_items.bundle AND menus.position = menu_items.menu
            JOIN bundles ON bundles.version = menus.version AND bundles.position = menus.bundle
        WHERE menu_items.kind = 'click';
        """

    /// Who runs what, and who did it.
    static let operationsV2 = """
        -- One row at most.
        CREATE TABLE canary (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            version INTEGER NOT NULL REFERENCES rule_set_versions,
            share REAL NOT NULL CHECK (share BETWEEN 0 AND 1),
            author TEXT NOT NULL,
            note TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;

        -- Added while the server runs; words is a JSON list.
        CREATE TABLE notices (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            bundle TEXT,
            account TEXT,
            words TEXT NOT NULL,
            text TEXT NOT NULL,
            until INTEGER NOT NULL,
            author TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX notices_by_end ON notices (until);

        -- seal covers the row and the seal before; what was done before there were seals has none.
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY,
            act TEXT NOT NULL,
            subject TEXT NOT NULL,
            author TEXT NOT NULL,
            note TEXT NOT NULL,
            at INTEGER NOT NULL,
            seal TEXT NOT NULL
        ) STRICT;
        INSERT INTO audit (act, subject, author, note, at, seal)
        SELECT act, id, author, note, at, '' FROM (
            SELECT 'publish' AS act, id, author, note, published_at AS at, 0 AS rank, number
            FROM rule_set_versions
            UNION ALL
            SELECT 'activate', rule_set_versions.id, activations.author, activations.note,
                activations.at, 1, activations.id
            FROM activations
                JOIN rule_set_versions ON rule_set_versions.number = activations.version)
        ORDER BY at, rank, number;
        """
}
