/** How apps and people look that bring no picture: always the same for the same id. */

/** The drawing of an icon or avatar. Angles are in degrees. */
export interface Face {
  /** The colour of the ground, dark enough for white letters. */
  ground: string;
  /** The colour of the shape on it, which white letters can be read on as well. */
  shape: string;
  /** Which side the shape lies at. */
  turn: number;
  /** Which shape it is. */
  form: (typeof FORMS)[number];
}

const FORMS = ['half', 'disc', 'quarter', 'band', 'ring'] as const;
/** Hues that have names of their own, so that two of them are told apart at a glance; the olive ones are not pleasant. */
const HUES = [18, 52, 148, 188, 225, 258, 288, 322];
const TURNS = 8;

export function face(id: string): Face {
  let bits = hash(id);
  const take = (n: number) => {
    const taken = bits % n;
    bits = Math.floor(bits / n);
    return taken;
  };
  const ground = take(HUES.length);
  const deep = take(2) === 1;
  // Far enough from the ground to be seen.
  const shape = (ground + 2 + take(HUES.length - 3)) % HUES.length;
  const [on, of] = deep ? [36, 52] : [52, 38];
  return {
    ground: `oklch(${on}% ${deep ? 0.1 : 0.13} ${HUES[ground]})`,
    shape: `oklch(${of}% 0.12 ${HUES[shape]})`,
    turn: (take(TURNS) * 360) / TURNS,
    form: FORMS[take(FORMS.length)] ?? 'half',
  };
}

/** The first letter or digit of a name, as one whole character of its script. */
export function initial(name: string): string {
  // Most names begin so, and the web engine takes some milliseconds before it can tell of the others.
  if (/^[a-z0-9](?:[ -~]|$)/i.test(name)) return name.charAt(0).toLocaleUpperCase();
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    if (/[\p{L}\p{N}]/u.test(segment)) return segment.toLocaleUpperCase();
  }
  return '?';
}

/** FNV-1a with a final mix: spreads ids well that differ in one character. Not for secrets. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    h = Math.imul(h ^ byte, 0x01000193);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
