// The same parsers against more damage of another seed.
process.env['FUZZ_SECONDS'] ??= '1';
process.env['FUZZ_SEED'] ??= '2';
await import('./parsers.test.ts');
