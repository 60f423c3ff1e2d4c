// Makes the reference of the API from its types: Markdown, from what `mutiny.d.ts` declares and says of it.

import ts from 'typescript';

/** @typedef {ts.InterfaceDeclaration | ts.TypeAliasDeclaration} Declaration */

/** What the sections of their own are made of, so that they are not listed among the types. */
const API = 'Mutiny';
const EVENTS = 'Events';
const CODES = 'ErrorCode';
const ERROR = 'MutinyError';

/**
 * What a documentation comment says, without the stars around it.
 * @param {string} comment
 */
const plain = (comment) =>
  comment
    .replace(/^\/\*\*[ \t]*/, '')
    .replace(/\s*\*\/$/, '')
    .replaceAll(/^[ \t]*\*[ \t]?/gm, '')
    .trim();

/**
 * The documentation comment right before a position, if there is one.
 * @param {string} source
 * @param {number} position
 */
const before = (source, position) => {
  const comments = ts.getLeadingCommentRanges(source, position) ?? [];
  const texts = comments.map(({ pos, end }) => source.slice(pos, end)).filter((text) => text.startsWith('/**'));
  return texts.length === 0 ? '' : plain(texts.at(-1) ?? '');
};

/** A text within a cell of a table. @param {string} text */
const cell = (text) => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

/** The anchor of a heading, by the rule that code hosts follow. @param {string} heading */
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

/**
 * The reference as Markdown.
 * @param {string} source what `mutiny.d.ts` says
 * @returns {string}
 * @throws {Error} where something is declared and not described
 */
