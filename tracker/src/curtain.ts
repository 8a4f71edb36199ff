import { attempt } from "./page";

/** What is used of the CSS Custom Highlight API, which older type libraries do not know. */
declare const CSS: { highlights: Map<string, Set<Range>> };
declare const Highlight: new () => Set<Range>;

const enum Hide {
  Longest = 500,
}

let covered: Set<Range> | undefined;

export const liftCurtain = (): void => {
  covered?.clear();
  covered = undefined;
};

/**
 * Keeps numbers from being seen before it is known which to show. They are painted
 * transparently, so that nothing moves. Where the page has been painted already it
 * is too late; and it ends by itself when the answer takes long.
 */
export const raiseCurtain = (): unknown =>
  attempt(() => {
    const style = new CSSStyleSheet();
    if (performance.getEntriesByType("paint")[0]) return;
    style.insertRule("::highlight(ringback){color:transparent}");
    document.adoptedStyleSheets.push(style);
    CSS.highlights.set("ringback", (covered = new Highlight()));
    setTimeout(liftCurtain, Hide.Longest);
  });

/** Hides a piece of text while the curtain is up. */
export const cover = (text: Node, start: number, length: number): void => {
  const range = new Range();
  range.setStart(text, start);
  range.setEnd(text, start + length);
  covered?.add(range);
};
