// Making elements. Text only ever becomes text: nothing here, or anywhere in Chat, reads markup.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<HTMLElementTagNameMap[Tag]> | null} [properties]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/**
 * An element of the page itself.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export const byId = (id, type) => {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} “${id}”.`);
  return element;
};

/**
 * Puts the keyboard on the first element that a selector finds, if there is one.
 * @param {string} selector
 * @param {ParentNode} within
 */
export const focusOn = (selector, within = document) => {
  const element = within.querySelector(selector);
  if (element instanceof HTMLElement) element.focus();
};

/**
 * A sentence with names in it, each of which may be written in the other direction.
 * @param {TemplateStringsArray} parts
 * @param {string[]} names
 * @returns {(Node | string)[]}
 */
export const withNames = (parts, ...names) =>
  parts.flatMap((part, i) => {
    const name = names[i];
    return name === undefined ? [part] : [part, make('bdi', { textContent: name })];
  });
