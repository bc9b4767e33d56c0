// The first script of the single file: loads the program's pieces, which are in the file as assets, each when it is first needed and
// with what was compiled of it (compile-pieces.mjs). Were all of it one script, all would be read and unpacked to say a version.
// Node.js runs this as CommonJS.
const { getAssetKeys, getRawAsset } = process.getBuiltinModule('node:sea');
const { Script } = process.getBuiltinModule('node:vm');

const keys = new Set(getAssetKeys());
const asset = (key) => Buffer.from(getRawAsset(key));

/** V8 takes nothing that was compiled with other options of its own: there is a set for those that start.mjs sets by this module. */
let set = 'usual';
const ofNode = (name) => {
  if (name === 'node:v8') set = 'with-options';
  return process.getBuiltinModule(name);
};

const loaded = new Map();
const load = (path) => {
  if (path.startsWith('node:')) return ofNode(path);
  const before = loaded.get(path);
  if (before !== undefined) return before.exports;
  const module = { exports: {} };
  loaded.set(path, module);
  const filename = path.slice('./'.length);
  const compiled = `compiled/${set}/${filename}`;
  // Where there is nothing, or V8 does not take it, it compiles the text.
  const cachedData = keys.has(compiled) ? asset(compiled) : undefined;
  const script = new Script(asset(`program/${filename}`).toString(), { filename, cachedData });
  script.runInThisContext()(load, module);
  return module.exports;
};
load('./start.mjs');
