import { explain, mayMend } from '../problem.js';

/**
 * Opens a session within the tries of a start-up: a refusal that may mend itself is waited for, as long as the gateway says; any other is the end.
 * @param {(correlation: string) => Promise<object | null>} open
 * @param {import('../startup.js').StartupBudget} budget
 * @param {{correlation: string, isOver: () => boolean, waits: (words: object, exchange: import('../players/index.js').Exchange) => void}} start
 * @returns {Promise<object | null>} what `open` gave, or `{words, isExhausted}` where there is no session
 */
export async function createSession(open, budget, { correlation, isOver, waits }) {
  for (;;) {
    const began = performance.now();
    try {
      return await open(correlation);
    } catch (error) {
      const problem = error.problem ?? { status: 0, detail: String(error?.message ?? error) };
      const words = explain(problem);
      const exchange = { url: error.url ?? 'sessions', kind: 'session', status: problem.status, source: null, milliseconds: performance.now() - began, bytes: 0, problem };
      if (isOver()) {
        return null;
      }
      const isSpent = budget.spends(exchange);
      const wait = isSpent ? budget.reset() : budget.pause();
      const isLast = !mayMend(problem) || Number.isNaN(wait);
      waits(isLast ? words : { ...words, advice: `The page asks again by itself, in ${Math.max(1, Math.round(wait / 1000))} s.` }, exchange);
      if (isLast) {
        return { words, isExhausted: isSpent };
      }
      await new Promise(over => { setTimeout(over, wait); });
      if (isOver()) {
        return null;
      }
    }
  }
}
