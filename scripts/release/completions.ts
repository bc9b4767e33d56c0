// The shells' scripts for Tab, by the names under which a system's packages keep them.
import { bashScript } from '../../src/cli/completion/bash.ts';
import { fishScript } from '../../src/cli/completion/fish.ts';
import { zshScript } from '../../src/cli/completion/zsh.ts';

export const completions: readonly {
  readonly shell: 'bash' | 'zsh' | 'fish';
  readonly file: string;
  /** Below /usr/share, where Debian's shells look. */
  readonly folder: string;
  readonly text: string;
}[] = [
  { shell: 'bash', file: 'netdebug', folder: 'bash-completion/completions', text: bashScript },
  { shell: 'zsh', file: '_netdebug', folder: 'zsh/vendor-completions', text: zshScript },
  { shell: 'fish', file: 'netdebug.fish', folder: 'fish/vendor_completions.d', text: fishScript },
];
