#include "store/migrations.h"

/*
 * Times end in _at (seconds) or _at_us, 0 meaning none. `seq` is the order of creation. Texts that
 * hold several values are records (records.h). Rows are never changed here once released: a new
 * layout is a new row.
 */
static const char version_1[] =
    "CREATE TABLE connector ("
    " seq INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL,"
    " folded_name TEXT NOT NULL UNIQUE,"
    " description TEXT,"
    " owner TEXT,"
    " type TEXT NOT NULL,"
    " method TEXT NOT NULL,"
    " resource_types TEXT NOT NULL,"
    " resource_id TEXT,"
    " canonical_id TEXT,"
    " expires_at INTEGER NOT NULL,"
    " skew_s INTEGER NOT NULL,"
    " expiration_seconds INTEGER NOT NULL,"
    " config TEXT NOT NULL,"
    " secret_id TEXT,"
    " secret_names TEXT," /* of its rows in connector_secret, for listings: see cl_secrets_replace
                           */
    " labels TEXT NOT NULL,"
    " facts TEXT NOT NULL,"
    " shared INTEGER NOT NULL,"
    " created_at_us INTEGER NOT NULL,"
    " updated_at_us INTEGER NOT NULL,"
    " generation INTEGER NOT NULL,"
    " last_verified_at INTEGER NOT NULL,"
    " last_verify_code TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX connector_name ON connector (name);"

    /* One value of one attribute; `id` is part of what the value is sealed for. */
    "CREATE TABLE connector_secret ("
    " id TEXT NOT NULL UNIQUE,"
    " connector INTEGER NOT NULL REFERENCES connector (seq) ON DELETE CASCADE,"
    " name TEXT NOT NULL,"
    " sealed BLOB NOT NULL,"
    " UNIQUE (connector, name)"
    ") STRICT;"

    "CREATE TABLE component ("
    " seq INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " folded_name TEXT NOT NULL,"
    " flavor TEXT NOT NULL,"
    " owner TEXT,"
    " config TEXT NOT NULL,"
    " labels TEXT NOT NULL,"
    " connector INTEGER REFERENCES connector (seq),"
    " resource_id TEXT,"
    " created_at_us INTEGER NOT NULL,"
    " updated_at_us INTEGER NOT NULL,"
    " UNIQUE (kind, folded_name)"
    ") STRICT;"
    "CREATE INDEX component_connector ON component (connector);"

    /* Issued credentials, sealed by whoever puts them here; listings and notes of failures, which
     * hold no secret, are not. All of it can be had again. */
    "CREATE TABLE issued ("
    " key TEXT NOT NULL UNIQUE,"
    " connector INTEGER NOT NULL REFERENCES connector (seq) ON DELETE CASCADE,"
    " generation INTEGER NOT NULL,"
    " expires_at INTEGER NOT NULL,"
    " sealed BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX issued_connector ON issued (connector);"
    "CREATE INDEX issued_expiry ON issued (expires_at);"

    /* No reference to connector: a row outlives what it tells about. */
    "CREATE TABLE audit ("
    " seq INTEGER PRIMARY KEY,"
    " at_us INTEGER NOT NULL,"
    " actor TEXT,"
    " action TEXT,"
    " source TEXT,"
    " agent TEXT,"
    " connector_id TEXT,"
    " connector_name TEXT,"
    " generation INTEGER NOT NULL,"
    " resource_type TEXT,"
    " resource_id TEXT,"
    " auth_method TEXT,"
    " wanted_ttl_s INTEGER NOT NULL,"
    " granted_ttl_s INTEGER NOT NULL,"
    " cache_hit INTEGER NOT NULL,"
    " outcome TEXT,"
    " provider_request_id TEXT,"
    " fingerprint TEXT,"
    " request_id TEXT,"
    " prev_hash BLOB NOT NULL,"
    " hash BLOB NOT NULL"
    ") STRICT;"

    /* Keys that seal values, wrapped by the key `wrapped_by`, which is not in here. */
    "CREATE TABLE data_key ("
    " seq INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE,"
    " wrapped_by TEXT NOT NULL,"
    " wrapped BLOB NOT NULL"
    ") STRICT;";

const struct cl_migration cl_migrations[] = {
    {.statements = version_1},
};
const int cl_migration_count = (int)CL_COUNT(cl_migrations);
