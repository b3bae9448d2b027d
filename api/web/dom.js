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
 * Split a text of the service (`中文 / English → command | another`) into nodes: the English marked as
 * such, and the commands that help set apart.
 * @param {string} text
 * @returns {Array<Node|string>}
 */
export function bilingual(text) {
  const [said, ...commands] = text.split(/ (?:→|\|) (?=wenju )/u);
  const remedies = commands.map((command) => element("code", {}, command));
  return [...marked(said), ...remedies.flatMap((code, n) => [n === 0 ? " → " : " 或 ", code])];
}

function marked(text) {
  const at = text.lastIndexOf(" / ");
  if (at < 0) return [text];
  return [text.slice(0, at), " ", element("span", { lang: "en" }, text.slice(at + 3))];
}

/**
 * Draw a list anew; where the focus was inside, it stays with the list.
 * @param {HTMLElement} list with a `tabindex`
 * @param {HTMLElement[]} rows
 */
export function redraw(list, rows) {
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(...rows);
  if (hadFocus) list.focus({ preventScroll: true });
}

/**
 * Tell of a problem: its title, then what to do.
 * @param {import("./http.js").Problem} problem
 * @returns {HTMLElement[]}
 */
export function problemParagraphs(problem) {
  const title = element("p", { class: "problem-title" }, ...bilingual(problem.title));
  if (problem.status) title.append(element("span", { class: "status" }, ` ${problem.status}`));
  return [title, ...problem.details.map((detail) => element("p", {}, ...bilingual(detail)))];
}