export const reference = (source) => {
  const file = ts.createSourceFile('mutiny.d.ts', source, ts.ScriptTarget.Latest, true);

  /** @param {ts.Node} node @param {string} what */
  const describe = (node, what) => {
    const text = before(source, node.getFullStart());
    if (text === '') throw new Error(`mutiny.d.ts does not describe ${what}. Write a comment above it.`);
    return text;
  };

  /** @type {Map<string, Declaration>} */
  const declared = new Map();
  for (const statement of file.statements) {
    if (!ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement)) continue;
    if (statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
      declared.set(statement.name.text, statement);
  }

  /** @param {string} name */
  const membersOf = (name) => {
    const declaration = declared.get(name);
    if (!declaration || !ts.isInterfaceDeclaration(declaration))
      throw new Error(`mutiny.d.ts has no interface ${name}.`);
    return [...declaration.members];
  };

  /** Each name of a union, with what is said of it. @param {Declaration} declaration */
  const choices = (declaration) => {
    if (!ts.isTypeAliasDeclaration(declaration) || !ts.isUnionTypeNode(declaration.type)) return [];
    let end = declaration.type.getFullStart();
    return declaration.type.types.map((type) => {
      // The comment stands before the bar, which belongs to no name.
      const text = before(source, end);
      end = type.end;
      return { name: type.getText(), text };
    });
  };

  /** What `mutiny.invite` is called in headings. @param {ts.TypeElement} member */
  const heading = (member) => {
    if (ts.isMethodSignature(member) && ts.isComputedPropertyName(member.name)) return 'for await (… of mutiny)';
    return `mutiny.${member.name?.getText()}${ts.isMethodSignature(member) ? '()' : ''}`;
  };

  const members = membersOf(API);
  const codes = declared.get(CODES);
  if (!codes) throw new Error(`mutiny.d.ts has no type ${CODES}.`);

  /** Where a name is described, for links. @type {Map<string, string>} */
  const places = new Map();
  for (const name of declared.keys()) places.set(name, `#${anchor(name)}`);
  for (const { name } of choices(codes)) places.set(name.replaceAll("'", ''), `#${anchor(name)}`);
  places.set(API, '#windowmutiny');
  places.set(EVENTS, '#events');
  places.set(CODES, '#error-codes');
  for (const member of members) {
    const name = member.name?.getText() ?? '';
    places.set(`${API}.${name}`, `#${anchor(heading(member))}`);
    if (!places.has(name)) places.set(name, `#${anchor(heading(member))}`);
  }

  /** Turns what a comment refers to into links. @param {string} text */
  const linked = (text) =>
    text
      .split(/(^```.*?^```$)/ms)
      .map((part) => {
        if (part.startsWith('```')) return part;
        return part
          .replaceAll(/\{@link ([\w.]+)\}/g, (_, /** @type {string} */ name) => {
            const place = places.get(name);
            if (place === undefined) throw new Error(`mutiny.d.ts refers to ${name}, which it does not declare.`);
            return `[\`${name.replace(`${API}.`, '')}\`](${place})`;
          })
          .replaceAll(/(?<!\[)`([A-Z]\w+)`/g, (all, /** @type {string} */ name) =>
            places.has(name) ? `[${all}](${places.get(name)})` : all,
          );
      })
      .join('');

  /** The types that some code names, as links. @param {string} code @param {string} [but] */
  const mentioned = (code, but) => {
    const names = new Set([...code.matchAll(/[A-Z]\w+/g)].map(([name]) => name));
    const links = [...names].filter((name) => name !== but && declared.has(name));
    return links.map((name) => `[${name}](${places.get(name)})`);
  };

  /** @param {string[]} links */
  const types = (links) => (links.length === 0 ? [] : [`Types: ${links.join(', ')}`]);

  /** A table of the members of an interface. @param {readonly ts.TypeElement[]} all @param {string} owner */
  const table = (all, owner) => [
    '| member | type | |',
    '| --- | --- | --- |',
    ...all.map((member) => {
      const name = member.name?.getText() ?? '';
      const optional = member.questionToken ? ', may be left out' : '';
      const type = ts.isPropertySignature(member) ? (member.type?.getText() ?? '') : member.getText();
      const text = linked(describe(member, `${owner}.${name}`));
      return `| \`${name}\` | \`${cell(type)}\`${optional} | ${cell(text)} |`;
    }),
  ];

  const functions = () => {
    /** @type {Map<string, ts.TypeElement[]>} */
    const byHeading = new Map();
    for (const member of members) {
      const all = byHeading.get(heading(member)) ?? [];
      byHeading.set(heading(member), [...all, member]);
    }
    return [...byHeading].flatMap(([title, all]) => [
      `### \`${title}\``,
      ...all.flatMap((member) => {
        const code = member.getText();
        return [
          `\`\`\`ts\n${code.replaceAll(/^ {2}/gm, '')}\n\`\`\``,
          linked(describe(member, title)),
          ...types(mentioned(code)),
        ];
      }),
    ]);
  };

  const events = () =>
    membersOf(EVENTS).flatMap((event) => {
      const type = ts.isPropertySignature(event) ? (event.type?.getText() ?? '') : '';
      const name = event.name?.getText() ?? '';
      return [`### The event \`${name}\``, linked(describe(event, `the event ${name}`)), ...types(mentioned(type))];
    });

  /** @param {[string, Declaration]} entry */
  const type = ([name, declaration]) => {
    const text = linked(describe(declaration, name));
    if (ts.isInterfaceDeclaration(declaration)) {
      const parents = (declaration.heritageClauses ?? []).flatMap(({ types }) => types.map((it) => it.getText()));
      const links = parents.map((parent) =>
        declared.has(parent) ? `[${parent}](${places.get(parent)})` : `\`${parent}\``,
      );
      const also = links.length === 0 ? [] : [`All that ${links.join(' and ')} has, and:`];
      const code = declaration.members.map((member) => member.getText()).join('\n');
      return [
        `### ${name}`,
        text,
        ...also,
        table(declaration.members, name).join('\n'),
        ...types(mentioned(code, name)),
      ];
    }
    const all = choices(declaration);
    if (all.some(({ text }) => text !== '')) {
      const silent = all.find(({ text }) => text === '');
      if (silent) throw new Error(`mutiny.d.ts does not describe ${silent.name} of ${name}. Write a comment above it.`);
      const rows = all.map((it) => `| \`${it.name}\` | ${cell(linked(it.text))} |`);
      return [`### ${name}`, text, ['| value | |', '| --- | --- |', ...rows].join('\n')];
    }
    const code = `type ${name} = ${declaration.type.getText()};`;
    return [`### ${name}`, text, `\`\`\`ts\n${code}\n\`\`\``, ...types(mentioned(code, name))];
  };

  const errors = () =>
    choices(codes).flatMap(({ name, text }) => {
      if (text === '') throw new Error(`mutiny.d.ts does not describe the code ${name}. Write a comment above it.`);
      return [`### ${name.replaceAll("'", '')}`, linked(text)];
    });

  const listed = [...declared].filter(([name]) => ![API, EVENTS, CODES, ERROR].includes(name));
  const error = [...declared].find(([name]) => name === ERROR);
  if (!error) throw new Error(`mutiny.d.ts has no interface ${ERROR}.`);

  return `${[
    '# Reference of the API',
    'Everything that `window.mutiny` has, with its types, events and errors. [The API of apps](app-api.md) tells how it belongs' +
      '\ntogether and what it guarantees. Times are milliseconds since the Unix epoch, durations are milliseconds, sizes are bytes.',
    'This page is written from `ui/app-api/mutiny.d.ts` by `make types`: change it there.',
    '- [window.mutiny](#windowmutiny) · [Events](#events) · [Errors](#errors) · [Error codes](#error-codes) · [Types](#types)',
    '## window.mutiny',
    ...functions(),
    '## Events',
    `${linked(describe(/** @type {Declaration} */ (declared.get(EVENTS)), EVENTS))}`,
    ...events(),
    '## Errors',
    ...type(error),
    '## Error codes',
    linked(describe(codes, CODES)),
    ...errors(),
    '## Types',
    ...listed.flatMap(type),
  ].join('\n\n')}\n`;
};
