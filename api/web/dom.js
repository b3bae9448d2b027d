/** Building the page. Text always goes in as text nodes; nothing here or elsewhere parses HTML. */

/**
 * Make an element.
 * @param {string} tag
 * @param {Object<string, string|boolean|Function|undefined>} attributes functions become listeners
 *   (`onclick`), `true` sets a bare attribute, `false` and `undefined` set none.
 * @param {...(Node|string)} children strings become text nodes.
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/**
 * Find an element of index.html by its id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Split a bilingual text of the service (`中文 / English`) into nodes, the English marked as such.
 * @param {string} text
 * @returns {Array<Node|string>}
 */
export function bilingual(text) {
  const at = text.lastIndexOf(" / ");
  if (at < 0) return [text];
  return [text.slice(0, at), " ", element("span", { lang: "en" }, text.slice(at + 3))];
}
