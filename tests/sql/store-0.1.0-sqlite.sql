PRAGMA application_id=1347638339;
PRAGMA user_version=1;
BEGIN TRANSACTION;
CREATE TABLE pst_commands (
	command_id TEXT NOT NULL, 
	office TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	stream TEXT NOT NULL, 
	first_version BIGINT NOT NULL, 
	version BIGINT NOT NULL, 
	PRIMARY KEY (command_id)
);
INSERT INTO "pst_commands" VALUES('c1','3317','print of c1','request-3317-2026-0001',1,1);
INSERT INTO "pst_commands" VALUES('c2','3317','print of c2','request-3317-2026-0002',1,1);
INSERT INTO "pst_commands" VALUES('c3','3317','print of c3','request-3317-2026-0003',1,1);
INSERT INTO "pst_commands" VALUES('c9','3317','print of c9','request-3317-2026-0001',2,2);
CREATE TABLE pst_effects (
	place INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	stream TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	body TEXT NOT NULL, 
	status TEXT NOT NULL, 
	attempt INTEGER NOT NULL, 
	due BIGINT NOT NULL, 
	lease_until BIGINT, 
	worker TEXT NOT NULL, 
	result TEXT NOT NULL, 
	PRIMARY KEY (place), 
	UNIQUE ("key")
);
INSERT INTO "pst_effects" VALUES(1,'request-3317-2026-0001/1/mail/applicant','request-3317-2026-0001','mail','{"to": "ana@example.id"}','done',1,1795487400123456,NULL,'w','{"to": "x"}');
INSERT INTO "pst_effects" VALUES(2,'request-3317-2026-0001/1/paper/invoice','request-3317-2026-0001','mail','{"to": "ana@example.id"}','dead',1,1795487400123456,NULL,'w','refused');
INSERT INTO "pst_effects" VALUES(3,'request-3317-2026-0002/1/mail/applicant','request-3317-2026-0002','mail','{"to": "ana@example.id"}','queued',1,1795487700123456,1795487700123456,'w','later');
INSERT INTO "pst_effects" VALUES(4,'request-3317-2026-0002/1/paper/invoice','request-3317-2026-0002','mail','{"to": "ana@example.id"}','claimed',1,1795487400123456,1795487700123456,'w','');
INSERT INTO "pst_effects" VALUES(5,'request-3317-2026-0003/1/mail/applicant','request-3317-2026-0003','mail','{"to": "ana@example.id"}','claimed',1,1795487400123456,1795488000123456,'w','');
INSERT INTO "pst_effects" VALUES(6,'request-3317-2026-0003/1/paper/invoice','request-3317-2026-0003','mail','{"to": "ana@example.id"}','queued',0,1795487400123456,1795487400123456,'','');
CREATE TABLE pst_events (
	position INTEGER NOT NULL, 
	barrier BIGINT NOT NULL, 
	stream TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	schema INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	command_id TEXT NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (stream, version), 
	FOREIGN KEY(command_id) REFERENCES pst_commands (command_id)
);
INSERT INTO "pst_events" VALUES(1,0,'request-3317-2026-0001',1,'request-filed',1,'{"n": 1}',1795487400123456,'{"id": "ana"}','c1');
INSERT INTO "pst_events" VALUES(2,0,'request-3317-2026-0002',1,'request-filed',1,'{"n": 1}',1795487400123456,'{"id": "ana"}','c2');
INSERT INTO "pst_events" VALUES(3,0,'request-3317-2026-0003',1,'request-filed',1,'{"n": 1}',1795487400123456,'{"id": "ana"}','c3');
INSERT INTO "pst_events" VALUES(4,0,'request-3317-2026-0001',2,'a',1,'{"nama": "Siti “é”"}',1795487400123456,'{"id": "ana"}','c9');
CREATE TABLE pst_meta (
	"key" TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "pst_meta" VALUES('schema',1);
CREATE TABLE pst_register (
	stream TEXT NOT NULL, 
	procedure TEXT NOT NULL, 
	office TEXT NOT NULL, 
	phase TEXT NOT NULL, 
	whose TEXT NOT NULL, 
	applicant TEXT NOT NULL, 
	title TEXT NOT NULL, 
	opened BIGINT NOT NULL, 
	changed BIGINT NOT NULL, 
	due BIGINT, 
	wake BIGINT, 
	PRIMARY KEY (stream)
);
INSERT INTO "pst_register" VALUES('request-3317-2026-0001','request','3317','preparing','officer','ana','Susenas 2025',1795487400123456,1795487400123456,NULL,NULL);
INSERT INTO "pst_register" VALUES('request-3317-2026-0002','request','3317','preparing','officer','ana','Susenas 2025',1795487400123456,1795487400123456,NULL,NULL);
INSERT INTO "pst_register" VALUES('request-3317-2026-0003','request','3317','preparing','officer','ana','Susenas 2025',1795487400123456,1795487400123456,NULL,NULL);
CREATE TABLE pst_series (
	name TEXT NOT NULL, 
	last BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "pst_series" VALUES('request/3317/2026',3);
CREATE INDEX ix_pst_effects_stream ON pst_effects (stream);
CREATE INDEX pst_effects_ready ON pst_effects (lease_until, place);
CREATE INDEX ix_pst_register_wake ON pst_register (wake);
CREATE INDEX pst_register_applicant ON pst_register (office, applicant, stream);
CREATE INDEX pst_register_office ON pst_register (office, stream);
CREATE INDEX pst_register_phase ON pst_register (office, phase, stream);
CREATE INDEX pst_register_whose ON pst_register (office, whose, stream);
COMMIT;
