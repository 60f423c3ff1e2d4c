// The body of a function run in a page. Its argument is a path of [role, name] pairs, outermost first; it returns
// the element at its end, or null. Without a path that is the whole page.

const SELECTORS = {
  alert: '[role=alert]',
  article: 'article, [role=article]',
  button: 'button, [role=button], summary, input[type=submit], input[type=button]',
  checkbox: 'input[type=checkbox], [role=checkbox]',
  combobox: 'select, [role=combobox]',
  dialog: 'dialog[open], [role=dialog], [role=alertdialog]',
  heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
  link: 'a[href], [role=link]',
  list: 'ul, ol, [role=list], [role=log]',
  listitem: 'li, [role=listitem]',
  menuitem: '[role=menuitem]',
  option: 'option, [role=option]',
  progressbar: 'progress, [role=progressbar]',
  radio: 'input[type=radio], [role=radio]',
  radiogroup: '[role=radiogroup]',
  region: 'main, nav, aside, section, form, [role=region], [role=group]',
  switch: '[role=switch]',
  tab: '[role=tab]',
  textbox: 'input:not([type]), input[type=text], input[type=search], input[type=url], textarea, [role=textbox]',
};

const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();

function nameOf(element) {
  const labelledBy = element.getAttribute('aria-labelledby');
  if (labelledBy) {
    const texts = labelledBy.split(/\s+/).map((id) => element.ownerDocument.getElementById(id)?.textContent);
    return tidy(texts.join(' '));
  }
  const label = element.getAttribute('aria-label') ?? [...(element.labels ?? [])].map((it) => it.textContent).join(' ');
  return tidy(label || element.innerText || element.value || element.title || element.placeholder);
}

const isShown = (element) => element.checkVisibility() && !element.closest('[inert], [aria-hidden=true]');

// Exactly that name where there is one; else the first whose name contains it.
function locate(scope, [role, name]) {
  const all = [...scope.querySelectorAll(SELECTORS[role])].filter(isShown);
  return all.find((it) => nameOf(it) === name) ?? all.find((it) => nameOf(it).includes(name)) ?? null;
}

return arguments[0].reduce((scope, step) => scope && locate(scope, step), document.body);
