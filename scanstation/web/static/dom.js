// Small helpers.  Text goes in as text, never as markup.

export const $ = (id) => document.getElementById(id);

export function text(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

export function make(tag, className, words = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (words) element.textContent = words;
  return element;
}

// Make the children of `list` match `items` by key, keeping the elements (and the focus) of those that stay.
export function sync(list, items, keyOf, create, update) {
  const before = new Map(Array.from(list.children, (child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let child = before.get(key);
    before.delete(key);
    if (!child) {
      child = create(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
  }
  for (const child of before.values()) child.remove();
}

// A whole number of pieces, or null with the reason in words.
export function pieces(words, least) {
  const digits = words.trim();
  if (/^\d{7,}$/.test(digits)) return [null, "That is a code and no quantity: scan it instead."];
  if (!/^\d{1,6}$/.test(digits)) return [null, "Type a whole number."];
  const number = Number(digits);
  return number < least ? [null, `At least ${least}.`] : [number, ""];
}
