// A process with tracing instances, to be ended from outside.
//   instance-holder.ts hold     makes one, reads it, prints its name, and lives on
//   instance-holder.ts churn    says a word, then makes and removes one after the other
//   instance-holder.ts exit     makes one, reads it, and leaves by process.exit()
import { basename } from 'node:path';
import { configure } from '../../../src/observe/kernel/configure.ts';
import { createInstance } from '../../../src/observe/kernel/instance.ts';
import { createTracePipe } from '../../../src/observe/kernel/trace-pipe.ts';
import { openTracefs } from '../../../src/observe/kernel/tracefs.ts';

const [what] = process.argv.slice(2);
const { root } = await openTracefs();
if (what === 'churn') process.stdout.write('churning\n');
for (;;) {
  const instance = await createInstance(root);
  configure(instance.path);
  const pipe = createTracePipe(instance.pipe, () => undefined);
  pipe.read();
  if (what === 'churn') {
    instance.remove();
    continue;
  }
  setInterval(() => void pipe.read(), 20);
  process.stdout.write(`${basename(instance.path)}\n`);
  if (what === 'exit') process.exit(3);
  break;
}
