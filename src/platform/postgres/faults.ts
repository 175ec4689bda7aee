/** Every fault of the database that a person can do something about. */
export const POSTGRES_FAULTS = {
  'postgres.unreachable': 'The database does not answer just now. Nothing of the step was stored.',
  'postgres.disk-full': 'The disk that holds the database is full. Nothing of the step was stored.',
  'postgres.schema-newer': 'The database was already used by a newer Tillwire; this one leaves it alone.',
  'postgres.role-missing':
    'The database user may not prepare the roles that Tillwire works with; the guide to a server of one’s own says how.',
  'postgres.no-binaries': 'There is no built-in PostgreSQL for this platform, or its package was not installed.',
  'postgres.not-initialised': 'A new built-in database could not be made; the sentence holds its last word.',
  'postgres.not-starting': 'The built-in PostgreSQL did not start; its own log in the data folder says why.',
  'postgres.cluster-version': 'The data folder holds a database of another major version of PostgreSQL.',
  'postgres.data-folder-private':
    'Started as root, and the user that runs PostgreSQL instead cannot enter the data folder or a folder above it.',
  'postgres.socket-folder-foreign': 'The folder of the database’s socket belongs to another user of the machine.',
} as const
