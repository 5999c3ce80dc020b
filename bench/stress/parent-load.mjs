// Keeps the parent's engine at work while it forks: allocation, compilation, and helpers that are
// busy with both.

/** Returns a function that ends it. */
export function keepEngineBusy() {
  const kept = [];
  let timer;
  const turn = () => {
    const source = `let s = ${Math.random()}; for (let i = 0; i < 2000; i++) s += i * x; return s;`;
    const compiled = new Function('x', source);
    for (let i = 0; i < 50; i++) compiled(i);
    kept.push(Array.from({ length: 2000 }, (_, i) => ({ i, text: String(i) })));
    if (kept.length > 200) kept.splice(0, 100);
    timer = setTimeout(turn, 1);
  };
  turn();
  return () => clearTimeout(timer);
}
