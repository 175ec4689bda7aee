// Scripts for the page itself, as text: the tests are checked as programs of Node, which knows no document.

/** How many pixels the page is wider than the screen. */
export const WIDER = 'document.documentElement.scrollWidth - window.innerWidth'

/** Controls and pictures that say nothing of themselves, as they stand in the page. */
export const NAMELESS = `
  [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, fieldset, [role=progressbar], img:not([alt=""])')]
    .filter((node) => {
      const ids = (node.getAttribute('aria-labelledby') ?? '').split(' ')
      const text = [
        ...['aria-label', 'alt', 'title'].map((name) => node.getAttribute(name)),
        node.textContent,
        ...[...(node.labels ?? [])].map((label) => label.textContent),
        ...ids.map((id) => document.getElementById(id)?.textContent),
      ]
      return node.getAttribute('aria-hidden') !== 'true' && text.every((one) => !one?.trim())
    })
    .map((node) => node.outerHTML.slice(0, 120))`
