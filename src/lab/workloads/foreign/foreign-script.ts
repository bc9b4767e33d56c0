// Programs that are not ours as commands that a person could type, with the files that they read.
import { shellQuote } from '../../../system/shell-quote.ts';
import { inNetns } from '../../../system/tools/ip-netns.ts';
import { unprivileged } from '../../../system/unprivileged.ts';
import { clientTasks, serverTask, type ForeignRun } from './tasks.ts';

/** Servers first, with what each needs before it starts; ends with a newline. */
export function foreignScript(run: ForeignRun): string {
  const { workload, servers, clients } = run;
  const inPod = (pod: string, argv: readonly string[]) => shellQuote(inNetns(pod, unprivileged(true, argv)));
  const ofServers = servers.flatMap((server) => {
    const task = serverTask(run, server);
    const files = Object.entries(workload.files(task)).map(
      ([name, text]) => `cat > ${task.folder}/${name} <<'END'\n${text}END`,
    );
    const [prepare, beside] = [workload.prepare(task), workload.beside(task)];
    return [
      `install --directory --owner nobody --mode 700 ${task.folder}`,
      ...files,
      ...(prepare === null ? [] : [inPod(server.pod, prepare)]),
      `${inPod(server.pod, workload.server(task))} &`,
      ...(beside === null ? [] : [`${inPod(server.pod, beside)} &`]),
    ];
  });
  const ofClients = clients.flatMap((client) =>
    clientTasks(run, client).map((task) => `${inPod(client.pod, workload.clients(task))} &`),
  );
  return [...ofServers, ...ofClients, ''].join('\n');
}
