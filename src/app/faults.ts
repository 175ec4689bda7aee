export const APP_FAULTS = {
  'hub.running': 'Another hub runs on the same data folder.',
  'hub.port-taken': 'Another program listens on the port that the hub is to serve on.',
  'hub.port-denied': 'The hub may not listen on the port or address that it was given.',
  'setting.bad': 'A setting has a value that cannot be used; the sentence names it.',
  'root-key.missing': 'The root key that this database was set up with is not there.',
  'root-key.bad': 'The root key that was given is not 32 bytes in base64.',
  'root-key.wrong': 'The root key that was given is not the one this database was set up with.',
  'demo.person-needed': 'Demonstration data were asked for with a key; they belong to a person.',
  'command.file': 'A file that a command was given cannot be read.',
  'command.tenant': 'The tenant that a command was given does not exist.',
  'command.unconfirmed': 'Something in the file is in doubt and was not confirmed.',
  'command.bad': 'A command was called with words it does not take.',
} as const
