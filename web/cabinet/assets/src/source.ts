// The form of a source of calls. A secret that was made for it is shown once, in the addresses
// to enter at the provider.
import { send } from "./api";
import { offerCopy } from "./copy";
import { leaveSaved } from "./saved";
import { all, clear, readSettings, show } from "./settings";

interface Address {
  label?: string;
  url: string;
}

/** A secret of 128 random bits. */
function makeSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Puts a new secret before those in the field, which are accepted too. */
function offerSecret(form: HTMLFormElement, button: HTMLButtonElement): void {
  const field = all<HTMLInputElement | HTMLTextAreaElement>(form, "[data-credential]").find((f) => f.dataset.credential === button.dataset.makeSecret);
  if (!field) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    field.value = [makeSecret(), ...field.value.split("\n").filter((line) => line.trim() !== "")].join("\n");
    field.focus();
  });
}

/** The secret that was entered and is a part of the addresses, empty if there is none. */
function entered(form: HTMLFormElement): string {
  const names = all(form, "[data-make-secret]").map((button) => button.dataset.makeSecret);
  const field = all<HTMLTextAreaElement>(form, "[data-credential]").find((f) => names.includes(f.dataset.credential));
  return field?.value.trim().split(/\s+/)[0] ?? "";
}

/** Shows the addresses with their secret, in place of the form. */
function showAddresses(form: HTMLFormElement, box: HTMLElement, addresses: Address[]): void {
  const [list, template] = [box.querySelector("dl"), box.querySelector("template")];
  for (const a of addresses) {
    const row = template?.content.cloneNode(true) as DocumentFragment;
    const [label, text, copy] = [row.querySelector("dt"), row.querySelector("pre"), row.querySelector<HTMLButtonElement>("[data-copy]")];
    if (label) label.textContent = a.label ?? "";
    if (text) text.textContent = a.url;
    if (copy) {
      copy.dataset.copy = a.url;
      offerCopy(copy);
    }
    list?.append(row);
  }
  for (const note of all(document, "[data-before-saving]")) note.hidden = true;
  form.hidden = true;
  box.hidden = false;
  box.focus();
}

function offer(form: HTMLFormElement): void {
  const summary = form.querySelector<HTMLElement>("[data-problem]");
  const box = form.parentElement?.querySelector<HTMLElement>("[data-secret-addresses]");
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  for (const part of all(form, "[data-scripted]")) part.hidden = false;
  for (const one of all<HTMLButtonElement>(form, "[data-make-secret]")) offerSecret(form, one);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body: Record<string, unknown> = { ...readSettings(form), late_data_seconds: Number(form.querySelector<HTMLInputElement>("[name=late_data_seconds]")?.value) };
    const enabled = form.querySelector<HTMLInputElement>("[name=enabled]");
    if (enabled) body.enabled = enabled.checked;
    if (button) button.disabled = true;
    const answer = await send<{ addresses?: Address[] }>("PUT", form.dataset.source ?? "", body);
    if (button) button.disabled = false;
    if (!answer.ok) return show(form, answer.problem);
    clear(form);
    if (summary) summary.hidden = true;
    const [hidden, secret] = ["=" + (form.dataset.hiddenSecret ?? ""), entered(form)];
    const addresses = (answer.body.addresses ?? []).filter((a) => a.url.includes(hidden));
    if (box && secret !== "" && addresses.length > 0) {
      showAddresses(form, box, addresses.map((a) => ({ ...a, url: a.url.replace(hidden, "=" + encodeURIComponent(secret)) })));
      return;
    }
    leaveSaved();
    location.reload();
  });
}

export function offerSourceForms(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-source]").forEach(offer);
}
