// Seeded randomness: the same seed gives the same run on every machine. Not for secrets.

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, passes gjrand; enough for jitter and simulations. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let word = Math.imul(state ^ (state >>> 15), state | 1);
      word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
      return ((word ^ (word >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}
