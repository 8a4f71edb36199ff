// What the forms of integrations and sources have in common: options and credentials, and
// errors of the API that are shown at their fields.
import { type Problem } from "./api";

export const all = <E extends HTMLElement>(within: ParentNode, selector: string): E[] => Array.from(within.querySelectorAll<E>(selector));

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

interface Settings {
  options: Record<string, string | null>;
  credentials: Record<string, string | null>;
}

/** Options and credentials as they stand in a form. Credentials that are left empty stay as they are. */
export function readSettings(form: HTMLFormElement): Settings {
  const options: Record<string, string | null> = {};
  for (const o of all<Control>(form, "[data-option]")) options[o.dataset.option ?? ""] = o.value.trim() === "" ? null : o.value;
  const credentials: Record<string, string | null> = {};
  for (const c of all<Control>(form, "[data-credential]")) if (c.value !== "") credentials[c.dataset.credential ?? ""] = c.value;
  for (const box of all<HTMLInputElement>(form, "[data-remove-credential]")) if (box.checked) credentials[box.dataset.removeCredential ?? ""] ??= null;
  return { options, credentials };
}

/** The control or group that an error is about: that of its path, or else of the path above. */
function about(form: HTMLElement, path: string): HTMLElement | null {
  for (let at = path; at !== ""; at = at.replace(/(\.?[^.[\]]+|\[\d+\])$/, "")) {
    const found = all(form, "[data-path]").find((e) => e.dataset.path === at);
    if (found) return found;
  }
  return null;
}

/** The ids of the texts that describe a control. */
const descriptions = (e: HTMLElement): string[] => (e.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== "");

function describe(e: HTMLElement, ids: string[]): void {
  if (ids.length > 0) e.setAttribute("aria-describedby", ids.join(" "));
  else e.removeAttribute("aria-describedby");
}

/** Removes the errors that are shown. */
export function clear(form: HTMLElement): void {
  for (const e of all(form, "[data-error]")) e.remove();
  for (const e of all(form, "[aria-invalid]")) {
    e.removeAttribute("aria-invalid");
    describe(e, descriptions(e).filter((id) => !id.startsWith("error-")));
  }
}

/** Shows what is wrong, at its fields, and moves to the first of them. */
export function show(form: HTMLElement, problem: Problem): void {
  const summary = form.querySelector<HTMLElement>("[data-problem]");
  clear(form);
  let first: HTMLElement | null = null;
  let rest = "";
  (problem.errors ?? []).forEach((error, i) => {
    const place = about(form, error.field);
    if (!place) {
      rest += ` ${error.field}: ${error.expected}.`;
      return;
    }
    const text = document.createElement("span");
    text.id = `error-${i}`;
    text.className = "no error";
    text.dataset.error = "";
    text.textContent = error.expected;
    place.closest("details")?.setAttribute("open", "");
    if (place.matches("input, select, textarea")) {
      place.after(text);
      place.setAttribute("aria-invalid", "true");
      describe(place, [...descriptions(place), text.id]);
    } else place.append(text);
    first ??= place.matches("input, select, textarea") ? place : place.querySelector<HTMLElement>("input, select, textarea");
  });
  if (summary) {
    summary.hidden = false;
    summary.textContent = problem.detail + rest;
  }
  (first as HTMLElement | null)?.focus();
}
