// The palette: a field that finds pages by a part of their names, and calls and leads by what
// is typed. Its list is made on the server; the script leaves the entries that fit.

const element = <E extends HTMLElement>(selector: string): E | null => document.querySelector<E>("dialog.palette" + selector);

const entries = (): HTMLElement[] => Array.from(document.querySelectorAll<HTMLElement>("dialog.palette [role=option]"));

const shown = (): HTMLElement[] => entries().filter((entry) => !entry.hidden);

/** Marks an entry as the one that Enter opens. */
function mark(field: HTMLInputElement, entry: HTMLElement | undefined): void {
  for (const other of entries()) other.setAttribute("aria-selected", String(other === entry));
  if (entry) field.setAttribute("aria-activedescendant", entry.id);
  else field.removeAttribute("aria-activedescendant");
  entry?.scrollIntoView({ block: "nearest" });
}

/** Leaves the entries whose names hold every word that was typed. The search fits always. */
function filter(field: HTMLInputElement): void {
  const text = field.value.trim();
  const words = text.toLowerCase().split(/\s+/);
  for (const entry of entries()) {
    const search = entry.dataset.search;
    entry.hidden = search !== undefined ? text === "" : !words.every((word) => (entry.textContent ?? "").toLowerCase().includes(word));
    if (search !== undefined) {
      entry.dataset.address = search + encodeURIComponent(text);
      entry.textContent = (entry.dataset.text ?? "").replace("%", text);
    }
  }
  mark(field, shown()[0]);
}

function move(field: HTMLInputElement, by: number): void {
  const all = shown();
  const at = all.findIndex((entry) => entry.getAttribute("aria-selected") === "true");
  mark(field, all[(at + by + all.length) % all.length]);
}

function go(entry: HTMLElement | null | undefined): void {
  if (entry?.dataset.address) location.assign(entry.dataset.address);
}

/** Opens the palette, or closes it if it is open. */
export function switchPalette(): void {
  const [palette, field] = [element<HTMLDialogElement>(""), element<HTMLInputElement>(" input")];
  if (!palette || !field) return;
  if (palette.open) return palette.close();
  field.value = "";
  filter(field);
  palette.showModal();
}

export function bindPalette(): void {
  const [list, field] = [element(" [role=listbox]"), element<HTMLInputElement>(" input")];
  if (!list || !field) return;
  field.addEventListener("input", () => filter(field));
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(field, 1);
    else if (event.key === "ArrowUp") move(field, -1);
    else if (event.key === "Enter") go(shown().find((entry) => entry.getAttribute("aria-selected") === "true"));
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => go((event.target as HTMLElement).closest<HTMLElement>("[role=option]")));
}
