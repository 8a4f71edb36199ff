import { sendLead, watchForms } from "./leads";
import { choose, isAllowed } from "./consent";
import { attempt, permit, permitted } from "./guard";
import { followPage } from "./navigation";
import { watchIDs } from "./ids";
import { watchNumbers } from "./numbers";
import { whenReady } from "./session";
import { view, viewLoaded } from "./views";

const begin = () => {
  // The browser may prepare a page before the visitor opens it.
  if (document.prerendering) return addEventListener("prerenderingchange", beginIfAllowed, true);
  if (permitted) return;
  permit(true);
  viewLoaded();
  watchNumbers();
  watchIDs();
};

const beginIfAllowed = () => {
  if (isAllowed()) begin();
};

const commands: Record<string, (given: any) => unknown> = {
  // A value such as "denied" must not count as consent.
  consent: (given) => choose(given === true, begin),
  lead: (lead) => permitted && sendLead(lead),
  get: whenReady,
  page: () => permitted && view("in_page"),
};

const ringback = (command: string, given?: unknown): void => {
  attempt(() => commands[command]!(given));
};
ringback.version = VERSION;

// A second tag on the page does nothing.
const stub = window.ringback;
if (!stub?.version) {
  window.ringback = ringback;
  watchForms();
  followPage();
  const early = [...(stub?.q || [])];
  const replay = (consent: boolean) =>
    early.forEach(([command, given]) => (command === "consent") === consent && ringback(command, given));
  // A choice that the page has already passed comes before everything else.
  replay(true);
  attempt(beginIfAllowed);
  replay(false);
}
