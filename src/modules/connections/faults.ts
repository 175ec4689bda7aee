export const CONNECTION_FAULTS = {
  'connections.unknown': 'There is no connection with the id that was given in this tenant.',
  'connections.disconnected': 'The connection was ended. Its sales are kept; to go on, connect the account again.',
  'connections.sign-in-needed':
    'The system no longer accepts the sign-in of the connection. A person must sign in again.',
  'connections.system-not-live':
    'No connector asks the system that was named yet, or it is connected by its files alone.',
  'connections.credentials-incomplete': 'A field of the credentials is missing, empty, or none that the system has.',
  'connections.credentials-refused': 'The system does not accept the credentials.',
  'connections.credentials-expired': 'The credentials were right and have ended.',
  'connections.environment-wrong': 'The credentials are for the other environment of the system.',
  'connections.permission-missing': 'The credentials may not read sales, so there is nothing to connect for.',
  'connections.address-private':
    'The address in the credentials leads into a private network, where the hub does not go for a tenant.',
  'connections.account-unavailable': 'The account of the credentials cannot be connected here.',
  'connections.account-differs': 'The credentials are of another account than the one that is connected.',
  'connections.no-orders': 'Something was to be set for orders at a system that takes none.',
  'connections.account-unnamed':
    'Neither a token nor the account was named, and not exactly one account of the system is connected.',
  'connections.system-fixed': 'A connection was to be changed to another system or environment.',
  'connections.not-live': 'The connection is to files and not to a system that is asked.',
  'connections.place-unknown': 'The account has no place of sale with the id that was given.',
  'connections.place-none': 'The account has no place of sale that could be connected.',
  'connections.place-currency': 'A place of sale takes another currency than the site it was to be filed at.',
  'connections.place-site': 'A place of sale is to be filed at a site that does not exist, or was given none.',
  'connections.provider-unavailable': 'The system did not answer in time, or not well. Nothing was changed.',
  'connections.provider-refused': 'The system refused a call that the connection needs.',
  'connections.no-books': 'The system shows no figures of its own that ours could be held against.',
  'connections.oauth-none': 'The system has no sign-in by a page of its own; its credentials are typed in.',
  'connections.application-missing':
    'The hub is not known to the system yet: settings for its application are missing.',
  'connections.oauth-state':
    'The way back from the system’s page was not begun here, was used before, or took too long.',
  'connections.oauth-denied': 'The person did not agree on the system’s page.',
  'connections.oauth-exchange': 'The system did not turn the consent into a sign-in.',
} as const
