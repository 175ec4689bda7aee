// Runs before the first paint, so that a chosen theme never flashes. `app/theme.ts` owns the stored word.
try {
  const theme = localStorage.getItem('tillwire.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden; the machine's own preference holds then.
}
