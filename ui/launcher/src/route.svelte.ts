/** The views, one at a time, named in the address so that a reload comes back to the same one. */

export const VIEWS = ['apps', 'people', 'invitations', 'activity', 'settings'] as const;
export type View = (typeof VIEWS)[number];

/** The view that an address names, and the part of it: `#activity/failed`. */
function named(hash: string): { view: View; part: string } {
  const [name, part = ''] = hash.slice(1).split('/');
  return { view: VIEWS.find((view) => view === name) ?? 'apps', part };
}

class Route {
  #at = $state.raw(named(location.hash));

  constructor() {
    addEventListener('hashchange', () => (this.#at = named(location.hash)));
  }

  get view(): View {
    return this.#at.view;
  }

  /** The part of the view that was asked for, if any was. */
  get part(): string {
    return this.#at.part;
  }

  go(view: View, part = ''): void {
    location.hash = part ? `${view}/${part}` : view;
  }
}

export const route = new Route();
