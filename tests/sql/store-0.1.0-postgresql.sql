
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE FUNCTION public.pst_allocate(n bigint, OUT first bigint, OUT barrier bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
DECLARE own bigint := pg_current_xact_id()::text::bigint;
BEGIN
  -- Sequences are outside of transactions: what another writer set is seen at once, at any
  -- isolation level. A transaction that took its id early (the host's) gets the barrier of the
  -- youngest that was here before.
  PERFORM pg_advisory_lock(5264213);
  SELECT greatest(own, last_value) INTO barrier FROM pst_barrier;
  PERFORM setval('pst_barrier', barrier);
  SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END INTO first FROM pst_position;
  PERFORM setval('pst_position', first + n - 1);
  PERFORM pg_advisory_unlock(5264213);
END $$;

CREATE SEQUENCE public.pst_barrier
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.pst_commands (
    command_id text NOT NULL,
    office text NOT NULL,
    fingerprint text NOT NULL,
    stream text NOT NULL,
    first_version bigint NOT NULL,
    version bigint NOT NULL
);

CREATE TABLE public.pst_effects (
    place bigint NOT NULL,
    key text NOT NULL,
    stream text NOT NULL,
    kind text NOT NULL,
    body text NOT NULL,
    status text NOT NULL,
    attempt integer NOT NULL,
    due bigint NOT NULL,
    lease_until bigint,
    worker text NOT NULL,
    result text NOT NULL
);

CREATE SEQUENCE public.pst_effects_place_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.pst_effects_place_seq OWNED BY public.pst_effects.place;

CREATE TABLE public.pst_events (
    "position" bigint NOT NULL,
    barrier bigint NOT NULL,
    stream text NOT NULL,
    version bigint NOT NULL,
    name text NOT NULL,
    schema integer NOT NULL,
    body text NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    command_id text NOT NULL
);

CREATE TABLE public.pst_meta (
    key text NOT NULL,
    value bigint NOT NULL
);

CREATE SEQUENCE public.pst_position
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.pst_register (
    stream text NOT NULL COLLATE pg_catalog."C",
    procedure text NOT NULL,
    office text NOT NULL,
    phase text NOT NULL,
    whose text NOT NULL,
    applicant text NOT NULL,
    title text NOT NULL,
    opened bigint NOT NULL,
    changed bigint NOT NULL,
    due bigint,
    wake bigint
);

CREATE TABLE public.pst_series (
    name text NOT NULL,
    last bigint NOT NULL
);

ALTER TABLE ONLY public.pst_effects ALTER COLUMN place SET DEFAULT nextval('public.pst_effects_place_seq'::regclass);

INSERT INTO public.pst_commands VALUES ('c1', '3317', 'print of c1', 'request-3317-2026-0001', 1, 1);
INSERT INTO public.pst_commands VALUES ('c2', '3317', 'print of c2', 'request-3317-2026-0002', 1, 1);
INSERT INTO public.pst_commands VALUES ('c3', '3317', 'print of c3', 'request-3317-2026-0003', 1, 1);
INSERT INTO public.pst_commands VALUES ('c9', '3317', 'print of c9', 'request-3317-2026-0001', 2, 2);

INSERT INTO public.pst_effects VALUES (6, 'request-3317-2026-0003/1/paper/invoice', 'request-3317-2026-0003', 'mail', '{"to": "ana@example.id"}', 'queued', 0, 1795487400123456, 1795487400123456, '', '');
INSERT INTO public.pst_effects VALUES (4, 'request-3317-2026-0002/1/paper/invoice', 'request-3317-2026-0002', 'mail', '{"to": "ana@example.id"}', 'claimed', 1, 1795487400123456, 1795487700123456, 'w', '');
INSERT INTO public.pst_effects VALUES (1, 'request-3317-2026-0001/1/mail/applicant', 'request-3317-2026-0001', 'mail', '{"to": "ana@example.id"}', 'done', 1, 1795487400123456, NULL, 'w', '{"to": "x"}');
INSERT INTO public.pst_effects VALUES (2, 'request-3317-2026-0001/1/paper/invoice', 'request-3317-2026-0001', 'mail', '{"to": "ana@example.id"}', 'dead', 1, 1795487400123456, NULL, 'w', 'refused');
INSERT INTO public.pst_effects VALUES (3, 'request-3317-2026-0002/1/mail/applicant', 'request-3317-2026-0002', 'mail', '{"to": "ana@example.id"}', 'queued', 1, 1795487700123456, 1795487700123456, 'w', 'later');
INSERT INTO public.pst_effects VALUES (5, 'request-3317-2026-0003/1/mail/applicant', 'request-3317-2026-0003', 'mail', '{"to": "ana@example.id"}', 'claimed', 1, 1795487400123456, 1795488000123456, 'w', '');

INSERT INTO public.pst_events VALUES (1, 753, 'request-3317-2026-0001', 1, 'request-filed', 1, '{"n": 1}', 1795487400123456, '{"id": "ana"}', 'c1');
INSERT INTO public.pst_events VALUES (2, 754, 'request-3317-2026-0002', 1, 'request-filed', 1, '{"n": 1}', 1795487400123456, '{"id": "ana"}', 'c2');
INSERT INTO public.pst_events VALUES (3, 755, 'request-3317-2026-0003', 1, 'request-filed', 1, '{"n": 1}', 1795487400123456, '{"id": "ana"}', 'c3');
INSERT INTO public.pst_events VALUES (4, 756, 'request-3317-2026-0001', 2, 'a', 1, '{"nama": "Siti “é”"}', 1795487400123456, '{"id": "ana"}', 'c9');

INSERT INTO public.pst_meta VALUES ('schema', 1);

INSERT INTO public.pst_register VALUES ('request-3317-2026-0001', 'request', '3317', 'preparing', 'officer', 'ana', 'Susenas 2025', 1795487400123456, 1795487400123456, NULL, NULL);
INSERT INTO public.pst_register VALUES ('request-3317-2026-0002', 'request', '3317', 'preparing', 'officer', 'ana', 'Susenas 2025', 1795487400123456, 1795487400123456, NULL, NULL);
INSERT INTO public.pst_register VALUES ('request-3317-2026-0003', 'request', '3317', 'preparing', 'officer', 'ana', 'Susenas 2025', 1795487400123456, 1795487400123456, NULL, NULL);

INSERT INTO public.pst_series VALUES ('request/3317/2026', 3);

SELECT pg_catalog.setval('public.pst_barrier', 756, true);

SELECT pg_catalog.setval('public.pst_effects_place_seq', 6, true);

SELECT pg_catalog.setval('public.pst_position', 4, true);

ALTER TABLE ONLY public.pst_commands
    ADD CONSTRAINT pst_commands_pkey PRIMARY KEY (command_id);

ALTER TABLE ONLY public.pst_effects
    ADD CONSTRAINT pst_effects_key_key UNIQUE (key);

ALTER TABLE ONLY public.pst_effects
    ADD CONSTRAINT pst_effects_pkey PRIMARY KEY (place);

ALTER TABLE ONLY public.pst_events
    ADD CONSTRAINT pst_events_pkey PRIMARY KEY ("position");

ALTER TABLE ONLY public.pst_events
    ADD CONSTRAINT pst_events_stream_version_key UNIQUE (stream, version);

ALTER TABLE ONLY public.pst_meta
    ADD CONSTRAINT pst_meta_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.pst_register
    ADD CONSTRAINT pst_register_pkey PRIMARY KEY (stream);

ALTER TABLE ONLY public.pst_series
    ADD CONSTRAINT pst_series_pkey PRIMARY KEY (name);

CREATE INDEX ix_pst_effects_stream ON public.pst_effects USING btree (stream);

CREATE INDEX ix_pst_register_wake ON public.pst_register USING btree (wake);

CREATE INDEX pst_effects_ready ON public.pst_effects USING btree (lease_until, place);

CREATE INDEX pst_register_applicant ON public.pst_register USING btree (office, applicant, stream);

CREATE INDEX pst_register_office ON public.pst_register USING btree (office, stream);

CREATE INDEX pst_register_phase ON public.pst_register USING btree (office, phase, stream);

CREATE INDEX pst_register_whose ON public.pst_register USING btree (office, whose, stream);

ALTER TABLE ONLY public.pst_events
    ADD CONSTRAINT pst_events_command_id_fkey FOREIGN KEY (command_id) REFERENCES public.pst_commands(command_id);

