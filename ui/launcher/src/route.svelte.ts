/** The views, one at a time, named in the address so that a reload comes back to the same one. */

export const VIEWS = ['apps', 'people', 'invitations', 'activity', 'settings'] as const;
export type View = (typeof VIEWS)[number];

function named(hash: string): View {
  return VIEWS.find((view) => `#${view}` === hash) ?? 'apps';
}

class Route {
  #view = $state<View>(named(location.hash));

  constructor() {
    addEventListener('hashchange', () => (this.#view = named(location.hash)));
  }

  get view(): View {
    return this.#view;
  }

  go(view: View): void {
    location.hash = view;
  }
}

export const route = new Route();
