// Where a quote stands in an article, and the article cut there, so that the page can mark it.

/** [start, end) of the quote in the text, both read without white space; null where it is not there. @param {string} text @param {string} quote */
export function spanOf(text, quote) {
  const bare = quote.replace(/\s+/g, "");
  if (!bare) return null;
  /** @type {number[]} */
  const at = [];
  let dense = "";
  for (let i = 0; i < text.length; i++) {
    if (/\s/.test(text[i])) continue;
    dense += text[i];
    at.push(i);
  }
  const start = dense.indexOf(bare);
  return start < 0 ? null : [at[start], at[start + bare.length - 1] + 1];
}

/** The line of a quote (one point of a digest a line) that stands in a point, or "". @param {string} say @param {string} quote */
export const lineIn = (say, quote) => quote.split("\n").find((line) => spanOf(say, line)) ?? "";

/** The text as paragraphs of {text, mark} runs; joined they are the text without its line ends. @param {string} text @param {string} quote */
export function paragraphs(text, quote) {
  const [from, to] = spanOf(text, quote) ?? [0, 0];
  let offset = 0;
  return text.split("\n").flatMap((line) => {
    const start = Math.min(Math.max(from - offset, 0), line.length);
    const end = Math.min(Math.max(to - offset, 0), line.length);
    offset += line.length + 1;
    if (!line.trim()) return [];
    const runs = end > start
      ? [{ text: line.slice(0, start), mark: false }, { text: line.slice(start, end), mark: true }, { text: line.slice(end), mark: false }]
      : [{ text: line, mark: false }];
    return [runs.filter((run) => run.text)];
  });
}
