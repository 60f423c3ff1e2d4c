// A person's picture, drawn from the peer id just as the launcher draws it: the same person looks the same everywhere.

const FORMS = ['half', 'disc', 'quarter', 'band', 'ring'];
const HUES = [18, 52, 148, 188, 225, 258, 288, 322];
const TURNS = 8;
const SVG = 'http://www.w3.org/2000/svg';

/** FNV-1a with a final mix. @param {string} text */
const hash = (text) => {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** @param {string} name the first letter or digit of it, as one whole character of its script */
const initial = (name) => {
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    if (/[\p{L}\p{N}]/u.test(segment)) return segment.toLocaleUpperCase();
  }
  return '?';
};

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {Node[]} children
 */
const svg = (tag, attributes, children = []) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
};

/** @type {Record<string, (colour: string) => SVGElement>} */
const shapes = {
  half: (fill) => svg('rect', { x: -10, y: 22, width: 60, height: 30, fill }),
  disc: (fill) => svg('circle', { cx: 30, cy: 30, r: 16, fill }),
  quarter: (fill) => svg('rect', { x: 20, y: 20, width: 40, height: 40, fill }),
  band: (fill) => svg('rect', { x: -10, y: 24, width: 60, height: 10, fill }),
  ring: (stroke) => svg('circle', { cx: 30, cy: 30, r: 15, stroke, 'stroke-width': 7, fill: 'none' }),
};

/**
 * What the picture of an id is made of: the colours of ground and shape, the shape's side in degrees, and its form.
 * @param {string} id
 */
export const look = (id) => {
  let bits = hash(id);
  const take = (/** @type {number} */ n) => {
    const taken = bits % n;
    bits = Math.floor(bits / n);
    return taken;
  };
  const ground = take(HUES.length);
  const deep = take(2) === 1;
  const shape = (ground + 2 + take(HUES.length - 3)) % HUES.length;
  const [on, of] = deep ? [36, 52] : [52, 38];
  return {
    ground: `oklch(${on}% ${deep ? 0.1 : 0.13} ${HUES[ground]})`,
    shape: `oklch(${of}% 0.12 ${HUES[shape]})`,
    turn: (take(TURNS) * 360) / TURNS,
    form: FORMS[take(FORMS.length)] ?? 'half',
  };
};

/**
 * Only ever stands beside the name, so screen readers pass over it.
 * @param {string} id
 * @param {string} name
 */
export const face = (id, name) => {
  const { ground, shape, turn, form } = look(id);
  const letter = svg('text', { x: 20, y: 20.5, 'text-anchor': 'middle', 'dominant-baseline': 'central' });
  letter.textContent = initial(name);
  return svg('svg', { viewBox: '0 0 40 40', class: 'face', 'aria-hidden': 'true' }, [
    svg('rect', { width: 40, height: 40, fill: ground }),
    svg('g', { transform: `rotate(${turn} 20 20)` }, [
      /** @type {(colour: string) => SVGElement} */ (shapes[form])(shape),
    ]),
    letter,
  ]);
};
