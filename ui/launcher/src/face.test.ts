import { describe, expect, it } from 'vitest';
import { face, initial } from './face';

const ids = Array.from({ length: 400 }, (_, i) => `12D3KooWPeer${i}`);

describe('face', () => {
  // Whoever changes these changes what every person looks like to everybody.
  it('stays the same for an id', () => {
    expect(face('12D3KooWAna')).toMatchInlineSnapshot(`
      {
        "form": "half",
        "ground": "oklch(52% 0.13 288)",
        "shape": "oklch(38% 0.12 52)",
        "turn": 135,
      }
    `);
    expect(face('')).toMatchInlineSnapshot(`
      {
        "form": "half",
        "ground": "oklch(36% 0.1 188)",
        "shape": "oklch(52% 0.12 322)",
        "turn": 270,
      }
    `);
  });

  it('keeps the shape apart from its ground', () => {
    for (const id of ids) expect(face(id).shape).not.toBe(face(id).ground);
  });

  it('tells most people apart', () => {
    const looks = new Set(ids.map((id) => JSON.stringify(face(id))));
    expect(looks.size).toBeGreaterThan(ids.length * 0.85);
  });

  it('uses every colour about as often as the others', () => {
    const counts = new Map<string, number>();
    for (const id of ids) counts.set(face(id).ground, (counts.get(face(id).ground) ?? 0) + 1);
    expect(counts.size).toBe(16);
    expect(Math.max(...counts.values())).toBeLessThan((2.2 * ids.length) / 16);
  });
});

describe('initial', () => {
  it.each([
    ['A', 'ana'],
    ['É', 'élodie'],
    ['م', 'محمد'],
    ['小', '小林 さくら'],
    ['7', '  …7up'],
    ['?', '🐙'],
    ['?', ''],
  ])('is %s for “%s”', (letter, name) => {
    expect(initial(name)).toBe(letter);
  });

  it('keeps a letter together with its marks', () => {
    expect(initial('e\u0301lodie')).toBe('E\u0301');
  });
});
