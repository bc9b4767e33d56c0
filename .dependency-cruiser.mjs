// Who may import whom, as data: each rule says its reason, and `npm run layers` prints it when the rule is broken.

/** Room of src/ → the rooms it may import besides itself, all of them above it, and why no others. */
export const rooms = {
  model: [[], 'everything imports the model, so whatever the model imported would reach everywhere'],
  stats: [['model'], 'a number is right or wrong by itself, whoever asks for it'],
  packets: [['model'], 'a capture is read the same way live, from a file and on another machine'],
  'run-folder': [
    ['model'],
    'a folder is read and written without knowing what made it or what is made of it',
  ],
  system: [
    ['model'],
    'the syntax of outside programs must not depend on what the lab or a command wants from them',
  ],
  kubernetes: [['model'], 'the API is asked by whoever needs it, and starts no program'],
  probe: [
    ['model'],
    'what measures the network starts no program and knows no lab, so that it runs in any pod',
  ],
  observe: [
    ['system', 'kubernetes', 'packets', 'run-folder', 'model'],
    'observers run alone on a node that has neither a lab nor a report',
  ],
  diagnose: [
    ['stats', 'packets', 'model'],
    'causes are found in a saved folder, so nothing here may ask the machine it runs on',
  ],
  causes: [
    ['diagnose', 'model'],
    'a cause is data and sentences, the same for every run, and depends on nothing that a run or a machine says',
  ],
  verdict: [
    ['stats', 'model'],
    'the decision is a pure function of a saved run, and can be made again on another machine',
  ],
  lab: [
    ['causes', 'system', 'model'],
    'a scenario must run, and print its plan, without probes, statistics or reports',
  ],
  cluster: [
    ['system', 'kubernetes', 'model'],
    'a cluster is reached through kubectl alone, as its user would',
  ],
  metrics: [['model'], 'the metrics library has one importer, which counts what it is given'],
  mesh: [
    ['probe', 'metrics', 'kubernetes', 'model'],
    'agents probe as every client does, run in any pod, and meet the coordinator only in messages',
  ],
  report: [
    ['causes', 'model'],
    'a report is a pure function of the run record, with the catalogue for what a cause means',
  ],
  web: [
    ['causes', 'model'],
    'the page shows records, events and what a cause means, and takes part in none of what makes them',
  ],
  experiment: [
    [
      ...['model', 'stats', 'packets', 'run-folder', 'system', 'kubernetes', 'probe', 'observe', 'diagnose'],
      ...['causes', 'verdict', 'lab', 'cluster', 'metrics', 'mesh', 'report', 'web'],
    ],
    'a use case joins all rooms below it, and is told by arguments what a command line or a test wants',
  ],
};

const roomRules = Object.entries(rooms).map(([room, [allowed, reason]]) => ({
  name: `${room}-imports-only-its-row`,
  severity: 'error',
  comment: `src/${room} may import ${allowed.map((name) => `src/${name}`).join(' and ') || 'nothing else of src'}: ${reason}.`,
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
}));

/** The libraries that the published program is bundled with. */
const published = '(^|/)node_modules/(commander|zod|prom-client|string-width|wrap-ansi)/';

/** A package or core module that only some files may import. */
function onlyImporter(name, comment, module, importer) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: '^src/', pathNot: importer },
    to: { path: module },
  };
}

export default {
  forbidden: [
    ...roomRules,
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      comment:
        'src/cli alone reads argv and the environment, prints and exits; what others need from it is in the wrong place.',
      from: { path: '^src/(?!cli/)' },
      to: { path: '^src/cli/' },
    },
    onlyImporter(
      'only-system-starts-programs',
      'Programs are started in src/system alone, where their syntax, their time limits and their end are known.',
      '^(node:)?child_process$',
      '^src/system/',
    ),
    onlyImporter(
      'only-cli-imports-commander',
      'Options are the concern of src/cli; everyone else takes arguments.',
      '(^|/)node_modules/commander/',
      '^src/cli/',
    ),
    onlyImporter(
      'only-schema-imports-zod',
      'One importer per library: every schema is built from the z of src/model/schema.ts.',
      '(^|/)node_modules/zod/',
      '^src/model/schema[.]ts$',
    ),
    onlyImporter(
      'only-registry-imports-prom-client',
      'One importer per library: counters, gauges and histograms are made in src/metrics/registry.ts.',
      '(^|/)node_modules/prom-client/',
      '^src/metrics/registry[.]ts$',
    ),
    onlyImporter(
      'only-wrap-imports-widths',
      'One importer per library: how wide text is, and where its lines end, is asked of src/report/wrap.ts.',
      '(^|/)node_modules/(string-width|wrap-ansi)/',
      '^src/report/wrap[.]ts$',
    ),
    {
      name: 'no-circular-imports',
      severity: 'error',
      comment:
        'Two files that import each other, be it for types only, are one file; neither can be read or tested alone.',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'only-what-is-published-in-src',
      severity: 'error',
      comment:
        'What src imports is bundled into the published program: a library for that has a rule of its own above, and all others are to develop.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: published },
    },
    {
      name: 'no-unlisted-packages',
      severity: 'error',
      comment: 'What package.json does not name, or what cannot be found, is there by luck.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment:
        'A file that nobody imports and that imports nothing is dead; the entry is the one that may stand alone.',
      // The page's scripts are put into it as text; declarations of a library's types are for the compiler.
      from: { orphan: true, pathNot: '^src/(cli/start[.]mjs|report/assets/.*|.*[.]d[.]ts)$' },
      to: {},
    },
  ],
  options: {
    // Type-only imports count: they tie files together for the reader just as well.
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    doNotFollow: { path: 'node_modules' },
  },
};
