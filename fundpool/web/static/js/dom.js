/**
 * An element of the page by its id; what kind it is, the page knows.
 * @param {string} id
 * @returns {any}
 */
export function $(id) {
  return document.getElementById(id);
}
