# ruff: noqa: S608  what is put into these texts are names written here, never values
"""Every SQL text of the SQLite adapter: the tables, step by step, and the statements.

The tables in one paragraph: versions of records and verdicts are appended and never changed (`record_version`, `decision_version`),
and narrow tables point to the present ones; `previous` leads to the version before. Consent events, activities and domain events are
append-only; their documents are written over only by the same documents in another version of the schema. A contact is one row that is written over, with its revision; what it can be found by stands in `member`, `endpoint` and
`alias`, and once more in the contact's own row, so that a stream of contacts needs no second look-up and a change knows what to remove.
"""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "CHUNK", "MIGRATIONS"]

APPLICATION_ID = 0x63634431  # "ccD1" in the file's header
PAGE_SIZE = 8192  # two documents of the usual 3 kB fit a page
CHUNK = 500  # keys in one look-up

CHAIN = "-- chain the consent events"  # a step that is Python: `_chaining.chain`

# One entry a store version; an entry that was released is never changed. `PRAGMA user_version` counts those applied.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE run (
            seq INTEGER PRIMARY KEY,
            run_id TEXT NOT NULL UNIQUE,
            started_at TEXT NOT NULL,
            finished INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        "CREATE UNIQUE INDEX run_unfinished ON run (finished) WHERE finished = 0",  # at most one
        """CREATE TABLE record_version (
            version INTEGER PRIMARY KEY,
            key TEXT NOT NULL,
            digest TEXT NOT NULL,
            system TEXT NOT NULL,
            label TEXT NOT NULL,
            features TEXT NOT NULL,
            holds TEXT NOT NULL,
            previous INTEGER
        ) STRICT""",
        # Apart, since documents are ten times as long as all that is read without them.
        """CREATE TABLE record_document (
            version INTEGER PRIMARY KEY,
            document TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE record (
            key TEXT PRIMARY KEY,
            digest TEXT NOT NULL,
            version INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE consent_event (
            seq INTEGER PRIMARY KEY,
            event_id TEXT NOT NULL UNIQUE,
            record TEXT NOT NULL,
            channel TEXT NOT NULL,
            endpoint TEXT NOT NULL,
            blocking INTEGER NOT NULL,
            document TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX consent_event_record ON consent_event (record)",
        "CREATE INDEX consent_event_blocking ON consent_event (event_id) WHERE blocking = 1",
        """CREATE TABLE activity (
            seq INTEGER PRIMARY KEY,
            activity_id TEXT NOT NULL UNIQUE,
            record TEXT NOT NULL,
            kind TEXT NOT NULL,
            document TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX activity_record ON activity (record, activity_id)",
        """CREATE TABLE decision_version (
            version INTEGER PRIMARY KEY,
            left TEXT NOT NULL,
            right TEXT NOT NULL,
            judgement TEXT NOT NULL,
            score REAL NOT NULL,
            reason TEXT NOT NULL,
            policy TEXT NOT NULL,
            evidence TEXT NOT NULL,
            previous INTEGER
        ) STRICT""",
        """CREATE TABLE decision (
            left TEXT NOT NULL,
            right TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (left, right)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE contact (
            seq INTEGER PRIMARY KEY,
            contact_id TEXT NOT NULL UNIQUE,
            digest TEXT NOT NULL,
            revision INTEGER NOT NULL,
            members TEXT NOT NULL,
            endpoints TEXT NOT NULL,
            document TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE member (
            record TEXT PRIMARY KEY,
            contact_id TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE endpoint (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            contact_id TEXT NOT NULL,
            PRIMARY KEY (kind, key, contact_id)
        ) STRICT, WITHOUT ROWID""",
        # `led_to` is where the id led when it was retired, `contact_id` where it leads now; checked when a transaction ends, since
        # an id may be retired before the contact that takes its place is written.
        """CREATE TABLE alias (
            alias TEXT PRIMARY KEY,
            led_to TEXT NOT NULL,
            contact_id TEXT NOT NULL REFERENCES contact (contact_id) DEFERRABLE INITIALLY DEFERRED
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX alias_contact ON alias (contact_id)",
        """CREATE TABLE setting (
            name TEXT PRIMARY KEY,
            text TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE event (
            seq INTEGER PRIMARY KEY,
            contact_id TEXT NOT NULL,
            document TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX event_contact ON event (contact_id)",
    ),
    (
        # What decisions need of a contact, apart from its document and in the order of a campaign.
        """CREATE TABLE contact_consent (
            contact_id TEXT PRIMARY KEY,
            consent TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
    ),
    # Consent events become a chain, domain events among them: those have no record. A forgotten entry has neither id nor record.
    # The key is the entry's number, so no two entries follow the same one.
    (
        "ALTER TABLE consent_event RENAME TO consent_unchained",
        "DROP INDEX consent_event_record",
        "DROP INDEX consent_event_blocking",
        """CREATE TABLE consent_event (
            seq INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            event_id TEXT UNIQUE,
            record TEXT,
            channel TEXT NOT NULL,
            endpoint TEXT NOT NULL,
            blocking INTEGER NOT NULL CHECK (blocking IN (0, 1)),
            document TEXT NOT NULL,
            version TEXT NOT NULL,
            salt TEXT NOT NULL,
            digest TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE ledger_head (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            seq INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT""",
        CHAIN,
        "CREATE INDEX consent_event_record ON consent_event (record) WHERE record IS NOT NULL",
        "CREATE INDEX consent_event_blocking ON consent_event (event_id) WHERE blocking = 1",
        "DROP TABLE consent_unchained",
    ),
    # What is left of people who were erased. What earlier versions deleted may still stand in pages that are free: `unclean` says so.
    (
        """CREATE TABLE tombstone (
            kind TEXT NOT NULL,
            hash TEXT NOT NULL,
            why TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (kind, hash, why)
        ) STRICT, WITHOUT ROWID""",
        "INSERT INTO setting (name, text) SELECT 'store.unclean', 'yes' WHERE EXISTS (SELECT 1 FROM record)",
    ),
    # Who judged, and when. What people say stands beside what machines say: `answer` points to it as `decision` does to theirs.
    (
        "ALTER TABLE decision_version ADD COLUMN method TEXT NOT NULL DEFAULT 'model'",
        "ALTER TABLE decision_version ADD COLUMN model TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE decision_version ADD COLUMN judged_by TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE decision_version ADD COLUMN at TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE decision_version ADD COLUMN act TEXT NOT NULL DEFAULT ''",
        """CREATE TABLE answer (
            left TEXT NOT NULL,
            right TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (left, right)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX decision_version_person ON decision_version (version) WHERE method = 'person'",
        "CREATE INDEX alias_led_to ON alias (led_to)",
    ),
)

_KEYS = ",".join("?" * CHUNK)  # filled up by repeating the last key, so that there is one statement and not 500

UNFINISHED_RUN = "SELECT run_id, started_at FROM run WHERE finished = 0"
COUNT_RUNS = "SELECT count(*) FROM run"
BEGIN_RUN = "INSERT INTO run (run_id, started_at) VALUES (?, ?)"
FINISH_RUN = "UPDATE run SET finished = 1 WHERE run_id = ?"

_RECORD = "v.key, v.digest, v.system, v.label, d.document, v.features, v.holds"
_RECORDS = "record r JOIN record_version v USING (version)"
RECORDS = f"SELECT {_RECORD} FROM {_RECORDS} JOIN record_document d USING (version) ORDER BY r.key"
RECORDS_OF = f"SELECT {_RECORD} FROM {_RECORDS} JOIN record_document d USING (version) WHERE r.key IN ({_KEYS})"
FEATURES = f"SELECT r.key, v.features FROM {_RECORDS} ORDER BY r.key"
HOLDS = f"SELECT r.key, v.holds FROM {_RECORDS} WHERE v.holds <> '' ORDER BY r.key"
RECORD_DIGESTS = "SELECT key, digest FROM record"
RECORD_HEADS = f"SELECT key, digest, version FROM record WHERE key IN ({_KEYS})"
LAST_RECORD_VERSION = "SELECT coalesce(max(version), 0) FROM record_version"
PUT_RECORD_VERSION = """INSERT INTO record_version (version, key, digest, system, label, features, holds, previous)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
PUT_RECORD_DOCUMENT = "INSERT INTO record_document (version, document) VALUES (?, ?)"
PUT_RECORD = """INSERT INTO record (key, digest, version) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, version = excluded.version"""
RECORD_VERSIONS = f"""WITH RECURSIVE chain (version, previous) AS (
        SELECT version, previous FROM record_version WHERE version = (SELECT version FROM record WHERE key = ?)
        UNION ALL SELECT p.version, p.previous FROM record_version p JOIN chain ON p.version = chain.previous
    ) SELECT {_RECORD} FROM chain JOIN record_version v USING (version) JOIN record_document d USING (version) ORDER BY version"""

_EVENT = "event_id, record, channel, endpoint, blocking, document"
_HERE = "record IS NOT NULL"  # a consent event that is not forgotten
EVENTS = f"SELECT {_EVENT} FROM consent_event WHERE {_HERE} AND event_id IS NOT NULL ORDER BY event_id"
EVENTS_BLOCKING = f"SELECT {_EVENT} FROM consent_event WHERE blocking = 1 AND {_HERE} ORDER BY event_id"
EVENTS_OF = f"SELECT {_EVENT} FROM consent_event WHERE record IN ({_KEYS}) AND blocking >= ? ORDER BY event_id"

_ENTRY = "seq, kind, event_id, record, channel, endpoint, blocking, document, version, salt, digest, hash"
ENTRIES = f"SELECT {_ENTRY} FROM consent_event WHERE seq > ? ORDER BY seq"
ENTRY_AT = f"SELECT {_ENTRY} FROM consent_event WHERE seq = ?"
ENTRY_OF = f"SELECT {_ENTRY} FROM consent_event WHERE event_id = ?"
KNOWN_EVENTS = f"SELECT event_id FROM consent_event WHERE event_id IN ({_KEYS})"
PUT_ENTRY = f"INSERT INTO consent_event ({_ENTRY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
FORGET = (
    "UPDATE consent_event SET event_id = NULL, record = NULL, endpoint = '', blocking = 0, salt = '', document = ? WHERE seq = ?"
)
LEDGER_HEAD = "SELECT seq, hash FROM ledger_head"
BEGIN_HEAD = "INSERT INTO ledger_head (only, seq, hash) VALUES (1, ?, ?)"
MOVE_HEAD = "UPDATE ledger_head SET seq = ?, hash = ? WHERE seq = ? AND hash = ?"
UNCHAINED = f"SELECT {_EVENT} FROM consent_unchained ORDER BY seq"

_ACTIVITY = "activity_id, record, kind, document"
PUT_ACTIVITY = f"INSERT INTO activity ({_ACTIVITY}) VALUES (?, ?, ?, ?) ON CONFLICT (activity_id) DO NOTHING"
DROP_ACTIVITY = "DELETE FROM activity WHERE activity_id = ?"
ACTIVITIES = f"SELECT {_ACTIVITY} FROM activity ORDER BY record, activity_id"
ACTIVITIES_OF = f"SELECT {_ACTIVITY} FROM activity WHERE record IN ({_KEYS}) ORDER BY record, activity_id"

_DECIDED = "left, right, judgement, score, reason, policy, evidence, method, model, judged_by, at, act"
_DECISION = ", ".join(f"v.{name}" for name in _DECIDED.split(", "))
_LANES = {False: "decision", True: "answer"}  # whether people said it → table that points to what is present
DECISIONS = {
    people: f"SELECT {_DECISION} FROM {lane} d JOIN decision_version v USING (version) ORDER BY d.left, d.right"
    for people, lane in _LANES.items()
}
DECISIONS_OF_KIND = {
    people: f"""SELECT {_DECISION} FROM {lane} d JOIN decision_version v USING (version)
    WHERE v.judgement = ? ORDER BY d.left, d.right"""
    for people, lane in _LANES.items()
}
DECISION_HEADS = {
    people: f"SELECT {_DECISION}, version FROM {lane} d JOIN decision_version v USING (version) WHERE d.left IN ({_KEYS})"
    for people, lane in _LANES.items()
}
ANSWERS = f"SELECT {_DECISION} FROM decision_version v WHERE method = 'person' ORDER BY version"
LAST_DECISION_VERSION = "SELECT coalesce(max(version), 0) FROM decision_version"
PUT_DECISION_VERSION = f"""INSERT INTO decision_version (version, {_DECIDED}, previous)
    VALUES (?, {", ".join("?" * len(_DECIDED.split(", ")))}, ?)"""
PUT_DECISION = {
    people: f"""INSERT INTO {lane} (left, right, version) VALUES (?, ?, ?)
    ON CONFLICT (left, right) DO UPDATE SET version = excluded.version"""
    for people, lane in _LANES.items()
}
DECISION_VERSIONS = f"""WITH RECURSIVE chain (version, previous) AS (
        SELECT version, previous FROM decision_version
            WHERE version IN (SELECT version FROM decision WHERE left = ?1 AND right = ?2
                UNION ALL SELECT version FROM answer WHERE left = ?1 AND right = ?2)
        UNION ALL SELECT p.version, p.previous FROM decision_version p JOIN chain ON p.version = chain.previous
    ) SELECT {_DECISION} FROM chain JOIN decision_version v USING (version) ORDER BY version"""

_CONTACT = """c.contact_id, c.document, c.digest, c.members, c.endpoints,
    (SELECT json_group_array(alias) FROM alias WHERE alias.contact_id = c.contact_id), c.revision,
    coalesce((SELECT consent FROM contact_consent k WHERE k.contact_id = c.contact_id), '')"""
CONTACTS = f"SELECT {_CONTACT} FROM contact c ORDER BY c.contact_id"
CONTACT = f"""SELECT {_CONTACT} FROM contact c
    WHERE c.contact_id = coalesce((SELECT contact_id FROM alias WHERE alias = ?1), ?1)"""
FIND = f"SELECT {_CONTACT} FROM endpoint e JOIN contact c USING (contact_id) WHERE e.kind = ? AND e.key = ? ORDER BY c.contact_id"
CONTACT_HEADS = f"SELECT contact_id, digest, revision, members, endpoints FROM contact WHERE contact_id IN ({_KEYS})"
CONTACT_PATHS = "SELECT contact_id, members, endpoints FROM contact WHERE contact_id = ?"
PUT_CONTACT = """INSERT INTO contact (contact_id, digest, revision, members, endpoints, document) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (contact_id) DO UPDATE SET digest = excluded.digest, revision = excluded.revision, members = excluded.members,
    endpoints = excluded.endpoints, document = excluded.document"""
CONSENT_COLUMNS = """SELECT c.contact_id, coalesce(k.consent, '') FROM contact c LEFT JOIN contact_consent k USING (contact_id)
    ORDER BY c.contact_id"""
PUT_CONSENT = """INSERT INTO contact_consent (contact_id, consent) VALUES (?, ?)
    ON CONFLICT (contact_id) DO UPDATE SET consent = excluded.consent"""
DROP_CONSENT = "DELETE FROM contact_consent WHERE contact_id = ?"
DROP_CONTACT = "DELETE FROM contact WHERE contact_id = ?"
PUT_MEMBER = (
    "INSERT INTO member (record, contact_id) VALUES (?, ?) ON CONFLICT (record) DO UPDATE SET contact_id = excluded.contact_id"
)
DROP_MEMBER = "DELETE FROM member WHERE record = ? AND contact_id = ?"
PUT_ENDPOINT = "INSERT INTO endpoint (kind, key, contact_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
DROP_ENDPOINT = "DELETE FROM endpoint WHERE kind = ? AND key = ? AND contact_id = ?"
MEMBERS = "SELECT record, contact_id FROM member ORDER BY record"

ALIASES_OF = f"SELECT alias, contact_id FROM alias WHERE alias IN ({_KEYS})"
ALIAS = "SELECT contact_id FROM alias WHERE alias = ?"
PUT_ALIAS = "INSERT INTO alias (alias, led_to, contact_id) VALUES (?, ?, ?)"
MOVE_ALIASES = "UPDATE alias SET contact_id = ? WHERE contact_id = ?"

DROP_ALIAS = "DELETE FROM alias WHERE alias = ?"
RETURN_ALIASES = """WITH RECURSIVE behind (alias) AS (
        SELECT alias FROM alias WHERE led_to = ?1
        UNION SELECT a.alias FROM behind b JOIN alias a ON a.led_to = b.alias
    ) UPDATE alias SET contact_id = ?1 WHERE alias IN (SELECT alias FROM behind)"""

SETTING = "SELECT text FROM setting WHERE name = ?"
PUT_SETTING = "INSERT INTO setting (name, text) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET text = excluded.text"
PUT_LOG = "INSERT INTO event (contact_id, document) VALUES (?, ?)"
HISTORY = """WITH me (contact_id) AS (SELECT coalesce((SELECT contact_id FROM alias WHERE alias = ?1), ?1))
    SELECT document FROM event
    WHERE contact_id IN (SELECT contact_id FROM me UNION SELECT alias FROM alias WHERE contact_id = (SELECT contact_id FROM me))
    ORDER BY seq"""

PUT_TOMBSTONE = "INSERT INTO tombstone (kind, hash, why, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
TOMBSTONES = "SELECT kind, hash, at, why FROM tombstone ORDER BY kind, hash, why"
DROP_TOMBSTONES = "DELETE FROM tombstone WHERE kind = ? AND hash = ?"

# An erasure: its keys are put into a table of this connection alone, then every table is gone through.
BEGIN_GONE = (
    "CREATE TEMP TABLE IF NOT EXISTS gone (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID"
)
PUT_GONE = "INSERT OR IGNORE INTO temp.gone (kind, name) VALUES (?, ?)"
GONE_ALIASES = """INSERT OR IGNORE INTO temp.gone (kind, name)
    SELECT 'contact', alias FROM alias WHERE contact_id IN (SELECT name FROM temp.gone WHERE kind = 'contact')"""
END_GONE = "DELETE FROM temp.gone"
_RECORDS_GONE = "(SELECT name FROM temp.gone WHERE kind = 'record')"
_CONTACTS_GONE = "(SELECT name FROM temp.gone WHERE kind = 'contact')"
GONE_NAMES = "SELECT name FROM temp.gone"
GONE_EVENTS = f"SELECT event_id FROM consent_event WHERE record IN {_RECORDS_GONE} AND event_id IS NOT NULL"
KEYS_OF_WORDS = "SELECT key FROM record WHERE instr(key, ' ')"
PROOFS = "SELECT event_id, document FROM consent_event WHERE kind = 'event' AND event_id IS NOT NULL"
LOGGED = "SELECT seq, contact_id, document FROM event"
RELOG = "UPDATE event SET document = ? WHERE seq = ?"
ERASE_RECORDS = f"DELETE FROM record WHERE key IN {_RECORDS_GONE}"
ERASE_DECISIONS = f"DELETE FROM decision WHERE left IN {_RECORDS_GONE} OR right IN {_RECORDS_GONE}"
ERASE_CONTACTS = f"DELETE FROM contact WHERE contact_id IN {_CONTACTS_GONE}"
ERASE_ACTIVITIES = f"DELETE FROM activity WHERE record IN {_RECORDS_GONE}"
ERASE_LOG = f"DELETE FROM event WHERE contact_id IN {_CONTACTS_GONE}"
ERASE_REST = (
    f"DELETE FROM record_document WHERE version IN (SELECT version FROM record_version WHERE key IN {_RECORDS_GONE})",
    f"DELETE FROM record_version WHERE key IN {_RECORDS_GONE}",
    f"DELETE FROM answer WHERE left IN {_RECORDS_GONE} OR right IN {_RECORDS_GONE}",
    f"DELETE FROM decision_version WHERE left IN {_RECORDS_GONE} OR right IN {_RECORDS_GONE}",
    f"DELETE FROM member WHERE record IN {_RECORDS_GONE} OR contact_id IN {_CONTACTS_GONE}",
    f"DELETE FROM endpoint WHERE contact_id IN {_CONTACTS_GONE}",
    f"DELETE FROM alias WHERE contact_id IN {_CONTACTS_GONE}",
    f"DELETE FROM contact_consent WHERE contact_id IN {_CONTACTS_GONE}",
)
CLEANED = "DELETE FROM setting WHERE name = 'store.unclean'"

# kind of document → (table, its key)
_DOCUMENTS = {
    "source_record": ("record_document", "version"),
    "consent_event": ("consent_event", "seq"),
    "activity": ("activity", "seq"),
    "contact": ("contact", "seq"),
    "event": ("event", "seq"),
}
DOCUMENTS = {
    kind: f"SELECT {key}, document FROM {table} WHERE {key} > ? ORDER BY {key}" for kind, (table, key) in _DOCUMENTS.items()
}
DOCUMENTS["consent_event"] = f"SELECT seq, document FROM consent_event WHERE seq > ? AND {_HERE} ORDER BY seq"
DOCUMENT = {kind: f"SELECT document FROM {table} WHERE {key} = ?" for kind, (table, key) in _DOCUMENTS.items()}
REWRITE = {kind: f"UPDATE {table} SET document = ? WHERE {key} = ?" for kind, (table, key) in _DOCUMENTS.items()}

COUNTS = {
    "records": "SELECT count(*) FROM record",
    "events": f"SELECT count(*) FROM consent_event WHERE {_HERE}",
    "activities": "SELECT count(*) FROM activity",
    "decisions": "SELECT count(*) FROM decision",
    "contacts": "SELECT count(*) FROM contact",
}
