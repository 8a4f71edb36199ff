// Menus are <details> elements, which open and close without a script. With it, Escape and a
// click elsewhere close them too.

const open = (): HTMLDetailsElement[] => Array.from(document.querySelectorAll<HTMLDetailsElement>("details.menu[open]"));

function closeOnEscape(event: KeyboardEvent): void {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector("summary")?.focus();
  }
}

function closeOthers(event: MouseEvent): void {
  for (const menu of open()) {
    if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
  }
}

export function closeMenus(): void {
  document.addEventListener("keydown", closeOnEscape);
  document.addEventListener("click", closeOthers);
}
