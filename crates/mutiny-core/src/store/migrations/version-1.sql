-- A profile's database in schema version 1, with rows in every table. Frozen: a test migrates it to the newest version.
-- For a later release, add the dump of one of its databases beside this file and name it in the list of that test.
PRAGMA application_id = 0x4d746e79;
PRAGMA user_version = 1;
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE peers (
    peer      BLOB NOT NULL PRIMARY KEY,
    name      TEXT, -- what it calls itself, once known
    trust     TEXT NOT NULL CHECK (trust IN ('none', 'friend', 'blocked')),
    last_seen INTEGER, -- NULL: never connected
    created   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE peer_addresses (
    peer         BLOB NOT NULL REFERENCES peers (peer) ON DELETE CASCADE,
    address      TEXT NOT NULL,
    source       TEXT NOT NULL CHECK (source IN ('link', 'identify', 'hint')),
    told         INTEGER NOT NULL,
    last_success INTEGER, -- NULL: never reached there
    PRIMARY KEY (peer, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE instances (
    id          BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    app         TEXT NOT NULL,
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    description TEXT,
    hash        TEXT NOT NULL,
    permissions TEXT NOT NULL, -- a JSON array of names
    label       TEXT,          -- NULL: the app's name
    folder      TEXT NOT NULL,
    created     INTEGER NOT NULL,
    last_active INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE doors (
    instance BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    peer     BLOB NOT NULL,
    invited  INTEGER NOT NULL,
    PRIMARY KEY (instance, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX doors_by_peer ON doors (peer);
CREATE TABLE correspondents (
    instance       BLOB NOT NULL,
    peer           BLOB NOT NULL,
    their_instance BLOB NOT NULL CHECK (length(their_instance) = 16),
    version        TEXT NOT NULL,
    since          INTEGER NOT NULL,
    PRIMARY KEY (instance, peer, their_instance),
    FOREIGN KEY (instance, peer) REFERENCES doors (instance, peer) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE invitations (
    id            BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    from_peer     BLOB NOT NULL,
    from_instance BLOB NOT NULL CHECK (length(from_instance) = 16),
    from_name     TEXT NOT NULL,
    app           TEXT NOT NULL,
    app_name      TEXT NOT NULL,
    app_version   TEXT NOT NULL,
    app_hash      TEXT NOT NULL,
    received      INTEGER NOT NULL,
    answer        TEXT NOT NULL CHECK (answer IN ('open', 'accepted', 'declined')),
    instance      BLOB REFERENCES instances (id) ON DELETE SET NULL,
    UNIQUE (from_peer, from_instance),
    CHECK (instance IS NULL OR answer = 'accepted')
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_by_instance ON invitations (instance) WHERE instance IS NOT NULL;
CREATE TABLE queues (
    instance     BLOB NOT NULL PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
    in_messages  INTEGER NOT NULL DEFAULT 0,
    in_bytes     INTEGER NOT NULL DEFAULT 0,
    out_messages INTEGER NOT NULL DEFAULT 0,
    out_bytes    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE outboxes ( -- all of them together: one row
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    messages INTEGER NOT NULL,
    bytes    INTEGER NOT NULL
) STRICT;
CREATE TRIGGER outboxes_lose_an_instance AFTER DELETE ON queues BEGIN
    UPDATE outboxes SET messages = messages - old.out_messages, bytes = bytes - old.out_bytes;
END;
CREATE TABLE flows (
    id     INTEGER PRIMARY KEY,
    source BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    peer   BLOB NOT NULL,
    target BLOB NOT NULL CHECK (length(target) = 16),
    epoch  BLOB NOT NULL CHECK (length(epoch) = 16),
    next   INTEGER NOT NULL, -- number of the next message
    gone   INTEGER NOT NULL, -- messages numbered below may have left this machine
    doubt  INTEGER NOT NULL, -- messages numbered below may have been delivered under other numbers
    UNIQUE (source, peer, target)
) STRICT;
CREATE INDEX flows_by_peer ON flows (peer);
CREATE TABLE outbox (
    entry    INTEGER PRIMARY KEY,
    flow     INTEGER NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
    seq      INTEGER NOT NULL,
    id       BLOB NOT NULL CHECK (length(id) = 16),
    content  INTEGER NOT NULL,
    sent     INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX outbox_by_seq ON outbox (flow, seq);
CREATE INDEX outbox_by_id ON outbox (id);
CREATE INDEX outbox_by_deadline ON outbox (deadline);
CREATE TABLE ended (
    id       BLOB NOT NULL PRIMARY KEY,
    instance BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    state    TEXT NOT NULL,
    ended    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_by_instance ON ended (instance);
CREATE TABLE inbox (
    entry    INTEGER PRIMARY KEY AUTOINCREMENT,
    instance BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    id       BLOB NOT NULL CHECK (length(id) = 16),
    kind     INTEGER NOT NULL, -- 1 JSON, 2 bytes, 16 failure notice
    peer     BLOB NOT NULL,    -- who sent it, or whom the message was for that failed
    other    BLOB NOT NULL,    -- the instance there
    sent     INTEGER NOT NULL,
    body     BLOB NOT NULL
) STRICT;
CREATE INDEX inbox_by_instance ON inbox (instance, entry);
CREATE TABLE incoming (
    id       INTEGER PRIMARY KEY,
    peer     BLOB NOT NULL,
    source   BLOB NOT NULL CHECK (length(source) = 16),
    target   BLOB NOT NULL CHECK (length(target) = 16),
    epoch    BLOB NOT NULL CHECK (length(epoch) = 16),
    next     INTEGER NOT NULL, -- the number it waits for
    last     BLOB,             -- id of the message before that, in this epoch
    received INTEGER NOT NULL, -- messages, through all epochs
    doubtful INTEGER NOT NULL, -- so many of the next messages may be repetitions
    UNIQUE (peer, source, target)
) STRICT;
CREATE TABLE recent (
    flow INTEGER NOT NULL REFERENCES incoming (id) ON DELETE CASCADE,
    slot INTEGER NOT NULL, -- a ring: the message's count, modulo its size
    id   BLOB NOT NULL,
    PRIMARY KEY (flow, slot)
) STRICT, WITHOUT ROWID;

INSERT INTO settings VALUES ('generation', '3'), ('name', 'Ana'), ('port', '40123');
INSERT INTO peers VALUES
    (x'002408011220b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1', 'Ben', 'friend', 1700000200000, 1700000100000),
    (x'002408011220c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1', NULL, 'none', NULL, 1700000100001),
    (x'002408011220d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1', 'Dan', 'blocked', 1700000200002, 1700000100002);
INSERT INTO peer_addresses VALUES
    (x'002408011220b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1', '/ip4/192.0.2.7/tcp/4001', 'link', 1700000100000, 1700000200000),
    (x'002408011220c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1', '/ip4/192.0.2.8/udp/4001/quic-v1', 'hint', 1700000100001, NULL);
INSERT INTO instances VALUES
    (x'11111111111111111111111111111111', 'org.example.chess', 'Chess', '1.2.3', 'A game', 'c0ffee', '["peers"]', 'Chess with Ben', '/home/ana/chess',
     1700000000000, 1700000300000),
    (x'12121212121212121212121212121212', 'org.example.notes', 'Notes', '0.1.0', NULL, 'decade', '[]', NULL, '/home/ana/notes', 1700000000001,
     1700000300001);
INSERT INTO doors VALUES (x'11111111111111111111111111111111', x'002408011220b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1', 1700000100500);
INSERT INTO correspondents VALUES (x'11111111111111111111111111111111', x'002408011220b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1', x'21212121212121212121212121212121', '1.2.0', 1700000100600);
INSERT INTO invitations VALUES
    (x'31313131313131313131313131313131', x'002408011220b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1', x'21212121212121212121212121212121', 'Ben', 'org.example.chess', 'Chess', '1.2.0', 'c0ffee', 1700000100550, 'accepted',
     x'11111111111111111111111111111111'),
    (x'32323232323232323232323232323232', x'002408011220c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1', x'22222222222222222222222222222222', '', 'org.example.draw', 'Draw', '2.0.0', 'facade', 1700000100551, 'open', NULL);
-- Two messages wait for Ben, after one was delivered and one failed; one message of his and a failure notice wait to be read.
INSERT INTO queues VALUES (x'11111111111111111111111111111111', 2, 102, 2, 16), (x'12121212121212121212121212121212', 0, 0, 0, 0);
INSERT INTO outboxes VALUES (1, 2, 16);
INSERT INTO flows VALUES (1, x'11111111111111111111111111111111', x'002408011220b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1', x'21212121212121212121212121212121', x'41414141414141414141414141414141', 4, 3, 1);
INSERT INTO outbox VALUES
    (1, 1, 2, x'61616161616161616161616161616161', 1, 1700000300000, 1700604800000, x'7b226d6f7665223a226534227d'),
    (2, 1, 3, x'62626262626262626262626262626262', 2, 1700000300001, 1700604800001, x'00ff7f');
INSERT INTO ended VALUES
    (x'64646464646464646464646464646464', x'11111111111111111111111111111111', 'delivered', 1700000250000),
    (x'65656565656565656565656565656565', x'11111111111111111111111111111111', 'failed', 1700000260000);
INSERT INTO inbox VALUES
    (7, x'11111111111111111111111111111111', x'71717171717171717171717171717171', 1, x'002408011220b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1', x'21212121212121212121212121212121', 1700000270000, x'7b226d6f7665223a226535227d'),
    (8, x'11111111111111111111111111111111', x'72727272727272727272727272727272', 16, x'002408011220b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1', x'21212121212121212121212121212121', 1700000260000, x'7b226d657373616765223a2236353635363536352d363536352d363536352d363536352d363536353635363536353635222c22726561736f6e223a2265787069726564222c226f7574636f6d65223a22756e6b6e6f776e227d');
INSERT INTO incoming VALUES (1, x'002408011220b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1', x'21212121212121212121212121212121', x'11111111111111111111111111111111', x'42424242424242424242424242424242', 1, x'71717171717171717171717171717171', 1, 0);
INSERT INTO recent VALUES (1, 0, x'71717171717171717171717171717171');
