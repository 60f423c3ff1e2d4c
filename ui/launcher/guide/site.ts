// The guide for people who write apps: the pages of docs/ as a static site, which the launcher opens from its own files.

import { Marked, type Tokens } from 'marked';

/** A page of the guide. */
export interface Page {
  /** Its file in docs/, without the ending. */
  name: string;
  title: string;
}

/** The pages, in the order in which one would read them. */
export const PAGES: readonly Page[] = [
  { name: 'tutorial', title: 'Tutorial' },
  { name: 'app-api', title: 'The API of apps' },
  { name: 'app-api-reference', title: 'Reference of the API' },
  { name: 'recipes', title: 'Recipes' },
  { name: 'porting', title: 'For people who know browser apps' },
  { name: 'dev', title: 'Several peers side by side' },
  { name: 'testing', title: 'Testing' },
  { name: 'node', title: 'Without windows' },
  { name: 'security', title: 'Walls' },
  { name: 'protocol', title: 'The delivery protocol' },
];

/** What became of a text. */
export interface Rendered {
  html: string;
  /** What can be linked to. */
  anchors: Set<string>;
  /** Links to pages of the guide, as they are in the page: `recipes.html#groups`. */
  links: string[];
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The anchor of a heading, by the rule that code hosts follow. */
export const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

/** Where a link of docs/ leads within the guide; `null` where it leads out of it. */
const within = (href: string) => {
  if (href.startsWith('#')) return href;
  const [, name, anchor = ''] = /^(?:\.\/)?([a-z-]+)\.md(#.*)?$/.exec(href) ?? [];
  return PAGES.some((page) => page.name === name) ? `${name}.html${anchor}` : null;
};

/** Renders the Markdown of a page. Links that lead out of the guide become text: its window opens nothing else. */
export const render = (markdown: string): Rendered => {
  const anchors = new Set<string>();
  const links: string[] = [];
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const anchor = anchorOf(text.replaceAll('`', ''));
        anchors.add(anchor);
        return `<h${depth} id="${escape(anchor)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        const text = this.parser.parseInline(tokens);
        const target = within(href);
        if (target === null) return /^https?:/.test(href) ? `${text} (${escape(href)})` : text;
        links.push(target);
        return `<a href="${escape(target)}">${text}</a>`;
      },
      image: ({ text }: Tokens.Image) => escape(text),
      // A title for blocks that are to become a file.
      code({ text, lang = '' }: Tokens.Code) {
        const file = /\bfile=(\S+)/.exec(lang)?.[1];
        const title = file ? `<p class="file">${escape(file)}</p>` : '';
        return `${title}<pre tabindex="0"><code>${escape(text)}</code></pre>\n`;
      },
      // Texts of our own hold no HTML; what looks like some is meant as text.
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escape(text),
    },
  });
  return { html: marked.parse(markdown, { async: false }), anchors, links };
};

/** A whole document of the guide. */
export const document = ({ name, title }: Page, html: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <title>${escape(title)}</title>
    <link rel="stylesheet" href="guide.css" />
  </head>
  <body>
    <a class="skip" href="#page">Skip to the text</a>
    <nav aria-label="Guide">
      <ul>
        ${PAGES.map((page) => `<li><a href="${page.name}.html"${page.name === name ? ' aria-current="page"' : ''}>${escape(page.title)}</a></li>`).join('\n        ')}
      </ul>
    </nav>
    <main id="page">
${html}
    </main>
  </body>
</html>
`;
