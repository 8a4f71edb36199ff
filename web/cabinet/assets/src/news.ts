// Counts what came into a list since the page was made. It asks while the page is looked at, and
// stops while somebody reads further down or has paused it.
import { read } from "./api";

const every = 15000; // milliseconds between two questions

interface Items {
  items: { id: string }[];
}

/** How many items of a list are newer than one. More than a page holds are not counted. */
function newer(items: { id: string }[], newest: string): string {
  const place = items.findIndex((item) => item.id === newest);
  if (place >= 0) return String(place);
  return items.length < 200 && newest === "" ? String(items.length) : `${items.length}+`;
}

function offer(box: HTMLElement): void {
  const [link, pause] = [box.querySelector("a"), box.querySelector("button")];
  if (!link || !pause) return;
  let paused = false;
  const ask = async (): Promise<void> => {
    if (paused || document.hidden || window.scrollY > window.innerHeight) return;
    const answer = await read<Items>(box.dataset.news ?? "");
    const count = answer.ok ? newer(answer.body.items, box.dataset.newest ?? "") : "0";
    if (count === "0") return;
    link.textContent = (box.dataset.text ?? "").replace("%", count);
    box.hidden = false;
  };
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = (paused ? box.dataset.off : box.dataset.on) ?? "";
  });
  setInterval(() => void ask(), every);
}

export function countNews(): void {
  document.querySelectorAll<HTMLElement>("[data-news]").forEach(offer);
}
