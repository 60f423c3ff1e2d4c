/** Puts the focus on the view, where what had it is gone: from the body, the keyboard would begin at the very start. */
export function focusView(): void {
  document.querySelector('main')?.focus();
}
