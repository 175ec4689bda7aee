/** Fault codes of the vault, each with what it means for whoever meets it. */
export const VAULT_FAULTS = {
  'vault.unreadable':
    'Something sealed does not open: it was altered, or it belongs to another tenant or another place than the one it was read from.',
  'vault.format-unknown': 'Something sealed was written by a newer version of the hub, or is no sealed value at all.',
  'vault.key-missing': 'The key that something was sealed with is not there: it was destroyed, or never restored.',
  'vault.root-key-wrong': 'A key of the vault was wrapped by another root key than the one the hub was started with.',
} as const
