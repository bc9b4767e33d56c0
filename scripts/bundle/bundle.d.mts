export function bundleModules(root: string, out: string): Promise<string[]>;
