#!/bin/sh
# Runs once, when the database's volume is empty. The portal gets an account of its own that owns its database and
# is no superuser; pg_trgm and unaccent are “trusted” extensions, which an owner may add.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password DATABASE_PASSWORD
CREATE ROLE derbycity LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE derbycity OWNER derbycity TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE derbycity FROM PUBLIC;
-- where prove-backup puts a copy back, once a month
CREATE DATABASE derbycity_proof OWNER derbycity TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE derbycity_proof FROM PUBLIC;
SQL
