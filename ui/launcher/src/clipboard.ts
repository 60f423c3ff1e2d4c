/** Puts text on the clipboard. Rejects where the system does not let us. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Some webviews refuse the asynchronous clipboard; the older way needs a selection.
    if (!copySelected(text)) {
      throw new Error('The system did not allow copying. Select the text and copy it by hand.');
    }
  }
}

function copySelected(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.className = 'sr-only';
  // Beside the button, not in the body: an open dialog holds the focus inside itself.
  (focused?.parentElement ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
