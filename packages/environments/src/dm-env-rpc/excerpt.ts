const longestText = 500;

/** What a server says, in one line and at a length that fits in a message: it may say megabytes. */
export function excerpt(text: string): string {
  const line = text.slice(0, longestText).replace(/[\n\r\t]/g, (character) => JSON.stringify(character).slice(1, -1));
  return text.length <= longestText ? line : `${line}… (${text.length} characters)`;
}
