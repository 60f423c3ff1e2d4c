import { describe, expect, it } from 'vitest';
import { face, initial } from './face';

const ids = Array.from({ length: 400 }, (_, i) => `12D3KooWPeer${i}`);

describe('face', () => {
  // Whoever changes these changes what every person looks like to everybody.
  it('stays the same for an id', () => {
    expect(face('12D3KooWAna')).toMatchInlineSnapshot(`
      {
        "form": "band",
        "ground": 62,
        "shape": 205,
        "turn": 135,
      }
    `);
    expect(face('')).toMatchInlineSnapshot(`
      {
        "form": "ring",
        "ground": 312,
        "shape": 358,
        "turn": 0,
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
