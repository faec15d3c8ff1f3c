// Colours of charts are those of the style sheet, so that both themes are stated in one place.

/** @param {string} name a custom property of the style sheet, without its dashes */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export const DARK = window.matchMedia("(prefers-color-scheme: dark)");

/** What a drawing depends on besides its data: a changed theme draws anew. */
export function themeKey() {
  return DARK.matches ? "dark" : "light";
}
