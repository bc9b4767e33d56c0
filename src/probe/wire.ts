// The seed's protocol: a line goes out, the same line comes back behind `You said: `.

export const newline = 0x0a;

/** What the client says at every tick, newline included. */
export const question = Buffer.from('Soy todo oídos!\n');

/** The same at a length in bytes, newline included: what it lacks is filled up. The shortest is itself. */
export function questionOf(bytes: number): Buffer {
  const text = question.subarray(0, -1);
  const filling = Buffer.alloc(Math.max(0, bytes - question.length), '.');
  return Buffer.concat([text, filling, question.subarray(-1)]);
}

/** What the server puts before the line that it answers. */
export const answerPrefix = Buffer.from('You said: ');

/** What begins a line that the server says unasked (--push-every), so that no client takes it for an answer. */
export const pushPrefix = Buffer.from('Server says: ');
export const pushLine = Buffer.concat([pushPrefix, Buffer.from('still here\n')]);
