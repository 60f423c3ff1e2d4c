/** Which rows of a long list are drawn, and where the list is scrolled to. Rows are all of one height. */

/** Rows drawn beyond either edge, so that a fast scroll meets no blank. */
const MARGIN = 8;

/** The rows to draw: from `first`, up to and without `end`. */
export interface Span {
  first: number;
  end: number;
}

/** A list as it is seen: how many rows it has, how high one is, how far it is scrolled, and how much of it is seen. */
export interface Sight {
  count: number;
  height: number;
  top: number;
  view: number;
}

/** What to draw. However long the list, it is no more than what is seen and the margins. */
export function span({ count, height, top, view }: Sight): Span {
  // A list that has become shorter is scrolled too far until the engine notices.
  const from = Math.max(0, Math.min(top, count * height - view));
  const first = Math.max(0, Math.floor(from / height) - MARGIN);
  return { first, end: Math.min(count, Math.ceil((from + view) / height) + MARGIN) };
}

/** Whether the newest row is in sight, give or take what scaled pixels round off. */
export function atEnd({ count, height, top, view }: Sight): boolean {
  return top + view >= count * height - height / 2;
}

/** How far to scroll so that a row is in sight: no further than must be. */
export function reveal(row: number, { height, top, view }: Sight): number {
  if (row * height < top) return row * height;
  if ((row + 1) * height > top + view) return (row + 1) * height - view;
  return top;
}

/** The row that a key leads to, or undefined for other keys. */
export function moved(key: string, row: number, { count, height, view }: Sight): number | undefined {
  const page = Math.max(1, Math.floor(view / height) - 1);
  const steps: Record<string, number> = {
    ArrowDown: row + 1,
    // With nothing selected, up begins at the newest.
    ArrowUp: row < 0 ? count - 1 : row - 1,
    PageDown: row + page,
    PageUp: row < 0 ? count - 1 : row - page,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined || count === 0 ? undefined : Math.max(0, Math.min(count - 1, to));
}
