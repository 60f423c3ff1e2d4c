import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { anchorOf, document, PAGES, render } from './site.ts';

const source = (name: string) => readFileSync(new URL(`../../../docs/${name}.md`, import.meta.url), 'utf8');

describe('the guide', () => {
  const rendered = new Map(PAGES.map(({ name }) => [name, render(source(name))]));

  test.each(PAGES.map(({ name }) => name))('every link of %s leads somewhere', (name) => {
    for (const link of rendered.get(name)!.links) {
      const [file, anchor] = link.split('#') as [string, string?];
      const target = file === '' ? name : file.replace('.html', '');
      expect(rendered.has(target), link).toBe(true);
      if (anchor !== undefined) expect([...rendered.get(target)!.anchors], link).toContain(anchor);
    }
  });

  test('has every page in its navigation, and says which one it shows', () => {
    const [first] = PAGES;
    const html = document(first!, '<p>text</p>');
    for (const { name } of PAGES) expect(html).toContain(`href="${name}.html"`);
    expect(html.match(/aria-current/g)).toHaveLength(1);
  });
});

test('a heading can be linked to by the rule that code hosts follow', () => {
  expect(anchorOf('1. A page')).toBe('1-a-page');
  expect(anchorOf("What an app's page may do")).toBe('what-an-apps-page-may-do');
});

test('what a page shows as code is never taken for HTML', () => {
  expect(render('```html file=index.html\n<script>alert(1)</script>\n```').html).toBe(
    '<p class="file">index.html</p><pre tabindex="0"><code>&lt;script&gt;alert(1)&lt;/script&gt;</code></pre>\n',
  );
  expect(render('a <b>bold</b> word').html).not.toContain('<b>');
});

test('links that lead out of the guide are text', () => {
  expect(render('[semver](https://semver.org)').html).toContain('semver (https://semver.org)');
  expect(render('[chat](../apps/chat)').html).toBe('<p>chat</p>\n');
});
