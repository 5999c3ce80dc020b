/**
 * Whether code may assign to a variable that it takes from around it. Over-approximated from the
 * text: a wrong yes costs a little speed in the other process, a no is never wrong.
 */
export function mayAssign(text: string, name: string): boolean {
  const escaped = name.replaceAll('$', '\\$');
  const word = `(?<![\\w$.])${escaped}(?![\\w$])`;
  const gap = '(?:\\s|//[^\\n]*\\n|/\\*[\\s\\S]*?\\*/)*';
  const direct = new RegExp(
    `${word}${gap}(?:[-+*/%&|^]|\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?)?=(?![=>])` +
      `|${word}${gap}(?:\\+\\+|--)|(?:\\+\\+|--)${gap}\\(?${gap}${word}` +
      `|\\)${gap}(?:\\+\\+|--)|\\bfor\\b[^;{]*?${word}${gap}(?:of|in)\\b`,
  );
  if (direct.test(text) || /\beval\s*\(/.test(text)) return true;
  // `[a, b] = …` and `({ a } = …)` assign to what stands inside of the brackets.
  return /[\]}]\s*=(?![=>])|[\]}]\s*(?:of|in)\b/.test(text);
}
