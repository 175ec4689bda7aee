import { useSyncExternalStore } from 'react'

// The machine's preference, unless a person chose. `public/theme.js` reads the same word before the first paint.

export type Theme = 'system' | 'light' | 'dark'
const STORED = 'tillwire.theme'
const listeners = new Set<() => void>()
const machineDark = window.matchMedia('(prefers-color-scheme: dark)')
machineDark.addEventListener('change', tell)

function tell(): void {
  for (const listener of listeners) listener()
}

export function chosenTheme(): Theme {
  const word = document.documentElement.dataset.theme
  return word === 'light' || word === 'dark' ? word : 'system'
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    if (theme === 'system') localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, theme)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  tell()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, chosenTheme)
}

/** What is on screen; charts draw themselves anew by it. */
export function useShade(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    const chosen = chosenTheme()
    if (chosen !== 'system') return chosen
    return machineDark.matches ? 'dark' : 'light'
  })
}
