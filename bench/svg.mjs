const WIDTH = 720;
const LABELS = 210;
const ROW = 26;
const TOP = 40;

/** A bar chart, which reads on a light and on a dark page. */
export function drawBars(title, bars) {
  const longest = Math.max(...bars.map(({ value }) => value));
  const height = TOP + bars.length * ROW + 10;
  const rows = bars.map(({ name, value }, i) => {
    const y = TOP + i * ROW;
    const width = Math.max(1, (value / longest) * (WIDTH - LABELS - 90));
    const fill = name.startsWith('ours') ? '#2f81f7' : '#8b949e';
    return (
      `  <text x="${LABELS - 8}" y="${y + 14}" text-anchor="end">${name}</text>\n` +
      `  <rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="18" rx="2" fill="${fill}"/>\n` +
      `  <text x="${(LABELS + width + 6).toFixed(1)}" y="${y + 14}">${Math.round(value).toLocaleString('en')}</text>`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" ` +
    'role="img" font-family="system-ui, sans-serif" font-size="13" fill="#768390">\n' +
    `  <title>${title}</title>\n` +
    `  <text x="${LABELS}" y="22" font-size="15" font-weight="600">${title}</text>\n${rows.join('\n')}\n</svg>\n`
  );
}
