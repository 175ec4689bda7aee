/** Faults of matching, and what each means to whoever receives it. */
export const MATCHING_FAULTS = {
  'matching.channel-missing': 'The channel has no catalogue in this tenant. Hand one in first.',
  'matching.item-missing': 'The channel has no item with this id.',
  'matching.connection-missing': 'The connection does not exist in this tenant.',
  'matching.items-wrong': 'Items of the catalogue name an id twice; errors[] says where. Nothing was stored.',
  'matching.removals-unconfirmed':
    'The new list leaves out more than half of what stands. Ask again with confirm_removals=true if that is meant.',
  'matching.mapping-wrong':
    'Mappings name items or articles that do not exist, or one item twice; errors[] says where. Nothing was stored.',
  'matching.table-unreadable': 'The table is not CSV in UTF-8 with the columns item_id and pos_item_id.',
  'matching.table-wrong': 'Rows of the table cannot be taken; errors[] names each by its line. Nothing was stored.',
  'matching.nothing-to-undo': 'No change of these mappings is left that could be undone.',
} as const
