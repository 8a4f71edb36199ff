import { attempt } from "./guard";

/** The part of the CSS Custom Highlight API that is used here. Older type libraries lack it. */
declare const CSS: { highlights: Map<string, Set<Range>> };
declare const Highlight: new () => Set<Range>;

const enum Hiding {
  /** milliseconds, at most */
  Longest = 500,
}

let hidden: Set<Range> | null;

/** Makes the hidden numbers visible again. */
export const reveal = (): void => {
  hidden?.clear();
  hidden = null;
};

/**
 * Starts hiding the page's numbers until the numbers to show are known. They are
 * painted transparently, so that nothing moves. It does nothing if the page has
 * been painted already, and ends by itself if the answer takes too long.
 */
export const hideNumbers = (): unknown =>
  attempt(() => {
    const style = new CSSStyleSheet();
    if (performance.getEntriesByType("paint")[0]) return;
    style.insertRule("::highlight(ringback){color:transparent}");
    document.adoptedStyleSheets.push(style);
    CSS.highlights.set("ringback", (hidden = new Highlight()));
    setTimeout(reveal, Hiding.Longest);
  });

/** Hides a part of a text until the numbers are revealed. */
export const hide = (text: Node, start: number, length: number): void => {
  const range = new Range();
  range.setStart(text, start);
  range.setEnd(text, start + length);
  hidden?.add(range);
};
