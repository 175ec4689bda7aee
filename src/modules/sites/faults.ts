export const SITE_FAULTS = {
  'site.missing': 'The site that was named does not exist in this tenant.',
  'site.none': 'The tenant has no site yet, and sales need a place.',
  'site.slug-taken': 'Another site of the tenant has this slug.',
} as const
